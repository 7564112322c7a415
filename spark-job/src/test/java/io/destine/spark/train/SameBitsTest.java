package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.parameters.OwnerMoment;
import io.destine.testing.Full;
import io.destine.testing.Seeds;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the cluster does, the files of the model have the bytes of a training by the command
 * line in one thread: parameters, optimiser state and vocabulary. All with the vector kernel.
 */
class SameBitsTest {
  @TempDir static Path directory;

  private static final Map<String, Map<String, String>> EXPECTED = new TreeMap<>();

  static List<String> trained() {
    int all = SameBitsCase.ALL.size();
    return SameBitsCase.ALL.subList(0, Full.Tier.size("optimisers of SameBitsTest", all, 1));
  }

  @BeforeAll
  static void trainInOneThread() throws IOException, InterruptedException {
    SameBitsCase.write(directory);
    String log = ChildJvm.run(directory, List.of(), commands("", trained()));
    assertThat(log).contains("kernel vector; 1 tasks per step");
    for (String name : trained()) {
      Map<String, String> digests = SameBitsCase.digests(directory.resolve(name));
      assertThat(digests)
          .containsKeys("dense.safetensors", "embedding.safetensors", "wide.safetensors")
          .containsKey("optimizer.safetensors")
          .containsKeys("vocabulary/_vocabulary.json", SameBitsCase.VOCABULARY);
      EXPECTED.put(name, digests);
    }
    assertThat(EXPECTED.values()).doesNotHaveDuplicates();
  }

