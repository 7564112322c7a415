package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.UserError;
import io.destine.spark.report.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Finished days whose settings or input have changed since, on one model. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChangedNightsTest {
  @TempDir static Path directory;

  private static Nights nights;

  @BeforeAll
  static void publish() throws IOException {
    nights = new Nights(directory, "model");
    nights.days(0, 1, 2, 3);
    nights.run(2);
  }

  private static Path report() {
    return nights.model.resolve("runs/" + ClickDays.day(2) + "/report.json");
  }

  /** First, since the advice is for a date that is not older than the live model. */
  @Test
  @Order(1)
  void operationalSettingsLeaveAFinishedDateFinished() {
    NightlyJob.Outcome again =
        nights.run(
            2,
            Nights.PLAIN,
            "nightly.metrics-file=" + directory.resolve("metrics.prom"),
            "checkpoint.steps=9",
            "nightly.keep-models=4",
            "nightly.keep-runs=40",
            "nightly.lock-minutes=3",
            "nightly.recent-days=5",
            "compute.kernel=nd4j",
            "nightly.gate.tolerance=0.01");
    assertThat(again.before()).isTrue();
    refusesOtherSettings("--force");
  }

  private static void refusesOtherSettings(String option) {
    assertThatThrownBy(() -> nights.run(2, "train.seed=5", "nightly.epochs=1"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            ClickDays.day(2)
                + " was published with other settings: nightly.epochs was 2, is the default;"
                + " train.seed was the default, is 5; "
                + option
                + " runs it again with the current settings");
  }

  /** Reports of versions that kept a fingerprint of all settings do not say what these were. */
  @Test
  void aDateThatAnEarlierVersionHasFinishedStaysFinished() throws IOException {
    String before = Files.readString(report());
    ObjectNode old = (ObjectNode) new ObjectMapper().readTree(before);
    old.remove("settings");
    old.put("config_fingerprint", "0123");
    Files.writeString(report(), old.toString());
    assertThat(nights.run(2, Nights.PLAIN, "train.seed=5").before()).isTrue();
    Files.writeString(report(), before);
  }

  @Test
  void aNightRunsWhenThePlaceOfEarlierDaysIsGone() throws IOException {
    String before = Files.readString(report());
    ObjectNode moved = (ObjectNode) new ObjectMapper().readTree(before);
    moved.withObject("/input").put("path", "nowhere://old-cluster/day");
    Files.writeString(report(), moved.toString());
    nights.log.clear();
    assertThat(nights.run(2, Nights.PLAIN).before()).isTrue();
    assertThat(nights.log)
        .singleElement()
        .asString()
        .startsWith("warning: " + ClickDays.day(2) + ": its input cannot be compared: ")
        .contains("nowhere");
    Files.writeString(report(), before);
  }

  @Test
  void aFinishedDayWhoseInputHasChangedIsShown() throws IOException {
    assertThat(
            nights
                .status()
                .last(1)
                .get(0)
                .changedInput(SharedSpark.session(), nights.config().source()))
        .isEmpty();
    Path part = nights.logs.resolve("day=" + ClickDays.day(2) + "/part-0.csv");
    String rows = Files.readString(part);
    Files.writeString(part, rows + "1,u1,i1\n");
    String text =
        "input has changed since the run: 1 file of "
            + String.format("%,d", rows.length())
            + " bytes then, 1 file of "
            + String.format("%,d", rows.length() + 8)
            + " bytes now";
    assertThat(
            nights
                .status()
                .last(1)
                .get(0)
                .changedInput(SharedSpark.session(), nights.config().source()))
        .hasValue(text);

    nights.log.clear();
    assertThat(nights.run(2, Nights.PLAIN).before()).isTrue();
    assertThat(nights.log).containsExactly("warning: " + ClickDays.day(2) + ": " + text);
    assertThat(
            new ObjectMapper().readTree(Files.readString(report())).at("/input/changed").asText())
        .isEqualTo(text);
    assertThat(report().resolveSibling("report.html")).content().contains("has changed since");

    RunRecord next = nights.run(3);
    assertThat(next.report().json().at("/history/0/changed").asText()).isEqualTo(text);
    assertThat(nights.model.resolve("runs/" + ClickDays.day(3) + "/report.html"))
        .content()
        .contains("input has changed since");
    refusesOtherSettings("--force --publish-older");

    Path deleted = directory.resolve("deleted");
    Files.move(part.getParent(), deleted);
    RunRecord recorded = nights.status().last(2).get(0);
    assertThat(recorded.date()).isEqualTo(ClickDays.day(2));
    assertThat(recorded.changedInput(SharedSpark.session(), nights.config().source()))
        .as("the recorded change of a deleted input")
        .hasValue(text);
    Files.move(deleted, part.getParent());
  }

  /** Spark reads a directory of a partition column that begins with an underscore. */
  @ParameterizedTest
  @CsvSource({
    "_hour=1/part-0.csv, true",
    "hour=1/_hour=1/part-0.csv, true",
    "hour=1/part-0.csv, true",
    "_temporary/part-0.csv, false",
    "hour=1/_part-0.csv, false",
    ".hour=1/part-0.csv, false",
    "part-0.csv._COPYING_, false"
  })
  void theFilesOfADayAreThoseThatSparkReads(String name, boolean read) throws IOException {
    Path day = Files.createTempDirectory(directory, "partitioned");
    Path file = day.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "1,u1,i1\n");
    Configuration hadoop = SharedSpark.session().sparkContext().hadoopConfiguration();
    assertThat(InputFiles.of(hadoop, day.toString()).orElseThrow().count()).isEqualTo(read ? 1 : 0);
    if (read) {
      assertThat(SharedSpark.session().read().csv(day.toString()).count()).isEqualTo(1);
    }
  }

  /** A mistyped date is recognized by its missing input, and leaves no files behind. */
  @Test
  void aDateWithoutInputLeavesNoRunAndNamesTheDaysThereAre() {
    assertThatThrownBy(() -> nights.run(150))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "no rows of "
                + ClickDays.day(150)
                + ": "
                + nights.logs
                + "/day="
                + ClickDays.day(150)
                + " does not exist; nearest days with input: "
                + ClickDays.day(3)
                + " before it, none after it");
    assertThat(nights.model.resolve("runs/" + ClickDays.day(150))).doesNotExist();
    assertThat(nights.status().last(9)).noneMatch(run -> run.result() == RunResult.FAILED);
  }
}
