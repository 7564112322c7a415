package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.nightly.ClickDays;
import io.destine.spark.nightly.RunName;
import io.destine.spark.nightly.RunRecord;
import io.destine.spark.report.RunReport;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.tracking.SmallMlflow;
import io.destine.spark.tracking.TrackedRun;
import io.destine.spark.tracking.Tracking;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nights, trainings and rollbacks as MLflow sees them. */
class TrackedNightsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LocalDate FIRST = LocalDate.of(2026, 3, 1);

  @TempDir Path directory;
  private final List<String> log = new ArrayList<>();
  private SmallMlflow mlflow;

  @BeforeEach
  void start() throws IOException {
    mlflow = new SmallMlflow();
  }

  @AfterEach
  void stop() {
    mlflow.close();
  }

  private TrackedNights nights() {
    Tracking tracking =
        new Tracking(
            JobConfigReader.parse(
                "label = click, output.model = nights, nightly.input = \"day={date}\"",
                List.of("tracking.mlflow=" + mlflow.uri(), "tracking.model=clicks")),
            Map.of(),
            new Configuration(),
            log::add);
    return new TrackedNights(tracking, directory.resolve("nights").toString());
  }

  private void night(int day, String result, Path model) {
    RunName name = new RunName(FIRST.plusDays(day), 1);
    TrackedNights nights = nights();
    TrackedRun training = nights.training(name);
    ObjectNode report = JSON.createObjectNode().put("result", result).put("epochs", 2);
    training.begin(report, "rows", false, List.of());
    report.put("model_name", name.toString());
    report.putObject("forecast").put("auc", 0.75);
    report.putArray("reasons").add("log loss is worse");
    nights.ended(new RunRecord(name, RunReport.of(report)), model.toString());
  }

  private void live(int day) {
    String name = FIRST.plusDays(day).toString();
    nights().live(new CurrentModel(name, FIRST.plusDays(day), Instant.EPOCH, name, null));
  }

  @Test
  void theChampionIsTheModelOfTheNewestPromotedNightAndFollowsARollback() throws IOException {
    Path model = ClickModel.train(directory, "model", "user", "item");
    night(0, "promoted", model);
    assertThat(mlflow.aliases).containsEntry("champion", "1");
    night(1, "promoted", model);
    night(2, "refused", model);
    assertThat(mlflow.aliases).containsEntry("champion", "2");
    assertThat(mlflow.versions).hasSize(2);
    assertThat(mlflow.versions.get(1).path("source").asText())
        .isEqualTo("mlflow-artifacts:/0/r1/artifacts/model");
    assertThat(mlflow.versions.get(1).path("run_id").asText()).isEqualTo("r1");
    assertThat(mlflow.files.keySet())
        .contains(
            "0/r1/artifacts/model/MLmodel",
            "0/r1/artifacts/model/code/destine_spark/mlflow.py",
            "0/r1/artifacts/model/destine/manifest.json",
            "0/r1/artifacts/model/destine/vocabulary/part-00000.safetensors",
            "0/r2/artifacts/night.json")
        .noneMatch(name -> name.contains("optimizer") || name.contains("/destine/report."))
        .noneMatch(name -> name.startsWith("0/r2/artifacts/model"));
    assertThat(mlflow.runs.values()).allMatch(run -> run.status.equals("FINISHED"));
    SmallMlflow.Run refused = mlflow.runs.get("r2");
    assertThat(refused.name).startsWith("nights-2026-03-03-");
    assertThat(refused.tags)
        .containsEntry("destine.night", "2026-03-03")
        .containsEntry("destine.result", "refused")
        .containsEntry("destine.reasons", "log loss is worse");
    assertThat(refused.metrics).containsEntry("forecast_auc", List.of("2 0.75"));
    live(0);
    assertThat(mlflow.aliases).containsEntry("champion", "1");
    assertThat(mlflow.versions).hasSize(2);
    assertThat(mlflow.runs).hasSize(3);
    assertThat(log).isEmpty();
  }

  /** Its process was killed after the publication, or there was no server. */
  @Test
  void aLiveModelWithoutAVersionGetsOne() throws IOException {
    Path models = Files.createDirectories(directory.resolve("nights/models"));
    Path model = ClickModel.train(models, "2026-03-02", "user", "item");
    night(0, "promoted", model);
    live(1);
    live(1);
    assertThat(mlflow.aliases).containsEntry("champion", "2");
    assertThat(mlflow.versions).hasSize(2);
    assertThat(mlflow.versions.get(1).path("tags"))
        .contains(JSON.createObjectNode().put("key", "destine.model").put("value", "2026-03-02"));
    assertThat(mlflow.files).containsKey("0/r1/artifacts/model/destine/manifest.json");
    assertThat(mlflow.runs.get("r1").name).startsWith("nights-2026-03-02-");
    assertThat(mlflow.runs.values()).allMatch(run -> run.status.equals("FINISHED"));
    assertThat(log).isEmpty();
  }

  @Test
  void theNextCallRegistersWhatAnUnreachableServerDidNotGet() throws IOException {
    SharedSpark.session();
    for (int day = 0; day < 3; day++) {
      ClickDays.write(directory.resolve("logs"), day);
    }
    Path conf = directory.resolve("nights.conf");
    Files.writeString(
        conf, ClickDays.configuration(directory.resolve("logs"), directory.resolve("nights")));
    for (String server : List.of("http://127.0.0.1:1", mlflow.uri())) {
      assertThat(mlflow.versions).isEmpty();
      CommandRun night =
          CommandRun.of(
              "nightly",
              "--config",
              conf.toString(),
              "--date",
              ClickDays.day(2).toString(),
              "--set",
              "tracking.mlflow=" + server,
              "--set",
              "tracking.model=clicks");
      assertThat(night.code()).as(night.err()).isZero();
    }
    assertThat(mlflow.versions).hasSize(1);
    assertThat(mlflow.aliases).containsEntry("champion", "1");
  }

  @Test
  void aFailedNightIsAFailedRun() {
    night(0, "failed", directory);
    assertThat(mlflow.run().status).isEqualTo("FAILED");
    assertThat(mlflow.run().tags).containsEntry("destine.result", "failed");
    assertThat(mlflow.versions).isEmpty();
    assertThat(log).isEmpty();
  }

  /** A night that has lost its lock does not report its end. */
  @Test
  void aNightThatDoesNotReachItsEndIsAFailedRun() {
    try (TrackedNights nights = nights()) {
      nights
          .training(new RunName(FIRST, 1))
          .begin(JSON.createObjectNode(), "rows", false, List.of());
    }
    assertThat(mlflow.run().status).isEqualTo("FAILED");
    assertThat(log).isEmpty();
  }

  /** The server was away during the first attempt of the resumed night. */
  @Test
  void aResumedNightDoesNotContinueTheRunOfAnotherNight() {
    night(0, "failed", directory);
    try (TrackedNights nights = nights()) {
      nights
          .training(new RunName(FIRST.plusDays(1), 1))
          .begin(JSON.createObjectNode(), "rows", true, List.of());
    }
    assertThat(mlflow.runs.values())
        .extracting(run -> run.name.substring(0, "nights-2026-03-01".length()))
        .containsExactly("nights-2026-03-01", "nights-2026-03-02");
    assertThat(log).isEmpty();
  }

  @Test
  void theCommandTrainIsTrackedFromItsSettings() throws IOException {
    Path model = ClickModel.train(directory, "model", "user", "item");
    CommandRun trained =
        CommandRun.of(
            "train",
            "--config",
            directory.resolve("model.conf").toString(),
            "--overwrite",
            "--set",
            "train.epochs=2",
            "--set",
            "tracking.mlflow=" + mlflow.uri(),
            "--set",
            "tracking.model=clicks",
            "--set",
            "tracking.tensorboard=" + directory.resolve("events"));
    assertThat(trained.code()).as(trained.err()).isZero();
    assertThat(trained.err()).doesNotContain("not tracked");
    SmallMlflow.Run run = mlflow.run();
    assertThat(run.status).isEqualTo("FINISHED");
    assertThat(run.metrics.get("validation_auc")).hasSize(2).first().asString().startsWith("1 ");
    assertThat(run.metrics.get("test_auc"))
        .containsExactly("2 " + trained.json().path("auc").asDouble());
    assertThat(run.params)
        .containsEntry("fields", "[user, item]")
        .containsEntry("label", "clicked");
    assertThat(run.tags.get("destine.output")).endsWith(":" + model);
    assertThat(mlflow.versions).hasSize(1);
    assertThat(mlflow.aliases).isEmpty();
    assertThat(directory.resolve("events")).isNotEmptyDirectory();
  }
}