  private static String[] commands(String suffix, List<String> names) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("commands", directory.toString(), suffix));
    arguments.addAll(names);
    return arguments.toArray(String[]::new);
  }

  private static void assertSame(String name, String suffix) {
    assertThat(SameBitsCase.digests(directory.resolve(name + suffix)))
        .as(name + suffix)
        .isEqualTo(EXPECTED.get(name));
  }

  private static Map<String, Long> observed() throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(SameBitsCase.observations(directory))) {
      properties.load(reader);
    }
    Map<String, Long> observed = new TreeMap<>();
    properties.forEach((key, value) -> observed.put((String) key, Long.valueOf((String) value)));
    return observed;
  }

  @ParameterizedTest
  @MethodSource("trained")
  void twoThreads(String name) {
    SharedSpark.session();
    String model = directory.resolve(name) + "-threads";
    new TrainJob(
            SharedSpark.session(),
            JobConfigReader.read(
                SameBitsCase.config(directory, name),
                List.of(
                    "output.model=" + model,
                    "output.data=" + SameBitsCase.data(directory, "-threads"))),
            "test",
            line -> {})
        .run(new TrainingListener() {});
    assertSame(name, "-threads");
  }

  /** AVX 1 leaves vectors of 128 bits; where the machine has AVX-512, AVX 2 halves them. */
  @Full
  @ParameterizedTest
  @CsvSource({"2, 256", "1, 128"})
  void narrowerVectors(int avx, int most) throws IOException, InterruptedException {
    String log =
        ChildJvm.run(
            directory,
            List.of("-XX:UseAVX=" + avx),
            commands("-avx-" + avx, List.of(SameBitsCase.DECAY)));
    assertThat(log).contains("kernel vector").contains("vectors of " + most + " bits");
    assertSame(SameBitsCase.DECAY, "-avx-" + avx);
  }

  @Full
  @Test
  void processesTasksAndAKilledExecutor() throws IOException, InterruptedException {
    ChildJvm.run(directory, List.of(), "processes", directory.toString());
    SameBitsCase.ALL.forEach(name -> assertSame(name, "-processes"));
    for (String run : List.of("tasks-1", "tasks-3", "tasks-5", "killed")) {
      assertSame(SameBitsCase.DECAY, "-" + run);
    }
    assertThat(observed())
        .containsEntry("tasks-1.tasks", 1L)
        .containsEntry("tasks-3.tasks", 3L)
        .containsEntry("tasks-5.tasks", 5L)
        .containsEntry("tasks-5.stages", 1L)
        .containsEntry("killed.lost", 1L)
        .containsEntry("killed.replaced-after-step", 5L)
        .hasEntrySatisfying("killed.removed", n -> assertThat(n).isPositive())
        .hasEntrySatisfying(
            "killed.step-tasks-of-replacement", n -> assertThat(n).isGreaterThanOrEqualTo(3));
  }

  @Full
  @Test
  void executorsThatOwnTheTables() throws IOException, InterruptedException {
    String log = ChildJvm.run(directory, List.of(), "owned", directory.toString());
    assertThat(log).contains("executors have joined and own table rows from now on: training");
    SameBitsCase.ALL.forEach(name -> assertSame(name, "-owned"));
    assertSame(SameBitsCase.DECAY, "-owned-begun-again");
    assertSame(SameBitsCase.DECAY, "-owned-joined");
    assertSame(SameBitsCase.DECAY, "-owned-resumed");
    assertThat(SameBitsCase.digests(directory.resolve(SameBitsCase.DECAY + "-started-lost")))
        .isEqualTo(SameBitsCase.digests(directory.resolve(SameBitsCase.DECAY + "-started")));
    assertThat(log).containsPattern("was lost: training resumes from step [36] and repeats");
    assertThat(log)
        .containsSubsequence(
            "was lost: owners of tables are chosen again",
            "-owned-resumed.checkpoints/step-0000000006: epoch 1, step 7");
    int steps = 2 * SameBitsCase.STEPS_PER_EPOCH;
    for (OwnerMoment moment : OwnerMoment.values()) {
      String run = "owned-lost-" + moment.name().toLowerCase(Locale.ROOT);
      assertSame(SameBitsCase.DECAY, "-" + run);
      assertThat(observed())
          .containsEntry(run + ".removed", moment == OwnerMoment.RESTORE ? 2L : 1L)
          .hasEntrySatisfying(run + ".steps", n -> assertThat(n).isGreaterThan(steps));
    }
    assertThat(observed())
        .containsEntry("owned-begun-again.removed", 1L)
        .hasEntrySatisfying(
            "owned-begun-again.steps", n -> assertThat(n).isGreaterThanOrEqualTo(steps + 5));
  }

  @Full
  @Test
  void aMachineThatJoinsLateAndOnesThatStandStill() throws IOException, InterruptedException {
    ChildJvm.run(directory, List.of(), "machines", directory.toString());
    assertSame(SameBitsCase.DECAY, "-late");
    assertSame(SameBitsCase.DECAY, "-slow");
    assertThat(observed())
        .containsEntry("late.joined-after-step", 5L)
        .hasEntrySatisfying("late.tasks", n -> assertThat(n).isPositive())
        .containsEntry("slow.copies", (long) MachineRuns.STOPS);
  }

  @Full
  @Test
  void executorsThatSparkAddsAndRemovesDuringTheTraining()
      throws IOException, InterruptedException {
    String log = ChildJvm.run(directory, List.of(), "dynamic", directory.toString());
    assertThat(log).contains("tasks per step").doesNotContain("executors own the table rows");
    assertSame(SameBitsCase.DECAY, "-dynamic");
    assertThat(observed())
        .containsEntry("dynamic.executors-left-alone", 1L)
        .hasEntrySatisfying("dynamic.joined-in-a-step", n -> assertThat(n).isPositive())
        .hasEntrySatisfying("dynamic.step-tasks-of-newcomers", n -> assertThat(n).isPositive())
        .hasEntrySatisfying("dynamic.left-after-that", n -> assertThat(n).isPositive());
  }

  /**
   * Executors, their connections to the driver, and the driver. {@code -Ddestine.disturbances=100}
   * causes more disturbances, and {@code -Ddestine.seed} repeats those of a seed.
   */
  @Full
  @ParameterizedTest
  @ValueSource(strings = {"driver", "executors"})
  void whateverIsKilledStoppedSlowedAndCutOffAtRandom(String owners)
      throws IOException, InterruptedException {
    int kinds = Disturbance.Kind.values().length;
    int most = Integer.getInteger("destine.disturbances", kinds);
    long seed = Seeds.next("disturbances");
    Map<String, Integer> observed = ChaosRuns.all(directory, seed, most, owners);
    System.err.println("disturbances, owners " + owners + ", seed " + seed + ": " + observed);
    for (Disturbance.Kind kind : Disturbance.Kind.values()) {
      assertThat(observed.get(kind.key()))
          .as(kind + ", seed " + seed)
          .isBetween(most / kinds, most);
    }
    assertThat(observed.get("chaos.drivers"))
        .isEqualTo(1 + observed.get(Disturbance.Kind.DRIVER_KILLED.key()));
    for (int training = 0; training < observed.get("chaos.trainings"); training++) {
      assertSame(SameBitsCase.DECAY, ChaosRuns.suffix(owners) + training);
    }
  }

  /**
   * The driver is killed each time after a new checkpoint, during a step; the first time in the
   * first epoch.
   */
  @Full
  @Test
  void aDriverKilledThreeTimesAndResumedElsewhere() throws IOException, InterruptedException {
    CounterRandom random = CounterRandom.of(Seeds.next("kills of the driver"), Purpose.SPLIT);
    String path = directory.toString();
    int total = 0;
    for (int kill = 0; kill < 3; kill++) {
      int steps = 4 + random.below(4, kill);
      String log = ChildJvm.runKilled(directory, "resumed", path, "local[2]", "" + steps);
      assertThat(log).contains(kill == 0 ? "no checkpoint in" : "resumed from");
      total += steps;
    }
    String cluster = "local-cluster[2,1,1024]";
    assertThat(ChildJvm.run(directory, List.of(), "resumed", path, cluster, "0"))
        .as("killed after %d steps", total)
        .contains("resumed from");
    assertSame(SameBitsCase.DECAY, "-resumed");
  }
}
