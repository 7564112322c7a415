package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.CheckpointThreads;
import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import io.destine.spark.store.LockedException;
import io.destine.spark.store.LostLockException;
import io.destine.spark.store.ObjectStore;
import io.destine.spark.store.TakenLock;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two trainings that want the same directories at the same time. */
class TwoTrainingsTest {
  private static final int STEPS = 16;

  @TempDir static Path directory;

  @BeforeAll
  static void writeTable() throws IOException {
    StringBuilder csv = new StringBuilder("clicked,user,item\n");
    for (int n = 0; n < 600; n++) {
      csv.append(n % 3 == 0 ? 1 : 0).append(",u").append(n % 7).append(",i").append(n % 11);
      csv.append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    train(config("before", 1), line -> {}, after(0, () -> {}));
  }

  private static JobConfig config(String model, int seed, String... overrides) {
    List<String> all = new ArrayList<>(List.of(overrides));
    all.add("train.seed=" + seed);
    return JobConfigReader.parse(
        """
        source { path = "%s/clicks.csv", format = csv, header = true }
        label = clicked
        fields = "*"
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 2, blocks-per-step = 2 }
        checkpoint.steps = 3
        output { model = "%s/%s", data = "%s/%s.data" }
        """
            .formatted(directory, directory, model, directory, model),
        all);
  }

  private static void train(JobConfig config, Consumer<String> log, TrainingListener listener) {
    new TrainJob(SharedSpark.session(), config, "test", log).overwriting().run(listener);
  }

  private static TrainingListener after(int steps, Runnable then) {
    return new TrainingListener() {
      private int taken;

      @Override
      public void stepped(int epoch, int step, int of, long rows, double loss) {
        if (++taken == steps) {
          then.run();
        }
      }
    };
  }

  private static Map<String, String> tensors(String model) {
    return ModelDigests.of(directory.resolve(model), name -> name.endsWith(".safetensors"));
  }

  @Test
  void theSecondIntoOneModelIsTurnedAwayAndTheFirstKeepsItsBits() {
    train(config("alone", 7), line -> {}, after(0, () -> {}));
    List<Throwable> second = new ArrayList<>();
    Runnable other =
        () -> {
          try {
            train(config("both", 4), line -> {}, after(0, () -> {}));
          } catch (LockedException e) {
            second.add(e);
          }
        };
    train(config("both", 7), line -> {}, after(5, other));
    assertThat(second).singleElement().asString().contains("another run is active");
    assertThat(tensors("both")).isEqualTo(tensors("alone"));
    assertThat(directory.resolve(".both.lock")).doesNotExist();
  }

  @Full
  @Test
  void twoModelsShareAnEncodedDataSetAtTheSameTime() {
    Runnable other =
        () ->
            train(
                config("second", 7, "output.data=" + directory + "/first.data"),
                line -> {},
                after(0, () -> {}));
    train(config("first", 7), line -> {}, after(5, other));
    assertThat(tensors("second")).isEqualTo(tensors("first"));
  }

  @Full
  @Test
  void aTrainingWhoseDataSetWasReplacedIsNotPublished() {
    Runnable other =
        () ->
            train(
                config(
                    "elsewhere", 7, "split.seed=9", "output.data=" + directory + "/replaced.data"),
                line -> {},
                after(0, () -> {}));
    assertThatThrownBy(() -> train(config("replaced", 7), line -> {}, after(5, other)))
        .hasStackTraceContaining(
            UserError.class.getName()
                + ": output.data: another run has replaced "
                + directory
                + "/replaced.data while this one read it");
    assertThat(directory.resolve("replaced")).doesNotExist();
  }

  /** Before and after the rows are encoded, between checkpoints, and before publication. */
  @Full(from = 3)
  @ParameterizedTest
  @ValueSource(strings = {"model:", "4", "data:", "" + (STEPS - 1), "" + STEPS})
  void aTrainingThatHasLostItsLockWritesNothingMore(String stage) throws IOException {
    String model = "lost-" + stage.replaceAll("\\W", "");
    for (String part : List.of("", ".data")) {
      TreeDigest.copy(directory.resolve("before" + part), directory.resolve(model + part));
    }
    Map<String, String> left = new TreeMap<>();
    Runnable loss =
        () -> {
          // One that is being written has a name of its own, and may grow.
          CheckpointThreads.awaitNone();
          TakenLock.takeOver(directory.resolve("." + model + ".lock"));
          left.putAll(outputs(model));
        };
    int steps = stage.matches("\\d+") ? Integer.parseInt(stage) : Integer.MAX_VALUE;
    Consumer<String> log =
        line -> {
          if (line.startsWith(stage)) {
            loss.run();
          }
        };
    assertThatThrownBy(() -> train(config(model, 2), log, after(steps, loss)))
        .isInstanceOf(LostLockException.class)
        .hasMessageStartingWith("lost the lock file:" + directory + "/." + model + ".lock: it is");
    assertThat(left).isNotEmpty();
    assertThat(outputs(model)).isEqualTo(left);
  }

  /** The other run acts between this run's check of its lock and its check of the model's path. */
  @Test
  void aTrainingThatMeetsFilesOfTheOneThatHasItsLockIsToldOfTheLock() {
    SharedSpark.session()
        .sparkContext()
        .hadoopConfiguration()
        .setClass("fs.store.impl", ObjectStore.class, ObjectStore.class);
    Path place = directory.resolve("met");
    Runnable other =
        () -> {
          TakenLock.takeOver(directory.resolve(".met.lock"));
          try {
            Files.writeString(Files.createDirectories(place).resolve("notes.txt"), "mine");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        };
    JobConfig config = config("met", 7, "output.model=store:" + place, "checkpoint.steps=0");
    TrainingListener last = after(STEPS, () -> ObjectStore.onNextLookAt(place, other));
    assertThatThrownBy(() -> train(config, line -> {}, last))
        .isInstanceOf(LostLockException.class)
        .hasMessageStartingWith("lost the lock store:" + directory + "/.met.lock: it is held by ")
        .extracting(lost -> List.of(lost.getSuppressed()))
        .asString()
        .contains(place + " holds other files; only a model can be overwritten");
    assertThat(place).isDirectoryContaining("glob:**/notes.txt");
  }

  /** All files whose names begin with the model's name, including hidden ones. */
  private static Map<String, String> outputs(String model) {
    Map<String, String> all = new TreeMap<>(TreeDigest.of(directory));
    all.keySet().removeIf(path -> !path.startsWith(model) && !path.startsWith("." + model));
    return all;
  }
}
