package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.CheckpointThreads;
import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.report.RunResult;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.train.ChildJvm;
import io.destine.spark.train.TreeDigest;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A night whose process is killed at any stage leaves the old model live, or the new one, and the
 * next call for its date ends as if nothing had happened. The call comes at once: the lock of a
 * process that is gone does not hold it up.
 */
class KilledNightTest {
  private static final LocalDate NIGHT = ClickDays.day(3);
  private static final String STEPS = "7";
  private static final List<String> LINES =
      List.of(
          "input:",
          "forecast:",
          "data:",
          "warm start from",
          "held-out rows",
          "publishing",
          "live:");

  @TempDir static Path directory;

  private static Map<String, String> undisturbed;
  private static long endedProcess;

  /** One night, whose directory is copied at each stage: what a kill would leave. */
  @BeforeAll
  static void runUndisturbed() throws IOException {
    for (int day = 0; day <= 3; day++) {
      ClickDays.write(directory.resolve("logs"), day);
    }
    endedProcess = new ProcessBuilder("true").start().onExit().join().pid();
    Path model = directory.resolve("undisturbed");
    run(model, ClickDays.day(2), stage -> {});
    TreeDigest.copy(model, directory.resolve("before"));
    run(model, NIGHT, stage -> snapshot(model, stage));
    undisturbed = digests(model.resolve("models/" + NIGHT));
  }

  private static Path left(String stage) {
    return directory.resolve("left-" + stage.replaceAll("\\W", ""));
  }

  /**
   * Copies the current files, with the number of a process that has ended in place of this one's.
   */
  private static void snapshot(Path model, String stage) {
    CheckpointThreads.awaitNone();
    try {
      TreeDigest.copy(model, left(stage));
      String own = "(\"pid\"\\s*:\\s*)" + ProcessHandle.current().pid() + "\\b";
      List<Path> files;
      try (var all = Files.walk(left(stage))) {
        files = all.filter(file -> file.toString().endsWith(".json")).toList();
      }
      for (Path file : files) {
        String text = Files.readString(file);
        String ended = text.replaceAll(own, "$1" + endedProcess);
        if (!ended.equals(text)) {
          Files.writeString(file, ended);
          Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Configuration hadoop() {
    return SharedSpark.session().sparkContext().hadoopConfiguration();
  }

  private static String configuration(Path model) {
    return ClickDays.configuration(directory.resolve("logs"), model) + "checkpoint { steps = 4 }\n";
  }

  private static NightlyJob.Outcome run(Path model, LocalDate date, Consumer<String> reached) {
    return new NightlyJob(
            SharedSpark.session(),
            JobConfigReader.parse(configuration(model), List.of()),
            "test",
            line -> LINES.stream().filter(line::startsWith).forEach(reached),
            train ->
                new TrainingListener() {
                  private int taken;

                  @Override
                  public void stepped(int epoch, int step, int of, long rows, double loss) {
                    if (++taken == Integer.parseInt(STEPS)) {
                      reached.accept(STEPS);
                    }
                  }
                },
            Clock.systemUTC())
        .run(date, new NightlyJob.Options(false));
  }

  private static Map<String, String> digests(Path model) {
    return ModelDigests.of(model, name -> name.endsWith(".safetensors"));
  }

  /** In the short tier, while training and on both sides of the publication. */
  static Stream<String> stages() {
    List<String> first = List.of(STEPS, "publishing", "live:");
    Stream<String> others = LINES.stream().filter(line -> !first.contains(line));
    int size = Full.Tier.size("stages of KilledNightTest", LINES.size() + 1, first.size());
    return Stream.concat(first.stream(), others).limit(size);
  }

  @ParameterizedTest
  @MethodSource("stages")
  void aNightThatEndsAtAnyStageIsFinishedByTheNextCall(String stage) throws IOException {
    assertThat(left(stage)).as("the stage was reached").isDirectory();
    assertFinishedByTheNextCall(left(stage), stage.equals("live:"));
  }

  @Full
  @ParameterizedTest
  @ValueSource(strings = {STEPS, "publishing"})
  void aNightThatIsKilledIsFinishedByTheNextCall(String stage)
      throws IOException, InterruptedException {
    Path model = directory.resolve("killed-" + stage);
    TreeDigest.copy(directory.resolve("before"), model);
    Path conf = Files.createTempFile(directory, "job", ".conf");
    Files.writeString(conf, configuration(model));
    ChildJvm.runKilled(directory, KilledNight.class, conf.toString(), NIGHT.toString(), stage);
    assertFinishedByTheNextCall(model, false);
  }

  /** The retry of the killed night does not undo the rollback. */
  @Test
  void aNightThatEndsAfterItHasPublishedCanBeRolledBack() throws IOException {
    Path model = directory.resolve("rolled-back");
    TreeDigest.copy(left("live:"), model);
    Rollback rollback =
        new Rollback(
            SharedSpark.session(),
            JobConfigReader.parse(configuration(model), List.of()),
            Clock.systemUTC());
    rollback.run(Optional.empty());
    NightlyJob.Outcome again = run(model, NIGHT, reached -> {});
    assertThat(again.before()).isTrue();
    assertThat(again.run().rollback()).isPresent();
    CurrentModel live = CurrentModel.read(hadoop(), model.toString()).orElseThrow();
    assertThat(live.date()).isEqualTo(ClickDays.day(2));
    assertThat(rollback.run(Nights.to(NIGHT.toString())).name()).isEqualTo(NIGHT.toString());
  }

  private static void assertFinishedByTheNextCall(Path model, boolean published)
      throws IOException {
    CurrentModel live = CurrentModel.read(hadoop(), model.toString()).orElseThrow();
    assertThat(live.date()).isEqualTo(published ? NIGHT : ClickDays.day(2));
    ModelBase.open(hadoop(), model + "/models/" + live.name())
        .read(
            reader -> {
              reader.verify();
              return reader;
            });

    NightlyJob.Outcome again = run(model, NIGHT, reached -> {});
    assertThat(again.before()).isEqualTo(published);
    assertThat(again.run().result()).isEqualTo(RunResult.PROMOTED);
    assertThat(digests(model.resolve("models/" + NIGHT))).isEqualTo(undisturbed);
    assertThat(CurrentModel.read(hadoop(), model.toString()).orElseThrow().date()).isEqualTo(NIGHT);
    try (var left = Files.list(model.resolve("models"))) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder(ClickDays.day(2).toString(), NIGHT.toString());
    }
    assertThat(model.resolve("runs/" + NIGHT + "/report.html")).isRegularFile();
  }
}
