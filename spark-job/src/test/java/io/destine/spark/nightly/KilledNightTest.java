package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.train.ChildJvm;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A night whose process is killed at any stage leaves the old model live, or the new one, and the
 * next call for its date ends as if nothing had happened. The call comes at once: the lock of a
 * process that is gone does not hold it up.
 */
class KilledNightTest {
  private static final LocalDate NIGHT = ClickDays.day(3);

  @TempDir static Path directory;

  private static Map<String, String> undisturbed;

  @BeforeAll
  static void runUndisturbed() throws IOException {
    for (int day = 0; day <= 3; day++) {
      ClickDays.write(directory.resolve("logs"), day);
    }
    Path model = directory.resolve("undisturbed");
    run(model, ClickDays.day(2));
    copy(model, directory.resolve("before"));
    run(model, NIGHT);
    undisturbed = digests(model.resolve("models/" + NIGHT));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static Configuration hadoop() {
    return SharedSpark.session().sparkContext().hadoopConfiguration();
  }

  private static String configuration(Path model) {
    return ClickDays.configuration(directory.resolve("logs"), model) + "checkpoint { steps = 4 }\n";
  }

  private static NightlyJob.Outcome run(Path model, LocalDate date) {
    return new NightlyJob(
            SharedSpark.session(),
            JobConfigReader.parse(configuration(model), List.of()),
            "test",
            line -> {},
            train -> new TrainingListener() {},
            Clock.systemUTC())
        .run(date, new NightlyJob.Options(false, false));
  }

  private static Map<String, String> digests(Path model) {
    return ModelDigests.of(model, name -> name.endsWith(".safetensors"));
  }

  @ParameterizedTest
  @CsvSource({
    "input:, false",
    "forecast:, false",
    "data:, false",
    "going on from, false",
    "7, false",
    "held-out rows, false",
    "publishing, false",
    "live:, true"
  })
  void aNightThatIsKilledIsFinishedByTheNextCall(String stage, boolean published)
      throws IOException, InterruptedException {
    Path model = directory.resolve("killed-" + stage.replaceAll("\\W", ""));
    copy(directory.resolve("before"), model);
    Path conf = Files.createTempFile(directory, "job", ".conf");
    Files.writeString(conf, configuration(model));
    ChildJvm.runKilled(directory, KilledNight.class, conf.toString(), NIGHT.toString(), stage);

    CurrentModel live = CurrentModel.read(hadoop(), model.toString()).orElseThrow();
    assertThat(live.date()).isEqualTo(published ? NIGHT : ClickDays.day(2));
    ModelBase.open(hadoop(), model + "/models/" + live.name())
        .read(
            reader -> {
              reader.verify();
              return reader;
            });

    NightlyJob.Outcome again = run(model, NIGHT);
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
