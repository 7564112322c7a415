package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.artifact.ModelFormatException;
import io.destine.optim.RateSchedule;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An interrupted and resumed run gives a model identical to that of an uninterrupted run. */
class ResumeTest {
  private static final int ROWS = 3000;
  private static final int STEPS_PER_EPOCH = 39;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path directory;

  private final List<String> log = new ArrayList<>();

  /** Ends the run like a killed process: after the call only close methods run. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private record KillAfter(int steps, int[] taken) implements TrainingListener {
    KillAfter(int steps) {
      this(steps, new int[1]);
    }

    @Override
    public void stepped(int epoch, int step, int ofEpoch, long rows, double loss) {
      if (++taken[0] == steps) {
        throw new Killed();
      }
    }
  }

  @BeforeAll
  static void writeTable() throws IOException {
    CounterRandom random = CounterRandom.of(7, Purpose.SPLIT);
    StringBuilder csv = new StringBuilder("clicked,user,item,hour\n");
    for (int n = 0; n < ROWS; n++) {
      int user = random.below(40, 4L * n);
      int item = random.below(30, 4L * n + 1);
      boolean click = random.uniform(4L * n + 2) < ((user + item) % 2 == 0 ? 0.8 : 0.2);
      csv.append(click ? "1" : "0").append(",u").append(user).append(",i").append(item);
      csv.append(",h").append(random.below(24, 4L * n + 3)).append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
  }

  private static JobConfig config(String model, String... overrides) {
    List<String> all = new ArrayList<>();
    all.add("output.model=" + directory.resolve(model));
    all.add("output.data=" + directory.resolve("data"));
    all.addAll(List.of(overrides));
    return JobConfigReader.parse(
        """
        source { path = "%s", format = csv, header = true }
        label = clicked
        fields = [ { name = user }, { name = item }, { name = hour } ]
        model { embedding-dim = 4, heads = 2, head-dim = 4, layers = 2, wide = true, deep = [8]
          attention-dropout = 0.1, deep-dropout = 0.1 }
        train { metric = auc, batch-size = 64, epochs = 4, learning-rate = 0.01, blocks-per-step = 4, average = 1 }
        checkpoint { steps = 7, keep = 2 }
        """
            .formatted(directory.resolve("clicks.csv")),
        all);
  }

  private TrainResult train(JobConfig config, boolean resume, TrainingListener listener) {
    return new TrainJob(SharedSpark.session(), config, "test", log::add).run(resume, listener);
  }

  private void kill(JobConfig config, boolean resume, int steps) {
    assertThatThrownBy(() -> train(config, resume, new KillAfter(steps)))
        .isInstanceOf(Killed.class);
  }

  /** SHA-256 of the tensors and the vocabulary of a model. */
  private static Map<String, String> digests(String model) {
    Map<String, String> digests =
        ModelDigests.of(
            directory.resolve(model),
            name -> name.endsWith(".safetensors") || name.endsWith(".parquet"));
    assertThat(digests).hasSizeGreaterThan(4);
    return digests;
  }

