package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.ModelReader;
import io.destine.feature.Vocabulary;
import io.destine.param.ParameterTable;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.train.TrainJob;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of embeddings, compared with the tables and the vocabulary in the model's files. */
class EmbeddingsTest {
  /** Fields with ids of every kind: shared ones, hash buckets, numbers, lists, crosses, rates. */
  private static final String CONFIG =
      """
      source.path = "%s"
      label = clicked
      fields = [ user, item, { name = other, column = item, shares = item },
                 { name = price, kind = numeric, transform = quantile, buckets = 4 },
                 { name = shop, column = user, hash-buckets = 5 }, { name = tags, kind = multi },
                 { name = rate, column = weight, kind = vector } ]
      crosses { search = none, fields = [[user, item]] }
      rates = all
      split.by-date { column = late, validation-from = 1 }
      vocabulary { oov-buckets = 3, min-count = 5 }
      model { embedding-dim = 6, heads = 1, head-dim = 4, layers = 1, deep = [] }
      train { batch-size = 256, epochs = 1, learning-rate = 0.01 }
      output.model = "%s"
      """;

  @TempDir Path directory;

  private final SparkSession spark = SharedSpark.session();

  @Test
  void eachIdHasTheRowOfTheModelsFilesAndWhatItStandsFor() throws IOException {
    Path clicks = ClickTable.write(directory);
    Path trained = directory.resolve("model");
    new TrainJob(
            spark,
            JobConfigReader.parse(CONFIG.formatted(clicks, trained), List.of()),
            "test",
            line -> {})
        .run(new TrainingListener() {});
    Dataset<Row> table = DestineModel.load(trained.toString()).embeddings();
    assertThat(table.columns()).containsExactly("field", "use", "value", "id", "count", "vector");

    ModelReader reader = ModelReader.open(new LocalModelDirectory(trained));
    Vocabulary vocabulary = reader.vocabulary(reader.fields().orElseThrow());
    ParameterTable expected = reader.parameters().embedding();
    Map<Integer, Row> rows = new HashMap<>();
    table.collectAsList().forEach(row -> rows.put(row.getInt(3), row));
    assertThat(table.count()).isEqualTo(vocabulary.size());
    assertThat(rows).hasSize(vocabulary.size());
    Set<Vocabulary.Use> uses = EnumSet.noneOf(Vocabulary.Use.class);
    for (int id = 0; id < vocabulary.size(); id++) {
      Row row = rows.get(id);
      Vocabulary.Entry entry = vocabulary.entry(id);
      uses.add(entry.use());
      assertThat(row.getString(0)).isEqualTo(entry.field());
      assertThat(row.getString(1)).isEqualTo(entry.use().key());
      assertThat(row.getString(2)).isEqualTo(entry.value());
      assertThat(row.isNullAt(4)).isEqualTo(entry.use() != Vocabulary.Use.VALUE);
      double[] numbers = new double[6];
      expected.read(id, numbers, 0);
      List<Float> vector = row.getList(5);
      assertThat(vector).hasSize(6);
      for (int i = 0; i < 6; i++) {
        assertThat((double) vector.get(i)).isEqualTo(numbers[i]);
      }
    }
    assertThat(uses).containsExactlyInAnyOrder(Vocabulary.Use.values());

    // Counts by Spark of how often the values occur in the rows that train.
    Dataset<Row> training =
        spark.read().option("header", true).csv(clicks.toString()).filter("late = '0'");
    for (String field : List.of("user", "tags")) {
      Map<String, Long> counts = new HashMap<>();
      training
          .select(functions.explode(functions.split(functions.col(field), "\\|")).as("value"))
          .groupBy("value")
          .count()
          .filter("count >= 5")
          .collectAsList()
          .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
      Map<String, Long> found = new HashMap<>();
      table
          .filter(functions.col("field").equalTo(field).and(functions.col("use").equalTo("value")))
          .collectAsList()
          .forEach(row -> found.put(row.getString(2), row.getLong(4)));
      assertThat(found).as(field).isEqualTo(counts).isNotEmpty();
    }
  }
}
