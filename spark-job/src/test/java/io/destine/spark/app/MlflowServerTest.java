package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.ml.DestineClassifier;
import io.destine.spark.ml.PythonEnvironment;
import io.destine.spark.nightly.ClickDays;
import io.destine.spark.tracking.MlflowServer;
import io.destine.testing.Full;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trainings, a fit and nights against MLflow's own server, read back by MLflow's and TensorBoard's
 * own Python: see {@code src/test/python/test_mlflow.py}. Needs the jar, which has the scorer's in
 * it.
 */
@Tag("jar")
@Full
class MlflowServerTest {
  @TempDir Path directory;

  private CommandRun run(int code, String command, String... more) {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(List.of("--config", directory.resolve("nights.conf").toString()));
    words.addAll(List.of(more));
    CommandRun run = CommandRun.of(words.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(run.err()).doesNotContain("not tracked");
    return run;
  }

  @Test
  void mlflowHasWhatWasTrainedAndItsChampionHasTheBitsOfPredict() throws Exception {
    PythonEnvironment.jar();
    SharedSpark.session();
    for (int day = 0; day < 5; day++) {
      ClickDays.write(directory.resolve("logs"), day);
    }
    try (MlflowServer server = MlflowServer.start(directory)) {
      Files.writeString(
          directory.resolve("nights.conf"),
          ClickDays.configuration(directory.resolve("logs"), directory.resolve("nights"))
              + """
              tracking { mlflow = "%s", experiment = nights, model = clicks }
              """
                  .formatted(server.uri()));
      String day = "day=" + ClickDays.day(3) + "/part-0.csv";
      Path csv = directory.resolve("logs").resolve(day);
      CommandRun trained =
          run(
              0,
              "train",
              "--set",
              "source.path=" + csv,
              "--set",
              "output.model=" + directory.resolve("trained"),
              "--set",
              "tracking.experiment=one",
              "--set",
              "tracking.tensorboard=" + directory.resolve("events"));
      new DestineClassifier()
          .setLabelCol("clicked")
          .setInputCols("user", "item")
          .setEpochs(1)
          .setTrackingUri(server.uri())
          .setExperimentName("fits")
          .fit(
              SharedSpark.session()
                  .read()
                  .option("header", true)
                  .csv(csv.toString())
                  .selectExpr("cast(clicked as int) clicked", "user", "item"));
      run(0, "nightly", "--date", ClickDays.day(2).toString());
      run(0, "nightly", "--date", ClickDays.day(3).toString());
      String last = ClickDays.day(4).toString();
      run(Main.REFUSED, "nightly", "--date", last, "--set", "nightly.gate.min-rows=100000");
      CommandRun predicted = null;
      for (String model : List.of("newest", "rolled-back")) {
        if (model.equals("rolled-back")) {
          run(0, "rollback");
        }
        predicted =
            CommandRun.of(
                "predict",
                "--model",
                directory.resolve("nights").toString(),
                "--input",
                csv.toString(),
                "--output",
                directory.resolve(model).toString());
        assertThat(predicted.code()).as(predicted.err()).isZero();
        Path log = directory.resolve(model + ".log");
        int code =
            PythonEnvironment.run(
                directory,
                log,
                List.of(
                    MlflowServer.program("python"),
                    Path.of("src/test/python/test_mlflow.py").toAbsolutePath().toString(),
                    server.uri(),
                    csv.toString(),
                    directory.resolve(model).toString(),
                    directory.resolve("events").toString(),
                    model.equals("newest") ? "2" : "1",
                    trained.json().path("auc").asText()));
        assertThat(code).as(PythonEnvironment.end(log)).isZero();
        assertThat(log).content().contains("OK");
      }
    }
  }
}
