package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.SharedSpark;
import io.destine.spark.train.TreeDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are trained again, and the differences between two models. */
class ReproduceCommandTest {
  @TempDir static Path directory;

  @BeforeAll
  static void train() throws IOException {
    rows("rows", 0);
    Files.writeString(
        directory.resolve("job.conf"),
        """
        source { path = "%s", format = parquet }
        label = click
        fields = "*"
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1, deep = [] }
        train { batch-size = 128, epochs = 2, blocks-per-step = 4 }
        output { model = "%s" }
        """
            .formatted(path("rows"), path("model")));
    trained();
  }

  /** 3,000 rows; the labels of the first {@code other} rows are inverted. */
  private static void rows(String name, int other) {
    SharedSpark.session()
        .sql(
            "select int((pmod(hash(id, 1), 100) < pmod(hash(id, 2), 5) * 20) <> (id < "
                + other
                + ")) as click, concat('u', pmod(hash(id), 30)) as user, concat('i', pmod(hash(id,"
                + " 2), 5)) as item from range(3000)")
        .coalesce(1)
        .write()
        .parquet(path(name));
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  private static CommandRun trained(String... settings) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("train", "--config", path("job.conf")));
    for (String setting : settings) {
      command.addAll(List.of("--set", setting));
    }
    CommandRun run = CommandRun.of(command.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  private static CommandRun diff(String other) {
    return CommandRun.of("diff", path("model"), path(other));
  }

  /** The differences that {@code diff} has found, in their order. */
  private static List<String> differences(CommandRun run) throws IOException {
    assertThat(run.code()).as(run.err()).isEqualTo(3);
    assertThat(run.json().get("equal").asBoolean()).isFalse();
    List<String> lines = new ArrayList<>();
    for (JsonNode entry : run.json().get("differences")) {
      lines.add(
          entry.get("what").asText()
              + ": "
              + entry.get("first").asText()
              + " / "
              + entry.get("second").asText());
    }
    assertThat(run.err().lines().toList()).containsSubsequence(lines);
    return lines;
  }

  @Test
  void aModelTrainedAgainHasTheSameBits() throws IOException {
    // A slash at the end changes nothing.
    CommandRun run =
        CommandRun.of("reproduce", "--model", path("model"), "--output", path("again") + "/");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(directory.resolve("again.data/manifest.json")).isRegularFile();
    assertThat(run.json().get("equal").asBoolean()).isTrue();
    assertThat(run.json().get("differences")).isEmpty();
    for (String file : List.of("dense.safetensors", "embedding.safetensors")) {
      assertThat(directory.resolve("again").resolve(file))
          .hasSameBinaryContentAs(directory.resolve("model").resolve(file));
    }
    assertThat(diff("again").code()).isZero();
    CommandRun second =
        CommandRun.of("reproduce", "--model", path("model"), "--output", path("again"));
    assertThat(second.code()).isEqualTo(2);
    assertThat(second.errors())
        .containsExactly(
            "error: --output "
                + path("again")
                + " holds a model; name a new directory, or compare the two models with diff");
  }

  /** The proof would be worth nothing, and a model would be lost. */
  @Test
  void withResumeNeitherTheModelItselfNorAnotherOneIsReplaced() throws IOException {
    trained("train.seed=5", "train.epochs=1", "output.model=" + path("seed-5"));
    for (String output : List.of("model", "seed-5")) {
      Map<String, String> before = TreeDigest.of(directory.resolve(output));
      CommandRun run =
          CommandRun.of(
              "reproduce", "--model", path("model"), "--output", path(output), "--resume");
      assertThat(run.code()).as(run.err()).isEqualTo(2);
      assertThat(run.errors())
          .singleElement()
          .asString()
          .startsWith("error: --output " + path(output))
          .containsAnyOf("is the model itself", "holds a model")
          .doesNotContain("--overwrite");
      assertThat(TreeDigest.of(directory.resolve(output))).isEqualTo(before);
    }
  }

  @Test
  void aModelThatStartedFromAnotherOneIsTrainedAgainFromThatOneAlone() throws IOException {
    trained("init-model=" + path("model"), "output.model=" + path("going"), "train.epochs=1");
    CommandRun run =
        CommandRun.of("reproduce", "--model", path("going"), "--output", path("going-again"));
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("warm start from " + path("model") + ": ");
    CommandRun other =
        CommandRun.of(
            "reproduce",
            "--model",
            path("going"),
            "--output",
            path("going-elsewhere"),
            "--set",
            "init-model=" + path("going"));
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.errors())
        .singleElement()
        .asString()
        .startsWith(
            "error: init-model: %s is not the model that the training of %s started from; "
                .formatted(path("going"), path("going")))
        .contains("; set it to the model with manifest SHA-256 ");
  }

