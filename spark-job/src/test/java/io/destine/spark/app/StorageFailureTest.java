package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.train.TreeDigest;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Storage that is full, cannot be written or is damaged gives one line with the path. */
class StorageFailureTest {
  private static final int PLENTY = 1 << 20;

  @TempDir static Path directory;

  @BeforeAll
  static void writeTable() throws IOException {
    SharedSpark.session()
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.full.impl", FullDisk.class.getName());
    StringBuilder csv = new StringBuilder("clicked,user\n");
    for (int n = 0; n < 400; n++) {
      csv.append(n % 3 == 0 ? 1 : 0).append(",u").append(n % 7).append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    Files.writeString(
        directory.resolve("job.conf"),
        """
        source { path = "%s", format = csv, header = true }
        label = clicked
        fields = [ { name = user } ]
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 1, blocks-per-step = 2 }
        checkpoint.steps = 2
        output.data = "%s"
        """
            .formatted(directory.resolve("clicks.csv"), directory.resolve("data")));
  }

  private static CommandRun train(String... more) {
    String[] all = new String[more.length + 4];
    String config = directory.resolve("job.conf").toString();
    List.of("train", "--overwrite", "--config", config).toArray(all);
    System.arraycopy(more, 0, all, 4, more.length);
    return CommandRun.of(all);
  }

  /**
   * Storage becomes full during the first checkpoint, a later one, or the writing of the model;
   * also when files can be created but not written.
   */
  @Full(from = 3)
  @ParameterizedTest
  @CsvSource({
    "0.5, ''",
    "0.99, Read-only file system",
    "0.2, ''",
    "0.99, ''",
    "0, No space left on device",
    "0.2, Read-only file system",
    "0.5, No space left on device",
  })
  void oneLineNamesThePathAndALaterRunSucceeds(double share, String refusal) throws IOException {
    String model = "full:" + directory.resolve("model");
    FullDisk.FILES_LEFT.set(PLENTY);
    assertThat(train("--set", "output.model=" + model).code()).isZero();
    int files = PLENTY - FullDisk.FILES_LEFT.get();
    FullDisk.FILES_LEFT.set((int) (share * files));
    FullDisk.refusal = refusal;
    CommandRun refused = train("--set", "output.model=" + model, "--set", "train.seed=2");
    assertThat(refused.code()).as(refused.err()).isEqualTo(1);
    assertThat(refused.errors())
        .singleElement()
        .asString()
        .contains("full:" + directory)
        .contains(refusal.isEmpty() ? "No space left on device; make room there" : refusal);
    assertThat(refused.err()).doesNotContain("\tat io.destine");
    assertThat(unfinished()).isEmpty();
    if (share > 0.9) {
      assertThat(refused.errors().get(0))
          .containsPattern("; the checkpoint after step \\d+ is kept in full:")
          .endsWith("model.checkpoints: the same command with --resume continues from it");
    }

    FullDisk.FILES_LEFT.set(PLENTY);
    assertThat(CommandRun.of("inspect", "--model", model, "--verify").code()).isZero();
    CommandRun retried =
        train("--set", "output.model=" + model, "--set", "train.seed=2", "--resume");
    assertThat(retried.code()).as(retried.err()).isZero();
  }

  /** Hidden temporary files next to the outputs. */
  private static List<Path> unfinished() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().matches(".*/\\.[^/]*(new|probe)-[^/]*")).toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"No space left on device", ""})
  void aFullDiskIsSaidBeforeTheTrainingAndNoProbeIsLeft(String refusal) throws IOException {
    FullDisk.FILES_LEFT.set(0);
    FullDisk.refusal = refusal;
    CommandRun refused = train("--set", "output.model=full:" + directory.resolve("none/model"));
    assertThat(refused.code()).as(refused.err()).isEqualTo(1);
    assertThat(refused.errors())
        .singleElement()
        .asString()
        .contains("full:" + directory, "No space left on device; make room there");
    assertThat(unfinished()).isEmpty();
    assertThat(directory.resolve("none/model")).doesNotExist();
  }

  @Full(from = 2)
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void predictionsThatTheDiskHasNoRoomForAreAFailure(int files) throws IOException {
    Path scored = directory.resolve("scored");
    FullDisk.FILES_LEFT.set(PLENTY);
    assertThat(train("--set", "output.model=" + scored).code()).isZero();
    FullDisk.FILES_LEFT.set(files);
    FullDisk.refusal = "";
    CommandRun refused =
        CommandRun.of(
            "predict",
            "--model",
            scored.toString(),
            "--input",
            directory.resolve("clicks.csv").toString(),
            "--output",
            "full:" + directory.resolve("predictions"));
    assertThat(refused.code()).as(refused.err()).isEqualTo(1);
    assertThat(refused.errors())
        .singleElement()
        .asString()
        .contains("No space left on device; make room");
    assertThat(unfinished()).isEmpty();
    assertThat(directory.resolve("predictions")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "export --model MODEL --format archive --output full:DIR/model.zip",
        "export --model MODEL --format onnx --output full:DIR/model.onnx",
        "export --model MODEL --format triton --output full:DIR/repository/model",
        "average --models MODEL,DIR/other-sound --output full:DIR/mean",
        "generate --rows 10 --output full:DIR/log",
      })
  void whatIsWrittenToAFullDiskIsOneLineAndLeavesNothing(String command) throws IOException {
    Path model = directory.resolve("sound");
    FullDisk.FILES_LEFT.set(PLENTY);
    if (!Files.exists(model)) {
      assertThat(train("--set", "output.model=" + model).code()).isZero();
      TreeDigest.copy(model, directory.resolve("other-sound"));
    }
    String line =
        command.replace("MODEL", model.toString()).replace("DIR", directory.toString())
            + " --overwrite";
    for (String refusal : List.of("", "No space left on device")) {
      for (int files = 0; files < 3; files++) {
        FullDisk.FILES_LEFT.set(files);
        FullDisk.refusal = refusal;
        CommandRun refused = CommandRun.of(line.split(" "));
        if (refused.code() == 0) {
          break;
        }
        assertThat(refused.code()).as(refused.err()).isEqualTo(1);
        assertThat(refused.errors())
            .as(refused.err())
            .singleElement()
            .asString()
            .contains("No space left on device; make room")
            .doesNotContain("unexpected");
        assertThat(refused.err()).doesNotContain("\tat ");
        assertThat(unfinished()).isEmpty();
      }
    }
  }

  @Test
  void aFullDiskWhileRowsAreEncodedIsOneLineToo() {
    FullDisk.FILES_LEFT.set(1);
    FullDisk.refusal = "No space left on device";
    CommandRun refused =
        train(
            "--set",
            "output.model=" + directory.resolve("other"),
            "--set",
            "output.data=full:" + directory.resolve("other.data"));
    assertThat(refused.code()).as(refused.err()).isEqualTo(1);
    assertThat(refused.errors()).singleElement().asString().contains("No space left on device");
  }
}