  private static Path checkpoints(String model) {
    return directory.resolve(model + ".checkpoints");
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Kills in the first and in later epochs, three times in a row. */
  @Full
  @ParameterizedTest
  @CsvSource({
    "sgd, 0, 10, 45, 3",
    "adagrad, 0, 45, 20, 50",
    "adam, 0, 77, 1, 30",
    "adam, 0.001, 20, 40, 9",
  })
  void endsInTheSameBitsAfterThreeKills(
      String optimizer, String penalty, int first, int second, int third) throws IOException {
    String[] overrides = {"train.optimizer=" + optimizer, "train.embedding-l2=" + penalty};
    String name = optimizer + penalty;
    train(config(name + "-whole", overrides), false, new TrainingListener() {});

    JobConfig interrupted = config(name, overrides);
    kill(interrupted, true, first);
    kill(interrupted, true, second);
    kill(interrupted, true, third);
    assertThat(directory.resolve(name)).doesNotExist();
    train(interrupted, true, new TrainingListener() {});

    assertThat(log).filteredOn(line -> line.startsWith("resumed from")).hasSize(3);
    assertThat(digests(name)).isEqualTo(digests(name + "-whole"));
    assertThat(checkpoints(name)).doesNotExist();
  }

  /**
   * Steps go on while a file of the second checkpoint is held up. Then the run fails, which
   * completes the checkpoint, or must end immediately, which abandons the checkpoint.
   */
  @Full(from = 2)
  @ParameterizedTest
  @CsvSource({
    "embedding.safetensors, adam, 0, true",
    "first_moment, adam, 0.001, false",
    "optimizer.embedding, adagrad, 0.001, false",
    "optimizer.embedding, adam, 0, false",
    "manifest.json, sgd, 0.001, false",
    "manifest.json, adam, 0, true",
  })
  void endsInTheSameBitsWhenItFailsWhileACheckpointIsWritten(
      String file, String optimizer, String penalty, boolean givenUp) throws IOException {
    SharedSpark.session()
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.held.impl", HeldFileSystem.class.getName());
    String[] overrides = {"train.optimizer=" + optimizer, "train.embedding-l2=" + penalty};
    String name = "held-" + file + optimizer + penalty;
    train(config(name + "-whole", overrides), false, new TrainingListener() {});

    String[] held = {overrides[0], overrides[1], "output.model=held:" + directory.resolve(name)};
    HeldFileSystem.Hold hold =
        HeldFileSystem.hold(path -> path.contains("step-0000000014") && path.contains(file));
    TrainJob job = new TrainJob(SharedSpark.session(), config(name, held), "test", log::add);
    TrainingListener killer =
        new TrainingListener() {
          private int taken;

          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            if (++taken == 20) {
              hold.awaitReached();
              if (givenUp) {
                job.checkpointGate().close();
              }
              hold.end();
              throw new Killed();
            }
          }
        };
    assertThatThrownBy(() -> job.run(false, killer)).isInstanceOf(Killed.class);
    assertThat(names(checkpoints(name)))
        .filteredOn(found -> found.startsWith("step"))
        .containsExactlyElementsOf(
            givenUp ? List.of("step-0000000007") : List.of("step-0000000007", "step-0000000014"));

    train(config(name, held), true, new TrainingListener() {});
    assertThat(log)
        .filteredOn(line -> line.startsWith("resumed from"))
        .singleElement()
        .asString()
        .contains(givenUp ? "step-0000000007" : "step-0000000014");
    assertThat(digests(name)).isEqualTo(digests(name + "-whole"));
    assertThat(checkpoints(name)).doesNotExist();
  }

  /** A training that nothing interrupts, done once. */
  private String whole() {
    if (!Files.exists(directory.resolve("whole"))) {
      train(config("whole"), false, new TrainingListener() {});
    }
    return "whole";
  }

  private static JsonNode json(String model, String file) throws IOException {
    return JSON.readTree(directory.resolve(model).resolve(file).toFile());
  }

  /** Figures of an epoch that do not depend on how long it took. */
  private static JsonNode withoutSeconds(JsonNode learning) {
    assertThat(learning).isNotEmpty().allMatch(row -> row.path("seconds").isNumber());
    JsonNode rows = learning.deepCopy();
    rows.forEach(row -> ((ObjectNode) row).remove("seconds"));
    return rows;
  }

  /**
   * Killed within an epoch behind a checkpoint, and, where only the best epochs leave one, in the
   * first steps of an epoch, so that the checkpoint is that of the epoch just noted.
   */
  @ParameterizedTest
  @CsvSource({"7, 45, 50", "0, 40, 40"})
  void hasTheCurveOfATrainingThatWasNotInterrupted(int steps, int first, int second)
      throws IOException {
    String name = "curve" + steps;
    JobConfig interrupted = config(name, "checkpoint.steps=" + steps);
    kill(interrupted, false, first);
    kill(interrupted, true, second);
    TrainResult result = train(interrupted, true, new TrainingListener() {});
    assertThat(log).filteredOn(line -> line.startsWith("resumed from")).hasSize(2);
    assertThat(log).filteredOn(line -> line.contains(": epoch 1,")).isEmpty();

    JsonNode expected = json(whole(), "report.json");
    assertThat(expected.path("learning")).hasSize(4);
    JsonNode found = json(name, "report.json");
    JsonNode metrics = json(name, "manifest.json").path("metrics");
    for (JsonNode learning :
        List.of(
            found.path("learning"),
            metrics.path("learning"),
            JSON.<JsonNode>valueToTree(result.learning()))) {
      assertThat(withoutSeconds(learning)).isEqualTo(withoutSeconds(expected.path("learning")));
    }
    assertThat(found.path("best_epoch")).isEqualTo(expected.path("best_epoch"));
    assertThat(metrics.path("best_epoch")).isEqualTo(expected.path("best_epoch"));
    assertThat(expected.path("best_epoch").asInt()).isPositive();
    assertThat(directory.resolve(name).resolve("report.html")).content().contains("4 epochs.");
  }

