package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A flipped byte in any file of a model is an error that names the file. */
class DamagedModelTest {
  @TempDir static Path directory;

  @Full
  @Test
  void everyFileIsChecked() throws IOException {
    SharedSpark.session();
    StringBuilder csv = new StringBuilder("clicked,user\n");
    for (int n = 0; n < 400; n++) {
      csv.append(n % 3 == 0 ? 1 : 0).append(",u").append(n % 7).append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    Path model = directory.resolve("model");
    Files.writeString(
        directory.resolve("job.conf"),
        """
        source { path = "%s", format = csv, header = true }
        label = clicked
        fields = [ { name = user } ]
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1, wide = true }
        train { batch-size = 64, epochs = 1, blocks-per-step = 2 }
        output.model = "%s"
        """
            .formatted(directory.resolve("clicks.csv"), model));
    String config = directory.resolve("job.conf").toString();
    CommandRun trained = CommandRun.of("train", "--config", config);
    assertThat(trained.code()).as(trained.err()).isZero();

    List<Path> files;
    try (Stream<Path> all = Files.walk(model)) {
      files = all.filter(Files::isRegularFile).filter(DamagedModelTest::counts).toList();
    }
    assertThat(files).hasSizeGreaterThan(10);
    for (Path file : files) {
      String name = model.relativize(file).toString();
      // Without the local file system's own checksum, so that the model's digest must find it.
      Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
      byte[] sound = Files.readAllBytes(file);
      byte[] damaged = sound.length == 0 ? new byte[1] : sound.clone();
      damaged[damaged.length / 2] ^= 1;
      Files.write(file, damaged);
      CommandRun inspected = CommandRun.of("inspect", "--model", model.toString(), "--verify");
      assertThat(inspected.code()).as(name).isEqualTo(2);
      assertThat(inspected.err())
          .as(name)
          .contains("error: ")
          .contains(name)
          .doesNotContain("\tat ");
      boolean forPeople = name.startsWith("report.") || name.equals("README.md");
      if (!name.startsWith("optimizer") && !forPeople) {
        CommandRun evaluated = CommandRun.of("evaluate", "--model", model.toString());
        assertThat(evaluated.code()).as(name).isEqualTo(2);
        assertThat(evaluated.err()).contains(name).doesNotContain("\tat ");
      }
      Files.write(file, sound);
    }
    assertThat(CommandRun.of("inspect", "--model", model.toString(), "--verify").code()).isZero();
  }

  @Test
  void aWarmStartNamesTheDamagedFileOfTheVocabulary() throws IOException {
    Path model = ClickModel.train(directory, "start", "user");
    String config = directory.resolve("start.conf").toString();
    String warm = "output.model=" + directory.resolve("warm-start");
    for (String file : List.of("vocabulary/_fields.json", "vocabulary/_vocabulary.json")) {
      Path damaged = model.resolve(file);
      Files.deleteIfExists(damaged.resolveSibling("." + damaged.getFileName() + ".crc"));
      String sound = Files.readString(damaged);
      Files.writeString(damaged, "{");
      CommandRun run =
          CommandRun.of("train", "--config", config, "--set", warm, "--set", "init-model=" + model);
      assertThat(run.code()).as(run.err()).isEqualTo(2);
      assertThat(run.errors()).hasSize(1);
      assertThat(run.errors().get(0)).contains("init-model: ").contains(file);
      Files.writeString(damaged, sound);
    }
  }

  /** A replacement renames the earlier model to .NAME.old before it renames the new one. */
  @Test
  void aModelWhoseReplacementWasKilledBetweenItsRenamesIsUsed() throws IOException {
    String other = ClickModel.train(directory, "other", "user").toString();
    Path place = ClickModel.train(directory, "replaced", "user");
    String model = place.toString();
    List<Row> before = scored(model, "before");
    Files.move(place, directory.resolve(".replaced.old"));
    assertThat(scored(model, "after")).containsExactlyInAnyOrderElementsOf(before);
    String graph = directory.resolve("m.onnx").toString();
    String mean = directory.resolve("mean").toString();
    String config = directory.resolve("other.conf").toString();
    String warm = "output.model=" + directory.resolve("warm");
    for (List<String> command :
        List.of(
            List.of("inspect", "--model", model),
            List.of("inspect", "--model", model, "--as-config"),
            List.of("evaluate", "--model", model),
            List.of("export", "--model", model, "--format", "onnx", "--output", graph),
            List.of("average", "--models", model + "," + other, "--output", mean),
            List.of("train", "--config", config, "--set", warm, "--set", "init-model=" + model))) {
      CommandRun run = CommandRun.of(command.toArray(String[]::new));
      assertThat(run.code()).as(command + run.err()).isZero();
    }
  }

  private static List<Row> scored(String model, String name) {
    String output = directory.resolve(name).toString();
    CommandRun run = CommandRun.of("predict", "--model", model, "--output", output);
    assertThat(run.code()).as(run.err()).isZero();
    return SharedSpark.session().read().parquet(output).collectAsList();
  }

  @Test
  void whereNoModelIsEveryCommandSaysSoInOneLine() throws IOException {
    SharedSpark.session();
    Path nowhere = directory.resolve("no where");
    Path config = directory.resolve("nowhere.conf");
    Files.writeString(
        config,
        """
        source { path = "%s", format = csv }
        label = clicked
        nightly.input = "%s/{date}"
        output.model = "%s"
        """
            .formatted(directory, directory, nowhere));
    Path scored = directory.resolve("scored");
    for (List<String> command :
        List.of(
            List.of("inspect", "--model", nowhere.toString()),
            List.of("inspect", "--json", "--verify", "--model", nowhere.toString()),
            List.of("evaluate", "--model", nowhere.toString()),
            List.of("predict", "--model", nowhere.toString(), "--output", scored.toString()),
            List.of("status", "--config", config.toString()),
            List.of("rollback", "--config", config.toString()),
            List.of("rollback", "--config", config.toString(), "--to", "2026-03-01"))) {
      CommandRun run = CommandRun.of(command.toArray(String[]::new));
      assertThat(run.code()).as(command + run.err()).isEqualTo(2);
      assertThat(OneLine.problem(run)).as(command.toString()).isNull();
      assertThat(run.errors()).as(command.toString()).hasSize(1);
      assertThat(run.errors().get(0))
          .as(command.toString())
          .startsWith("error: no ")
          .contains("model")
          .contains(nowhere.toString());
      assertThat(run.out()).as(command.toString()).isEmpty();
      assertThat(nowhere).as(command.toString()).doesNotExist();
    }
    assertThat(scored).doesNotExist();
  }

  /** Hidden files are not part of a model. */
  private static boolean counts(Path file) {
    return !file.getFileName().toString().startsWith(".");
  }
}
