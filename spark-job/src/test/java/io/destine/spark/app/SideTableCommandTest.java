package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.predict.Scorer;
import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on a log whose items have a side table. */
class SideTableCommandTest {
  @TempDir static Path directory;

  private static CommandRun trained;

  /** The label follows from a vector of the item; of 400 items the log has 300. */
  @BeforeAll
  static void train() throws IOException {
    SparkSession spark = SharedSpark.session();
    spark
        .sql(
            "select concat('i', id) as item, concat('g', pmod(hash(id), 5)) as genre,"
                + " split(concat('a', id % 3, ' b', id % 4), ' ') as words,"
                + " array(cast(pmod(hash(id, 7), 9) - 4 as float), cast(id % 2 as float)) as image"
                + " from range(400)")
        .write()
        .parquet(path("items"));
    spark
        .sql(
            "select cast(pmod(hash(n, 3), 100) < if(pmod(hash(item, 7), 9) > 4, 85, 15) as int) as"
                + " click, concat('u', pmod(hash(n), 30)) as user, concat('i', item) as item from"
                + " (select id as n, cast(pmod(hash(id, 5), 300) as bigint) as item from"
                + " range(8000))")
        .write()
        .parquet(path("log"));
    Files.writeString(
        directory.resolve("job.conf"),
        """
        source { path = "%s", format = parquet }
        label = click
        fields = [ user ]
        tables.item {
          path = "%s", format = parquet, key = item
          fields = [
            { name = genre }
            { name = words, kind = multi }
            { name = image, kind = vector, length = 2 }
          ]
        }
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 128, epochs = 4, learning-rate = 0.02, blocks-per-step = 4 }
        output { model = "%s" }
        """
            .formatted(path("log"), path("items"), path("model")));
    trained = CommandRun.of("train", "--config", directory.resolve("job.conf").toString());
    assertThat(trained.code()).as(trained.err()).isZero();
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  @Test
  void contentTellsOfTheLabel() throws IOException {
    assertThat(trained.json().get("auc").asDouble()).as(trained.err()).isGreaterThan(0.8);
  }

  @Test
  void evaluateFindsTheFiguresOfTheTraining() throws IOException {
    CommandRun evaluated = CommandRun.of("evaluate", "--model", path("model"));
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    for (String metric : List.of("auc", "log_loss", "rows")) {
      assertThat(evaluated.json().get(metric)).as(metric).isEqualTo(trained.json().get(metric));
    }
  }

  /** Items 300 to 399 are in the side table only, items from 400 on nowhere. */
  @Test
  void predictAndScorerGiveEachItemWhatItsContentSays() throws IOException {
    SharedSpark.session()
        .sql("select 'u1' as user, nullif(concat('i', id), 'i399') as item from range(250, 420)")
        .write()
        .parquet(path("new"));
    CommandRun predicted =
        CommandRun.of(
            "predict",
            "--model",
            path("model"),
            "--input",
            path("new"),
            "--output",
            path("scores"));
    assertThat(predicted.code()).as(predicted.err()).isZero();
    List<Row> rows =
        SharedSpark.session().read().parquet(path("scores")).orderBy("item").collectAsList();
    assertThat(rows).hasSize(170);
    Map<String, Double> found = new HashMap<>();
    try (Scorer scorer = Scorer.load(directory.resolve("model"))) {
      for (Row row : rows) {
        Map<String, Object> values = new HashMap<>();
        values.put("user", row.getAs("user"));
        values.put("item", row.getAs("item"));
        double probability = row.getAs("probability");
        assertThat(scorer.score(values)).as(values.toString()).isEqualTo(probability);
        found.put(row.getAs("item"), probability);
      }
    }
    for (int item = 300; item < 399; item++) {
      boolean liked = liked(item);
      assertThat(found.get("i" + item)).as("item %d", item).matches(p -> (p > 0.5) == liked);
    }
    assertThat(found.get("i400")).isEqualTo(found.get("i419")).isEqualTo(found.get(null));
  }

  private static boolean liked(int item) {
    return SharedSpark.session()
        .sql("select pmod(hash(cast(" + item + " as bigint), 7), 9) > 4")
        .first()
        .getBoolean(0);
  }

  @Test
  void explainNamesTheFieldsOfTheSideTable() throws IOException {
    CommandRun explained = CommandRun.of("explain", "--model", path("model"));
    assertThat(explained.code()).as(explained.err()).isZero();
    assertThat(explained.err()).contains("image");
  }
}
