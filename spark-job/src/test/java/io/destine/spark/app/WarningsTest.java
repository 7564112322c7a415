package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Warnings of a command are printed once, and are those of its JSON. */
class WarningsTest {
  private static final String GUESSING = "the model is worse than guessing: always predicting";

  @TempDir static Path directory;
  private static Path config;
  private static CommandRun trained;

  /** Random labels that are memorized, and a field with one value. */
  @BeforeAll
  static void train() throws IOException {
    SharedSpark.session();
    Random random = new Random(5);
    StringBuilder csv = new StringBuilder("clicked,user,item,same\n");
    for (int n = 0; n < 600; n++) {
      csv.append(random.nextInt(2)).append(",u").append(random.nextInt(60));
      csv.append(",i").append(random.nextInt(60)).append(",x\n");
    }
    Path table = directory.resolve("clicks.csv");
    Files.writeString(table, csv);
    config = directory.resolve("job.conf");
    Files.writeString(
        config,
        """
        source { path = "%s", format = csv, header = true }
        label = clicked
        fields = [ { name = user }, { name = item }, { name = same } ]
        model { embedding-dim = 8, heads = 1, head-dim = 8, layers = 1 }
        train { batch-size = 64, epochs = 12, blocks-per-step = 2, metric = auc }
        train.learning-rate = 0.03
        output { model = "%s", data = "%s" }
        """
            .formatted(table, directory.resolve("model"), directory.resolve("data")));
    trained = CommandRun.of("train", "--config", config.toString());
    assertThat(trained.code()).as(trained.err()).isZero();
  }

  private static List<String> printed(CommandRun run) {
    return run.err()
        .lines()
        .filter(line -> line.startsWith("warning: "))
        .map(line -> line.substring("warning: ".length()))
        .toList();
  }

  private static List<String> inJson(CommandRun run) throws IOException {
    List<String> texts = new ArrayList<>();
    for (JsonNode text : run.json().path("warnings")) {
      texts.add(text.asText());
    }
    return texts;
  }

  @Test
  void aTrainingHasThoseOfItsDataAndOfTheFiguresOfBothSplits() throws IOException {
    assertThat(printed(trained))
        .isEqualTo(inJson(trained))
        .doesNotHaveDuplicates()
        .anyMatch(
            text -> text.startsWith("field same: number of values with an id of their own: 1;"))
        .anyMatch(text -> text.startsWith("validation: " + GUESSING))
        .anyMatch(text -> text.startsWith("test: " + GUESSING));
  }

  @Test
  void anEvaluationHasThoseOfItsFiguresAndRows() throws IOException {
    Path other = directory.resolve("other.csv");
    String csv = Files.readString(directory.resolve("clicks.csv"));
    Files.writeString(other, csv + "many,u1,i1,x\n");
    CommandRun run =
        CommandRun.of(
            "evaluate",
            "--model",
            directory.resolve("model").toString(),
            "--input",
            other.toString(),
            "--split",
            "test");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(printed(run))
        .isEqualTo(inJson(run))
        .doesNotHaveDuplicates()
        .anyMatch(text -> text.startsWith("test: " + GUESSING))
        .anyMatch(text -> text.endsWith("could not be read and are left out"));
  }

  @Test
  void predictionsHaveThoseOfTheirRowsAndOfWhatKilledRunsHaveLeft() throws IOException {
    Path rows = directory.resolve("rows.csv");
    Files.writeString(rows, "user,item,same\nu1,i1,x\nu2\n");
    Path left = directory.resolve(".scores.0123abcd.old");
    Files.createDirectories(left);
    CommandRun run =
        CommandRun.of(
            "predict",
            "--model",
            directory.resolve("model").toString(),
            "--input",
            rows.toString(),
            "--output",
            directory.resolve("scores").toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(printed(run))
        .isEqualTo(inJson(run))
        .hasSize(2)
        .anyMatch(text -> text.startsWith(".scores.0123abcd.old in "))
        .anyMatch(text -> text.startsWith("1 of 2 rows have no probability"));
  }

  @Test
  void anEncodingHasThoseOfItsData() throws IOException {
    CommandRun run =
        CommandRun.of(
            "encode",
            "--config",
            config.toString(),
            "--set",
            "output.data=" + directory.resolve("again"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(printed(run))
        .isEqualTo(inJson(run))
        .hasSize(1)
        .allMatch(
            text -> text.startsWith("field same: number of values with an id of their own: 1;"));
  }
}