  @Test
  void keepsTheNewestAndTheBest() throws IOException {
    JobConfig config = config("kept", "train.learning-rate=0.3", "train.epochs=30");
    List<Integer> best = new ArrayList<>();
    TrainingListener killer =
        new TrainingListener() {
          @Override
          public void evaluated(
              int epoch, double loss, Validation v, double rate, RateSchedule.Verdict verdict) {
            if (verdict != RateSchedule.Verdict.IMPROVED) {
              throw new Killed();
            }
            best.add((epoch + 1) * STEPS_PER_EPOCH);
          }
        };
    assertThatThrownBy(() -> train(config, false, killer)).isInstanceOf(Killed.class);
    int last = best.get(best.size() - 1);
    List<String> names = names(checkpoints("kept"));
    assertThat(names).hasSize(3).startsWith("step-%010d".formatted(last));
    assertThat(names.get(2)).isGreaterThan("step-%010d".formatted(last + STEPS_PER_EPOCH - 7));
  }

  @Test
  void refusesTheCheckpointOfAnotherRunByTheNameOfTheSetting() {
    kill(config("other"), false, 20);
    assertThatThrownBy(() -> train(config("other", "model.layers=1"), true, new KillAfter(1)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the checkpoint used model.layers 2, but the configuration says 1")
        .hasMessageContaining("other.checkpoints/step-0000000014");
    assertThatThrownBy(() -> train(config("other", "compute.kernel=nd4j"), true, new KillAfter(1)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the checkpoint used kernel vector, but this run uses nd4j");
    kill(config("other", "train.epochs=9"), true, 20);
    String cosine = "train.schedule=cosine";
    kill(config("falling", cosine), false, 10);
    assertThatThrownBy(
            () -> train(config("falling", cosine, "train.epochs=9"), true, new KillAfter(1)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the checkpoint used train.epochs ");
  }

  /** Tasks read the tables of executors that own them. */
  @Full
  @ParameterizedTest
  @ValueSource(strings = {"driver", "executors"})
  void passesOverADamagedCheckpointToTheOneBefore(String owners) throws IOException {
    String model = "damaged-" + owners;
    JobConfig config = config(model, "compute.owners=" + owners);
    kill(config, false, 25);
    assertThat(names(checkpoints(model))).containsExactly("step-0000000014", "step-0000000021");
    flip(checkpoints(model).resolve("step-0000000021/embedding.safetensors"));
    train(config, true, new TrainingListener() {});
    assertThat(log)
        .anyMatch(line -> line.contains("step-0000000021/embedding.safetensors"))
        .anyMatch(line -> line.startsWith("resumed from") && line.contains("step-0000000014"));
    assertThat(digests(model)).isEqualTo(digests(whole()));

    kill(config("broken-" + owners), false, 10);
    flip(checkpoints("broken-" + owners).resolve("step-0000000007/dense.safetensors"));
    assertThatThrownBy(() -> train(config("broken-" + owners), true, new KillAfter(1)))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining("step-0000000007/dense.safetensors");
  }

  private static void flip(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }

  @Test
  void startsAnewWithoutCheckpointOrWithoutBeingAskedToResume() throws IOException {
    kill(config("anew"), true, 20);
    assertThat(log).anyMatch(line -> line.startsWith("no checkpoint in"));
    kill(config("anew"), false, 10);
    assertThat(log).anyMatch(line -> line.contains("--resume would continue it"));
    assertThat(names(checkpoints("anew"))).containsExactly("step-0000000007");
  }
}