  @Test
  void otherRowsAreRefusedBeforeTheTraining() throws IOException {
    rows("changed", 1);
    CommandRun run =
        CommandRun.of(
            "reproduce",
            "--model",
            path("model"),
            "--output",
            path("of-changed"),
            "--set",
            "source.path=" + path("changed"));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors())
        .singleElement()
        .asString()
        .startsWith("error: the rows differ from those that the model was trained on: fingerprint ")
        .endsWith("or give the location of the original rows with --set source.path=PATH");
    assertThat(directory.resolve("of-changed")).doesNotExist();
  }

  @Test
  void anAverageIsRefusedSinceNoTrainingWroteIt() throws IOException {
    trained("train.seed=9", "train.epochs=1", "output.model=" + path("member"));
    String members = path("model") + "," + path("member");
    CommandRun average = CommandRun.of("average", "--models", members, "--output", path("average"));
    assertThat(average.code()).as(average.err()).isZero();
    CommandRun run =
        CommandRun.of("reproduce", "--model", path("average"), "--output", path("of-average"));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors())
        .containsExactly(
            "error: --model "
                + path("average")
                + " is an average of models; only models of train can be reproduced");
    assertThat(directory.resolve("of-average")).doesNotExist();
  }

  @Test
  void oneChangedRowIsNamed() throws IOException {
    rows("one-changed", 1);
    trained("source.path=" + path("one-changed"), "output.model=" + path("one-changed-model"));
    List<String> found = differences(diff("one-changed-model"));
    assertThat(found.get(0)).startsWith("rows, fingerprint: ");
    assertThat(found.get(1))
        .isEqualTo(
            "rows, setting source.path: [" + path("rows") + "] / [" + path("one-changed") + "]");
    assertThat(found).anyMatch(line -> line.startsWith("epoch 1, train_loss: "));
    assertThat(found).noneMatch(line -> line.startsWith("setting "));
  }

  /** The first step has the same batch and parameters; its result depends on the rate. */
  @Test
  void theStepIsNamedFromWhichOnTrainingsDiffer() throws IOException {
    trained("train.learning-rate=0.003", "output.model=" + path("other-rate"));
    List<String> found = differences(diff("other-rate"));
    assertThat(found.get(0)).startsWith("setting train.learning-rate: ");
    assertThat(found.get(1)).startsWith("epoch 1, loss of step 2: ");
    assertThat(found.get(2)).startsWith("epoch 1, learning_rate: ");
  }

  @Test
  void aChangedSettingAndSeedAreNamedBeforeWhatFollowsFromThem() throws IOException {
    trained("train.learning-rate=0.003", "train.seed=7", "output.model=" + path("other-settings"));
    List<String> found = differences(diff("other-settings"));
    assertThat(found.subList(0, 2))
        .containsExactly("setting train.learning-rate: 0.002 / 0.003", "setting train.seed: 1 / 7");
    assertThat(found).noneMatch(line -> line.startsWith("rows"));
    assertThat(found.get(found.size() - 1)).startsWith("wide.safetensors: ");
  }
}
