package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuneCommandTest {
  @TempDir static Path directory;
  private static Path config;

  @BeforeAll
  static void write() throws IOException {
    SharedSpark.session();
    StringBuilder csv = new StringBuilder("clicked,user,item\n");
    for (int n = 0; n < 400; n++) {
      csv.append(n % 3 == 0 ? 1 : 0).append(",u").append(n % 7).append(",i").append(n % 9);
      csv.append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    config = directory.resolve("job.conf");
    Files.writeString(
        config,
        """
        source { path = "%s/clicks.csv", format = csv, header = true }
        label = clicked
        fields = "*"
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 1, metric = log_loss }
        output.model = "%s/model"
        tune { train.learning-rate = [0.0001, 0.03] }
        """
            .formatted(directory, directory));
  }

  private static CommandRun tune(String... more) {
    return CommandRun.of(
        Stream.concat(Stream.of("tune", "--config", config.toString()), Stream.of(more))
            .toArray(String[]::new));
  }

  @Test
  void theConfigurationOfTheBestTrialTrainsToItsFigures() throws IOException {
    Path best = directory.resolve("best.conf");
    CommandRun run = tune("--apply", best.toString());
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode json = run.json();
    assertThat(json.path("trials").asInt()).isEqualTo(2);
    assertThat(json.path("best").path("values").path("train.learning-rate").asText())
        .isEqualTo("0.03");
    assertThat(run.err())
        .contains("trial 1/2  log loss ")
        .contains("rank trial  log loss")
        .contains("configuration: " + best);
    assertThat(Files.getPosixFilePermissions(best))
        .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    CommandRun again = tune("--apply", best.toString());
    assertThat(again.code()).isEqualTo(Main.USER_ERROR);
    assertThat(again.errors()).singleElement().asString().contains("add --overwrite");
    CommandRun trained = CommandRun.of("train", "--config", best.toString());
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.json().path("log_loss"))
        .isEqualTo(json.path("best").path("test").path("log_loss"));
  }

  @Test
  void aWrongKeyOrFileIsOneLineBeforeAnythingRuns() throws IOException {
    CommandRun wrong =
        tune("--set", "tune.model.layer=[1]", "--set", "output.model=" + directory + "/none");
    assertThat(wrong.code()).isEqualTo(Main.USER_ERROR);
    assertThat(wrong.errors())
        .singleElement()
        .asString()
        .contains("unknown key \"model.layer\"; did you mean \"model.layers\"?");
    CommandRun mine = tune("--apply", config.toString());
    assertThat(mine.code()).isEqualTo(Main.USER_ERROR);
    assertThat(mine.errors())
        .singleElement()
        .asString()
        .contains("exists and was not written by tune");
    assertThat(directory.resolve("none.tune")).doesNotExist();
  }
}
