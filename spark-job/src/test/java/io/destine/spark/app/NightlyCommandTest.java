package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.SharedSpark;
import io.destine.spark.nightly.ClickDays;
import io.destine.spark.nightly.KilledNight;
import io.destine.spark.train.ChildJvm;
import io.destine.testing.Full;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The nightly commands as run by a scheduler and by operators. */
class NightlyCommandTest {
  @TempDir static Path directory;

  @BeforeAll
  static void writeDays() throws IOException {
    SharedSpark.session();
    for (int day = 0; day <= 4; day++) {
      ClickDays.write(directory.resolve("logs"), day);
    }
  }

  private static String date(int day) {
    return ClickDays.day(day).toString();
  }

  private static CommandRun run(String model, String command, String... more) throws IOException {
    Path conf = directory.resolve(model + ".conf");
    Files.writeString(
        conf, ClickDays.configuration(directory.resolve("logs"), directory.resolve(model)));
    List<String> words = new ArrayList<>(List.of(command, "--config", conf.toString()));
    words.addAll(List.of(more));
    return CommandRun.of(words.toArray(String[]::new));
  }

  @Test
  void nightsStatusRollbackAndPredictWorkOnOneDirectory() throws IOException {
    Path metrics = directory.resolve("metrics/destine.prom");
    CommandRun filled =
        run(
            "clicks",
            "nightly",
            "--backfill",
            date(2),
            date(4),
            "--set",
            "nightly.metrics-file=" + metrics,
            "--set",
            "nightly.first-window-days=40");
    assertThat(filled.code()).as(filled.err()).isZero();
    assertThat(filled.json().path("days").asInt()).isEqualTo(3);
    assertThat(filled.json().path("result").asText()).isEqualTo("promoted");
    assertThat(filled.json().at("/forecast/auc").asDouble()).isGreaterThan(0.6);
    List<String> warnings = new ArrayList<>();
    filled.json().path("warnings").forEach(text -> warnings.add("warning: " + text.asText()));
    assertThat(filled.err().lines().filter(line -> line.startsWith("warning: ")))
        .containsExactlyElementsOf(warnings)
        .doesNotHaveDuplicates()
        .isNotEmpty();
    JsonNode difference = filled.json().at("/candidate_minus_published/log_loss");
    assertThat(difference.path("low").asDouble()).isLessThan(difference.path("high").asDouble());
    assertThat(difference.path("mean").asDouble())
        .isCloseTo(
            filled.json().at("/candidate/log_loss").asDouble()
                - filled.json().at("/published_same_rows/log_loss").asDouble(),
            within(1e-11));
    assertThat(metrics).content().contains("destine_nightly_run_result{").contains("promoted");

    CommandRun status = run("clicks", "status", "--runs", "2");
    assertThat(status.code()).as(status.err()).isZero();
    assertThat(status.json().path("live").asText()).isEqualTo(date(4));
    assertThat(status.json().path("runs")).hasSize(2);
    assertThat(status.err())
        .contains("live: " + date(4))
        .containsPattern("\\* " + date(4) + " +published")
        .doesNotContain("* " + date(3));
    Path runs = directory.resolve("clicks/runs");
    assertThat(runs.resolve("index.html"))
        .content()
        .contains("href=\"" + date(2) + "/report.html\"")
        .contains("href=\"../models/" + date(4) + "/report.html\"")
        .contains("Live: the model of " + date(4) + ".");
    assertThat(runs.resolve(date(3) + "/report.html"))
        .content()
        .contains("href=\"../" + date(2) + "/report.html\"")
        .contains("href=\"../" + date(4) + "/report.html\"")
        .contains("95% interval");

    String model = directory.resolve("clicks").toString();
    assertThat(CommandRun.of("inspect", "--model", model + "/models/" + date(2)).out())
        .startsWith("model")
        .doesNotContain("warm start");
    assertThat(CommandRun.of("inspect", "--model", model + "/models/" + date(3)).out())
        .containsPattern("warm start +from .*" + date(2));

    CommandRun evaluated = evaluate(model);
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    assertThat(evaluated.json().get("auc"))
        .isEqualTo(evaluate(model + "/models/" + date(4)).json().get("auc"))
        .isNotEqualTo(evaluate(model + "/models/" + date(3)).json().get("auc"));

    CommandRun back = run("clicks", "rollback");
    assertThat(back.code()).as(back.err()).isZero();
    assertThat(back.json().path("live").asText()).isEqualTo(date(3));
    assertThat(runs.resolve("index.html"))
        .content()
        .contains("Live: the model of " + date(3), "rolled back to " + date(3));
    Path page = runs.resolve(date(4) + "/report.html");
    assertThat(page)
        .content()
        .contains("The new model was rolled back", "a rollback made " + date(3) + " live again");
    CommandRun after = run("clicks", "status", "--runs", "1");
    assertThat(after.err()).contains("rolled back to " + date(3) + " at ");
    assertThat(after.json().at("/runs/0/rolled_back/to").asText()).isEqualTo(date(3));
    assertThat(evaluate(model).json().get("auc"))
        .isEqualTo(evaluate(model + "/models/" + date(3)).json().get("auc"));

    assertThat(run("clicks", "rollback", "--to", date(4)).code()).isZero();
    assertThat(page).content().contains("A new model is live").doesNotContain("rolled back");
    assertThat(runs.resolve(date(3) + "/report.html")).content().contains("was rolled back");
    assertThat(runs.resolve("index.html")).content().contains("rolled back to " + date(4));
  }

  private static CommandRun evaluate(String model) {
    return CommandRun.of(
        "evaluate", "--model", model, "--input", directory + "/logs/day=" + date(4));
  }

  @Full
  @Test
  void aFirstNightWhoseProcessWasKilledIsShownAsStopped() throws IOException, InterruptedException {
    Path configuration = directory.resolve("killed.conf");
    Files.writeString(
        configuration,
        ClickDays.configuration(directory.resolve("logs"), directory.resolve("killed")));
    ChildJvm.runKilled(directory, KilledNight.class, configuration.toString(), date(2), "3");
    assertThat(directory.resolve("killed/LOCK")).isNotEmptyDirectory();

    CommandRun status = run("killed", "status");
    assertThat(status.code()).as(status.err()).isZero();
    assertThat(status.err())
        .contains("live: nothing has been published")
        .containsPattern(date(2) + " +stopped")
        .contains(
            "the process ended before the run was finished: nightly --date "
                + date(2)
                + " resumes it")
        .doesNotContain("under way", "running");
    assertThat(status.json().at("/runs/0/result").asText()).isEqualTo("stopped");

    assertThat(run("killed", "nightly", "--date", date(2)).code()).isZero();
    assertThat(run("killed", "status").json().at("/runs/0/result").asText()).isEqualTo("promoted");
  }

  @Test
  void exitCodesTellASchedulerWhatToDo() throws IOException {
    CommandRun refused =
        run("worse", "nightly", "--date", date(2), "--set", "nightly.gate.min-calibration=1.9");
    assertThat(refused.code()).as(refused.err()).isEqualTo(3);
    assertThat(refused.json().path("result").asText()).isEqualTo("refused");
    assertThat(refused.err()).contains("is below 1.9");
    assertThat(directory.resolve("worse/published")).doesNotExist();

    CommandRun missing = run("worse", "nightly", "--date", date(9));
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.errors())
        .containsExactly(
            "error: no rows of "
                + date(9)
                + ": "
                + directory
                + "/logs/day="
                + date(9)
                + " does not exist; nearest days with input: "
                + date(4)
                + " before it, none after it");

    for (String wrong : List.of("24.11.2026", "2026-02-30", "yesterday")) {
      CommandRun mistake = run("worse", "nightly", "--date", wrong);
      assertThat(mistake.code()).isEqualTo(2);
      assertThat(mistake.errors())
          .containsExactly("error: --date: \"" + wrong + "\" is not a date; dates are yyyy-MM-dd");
    }
    assertThat(run("worse", "nightly").code()).isEqualTo(2);
    assertThat(run("worse", "nightly", "--backfill", date(3), date(2)).code()).isEqualTo(2);
    assertThat(run("worse", "rollback").code()).isEqualTo(2);

    assertMisuse("--runs must be at least 1, got -1", "status", "--runs", "-1");
    String order = "--to " + date(2) + " must be after --from " + date(2);
    assertMisuse(order, "replay", "--from", date(2), "--to", date(2));
    String negative = "--scratch-days must be at least 0, got -1";
    assertMisuse(negative, "replay", "--from", date(2), "--to", date(3), "--scratch-days", "-1");

    JsonNode status = run("worse", "status").json();
    assertThat(status.path("live").isNull()).isTrue();
    assertThat(status.at("/runs/0/result").asText()).isEqualTo("refused");
    assertThat(status.path("runs")).as("a day without rows leaves no run").hasSize(1);
  }

  private static void assertMisuse(String problem, String command, String... words)
      throws IOException {
    CommandRun run = run("worse", command, words);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).containsExactly("error: " + problem);
  }

  @Test
  void aReplayWhoseFirstModelIsRefusedSaysSoAndLeavesTheFiguresOfTheRealNights()
      throws IOException {
    Path metrics = directory.resolve("real.prom");
    CommandRun replay =
        run(
            "replayed",
            "replay",
            "--from",
            date(2),
            "--to",
            date(3),
            "--set",
            "nightly.gate.min-calibration=1.9",
            "--set",
            "nightly.metrics-file=" + metrics);
    assertThat(replay.code()).isEqualTo(2);
    assertThat(replay.errors()).hasSize(1);
    assertThat(replay.errors().get(0))
        .startsWith("error: --from " + date(2) + ": the first model was not published: ")
        .contains("is below 1.9");
    assertThat(metrics).doesNotExist();
  }

  @Test
  void anOlderDayOfTheWindowThatCannotBeReadIsNamedInOneLine() throws IOException {
    Path cut = Path.of("day=" + date(0), "part-0.csv.gz");
    copyDays("cut", cut.getParent().toString());
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
      Files.copy(directory.resolve("logs/day=" + date(0) + "/part-0.csv"), zip);
    }
    byte[] bytes = zipped.toByteArray();
    Files.write(directory.resolve("cut").resolve(cut), Arrays.copyOf(bytes, bytes.length / 2));
    assertNamed("cut", cut.toString());

    copyDays("no text", "");
    Path parquet = Path.of("day=" + date(1), "part-0.csv");
    Files.write(directory.resolve("no text").resolve(parquet), new byte[] {'P', 'A', 'R', '1', 0});
    assertNamed(
        "no text", date(1) + ": " + directory + "/no text/day=" + date(1) + ": columns: PAR1");

    Path orc = Path.of("day=" + date(1), "part-0.orc");
    for (int day = 0; day <= 2; day++) {
      String name = "day=" + date(day);
      SharedSpark.session()
          .read()
          .option("header", true)
          .csv(directory.resolve("logs").resolve(name).toString())
          .write()
          .orc(directory.resolve("orc").resolve(name).toString());
    }
    Files.write(directory.resolve("orc").resolve(orc), new byte[] {'O', 'R', 'C', 0, 1});
    assertNamed("orc", date(1), "--set", "source.format=orc");
  }

  /** The first three days, one of them empty. */
  private static void copyDays(String to, String empty) throws IOException {
    for (int day = 0; day <= 2; day++) {
      Path from = directory.resolve("logs/day=" + date(day));
      Path copy = Files.createDirectories(directory.resolve(to).resolve(from.getFileName()));
      Files.copy(from.resolve("_SUCCESS"), copy.resolve("_SUCCESS"));
      if (!copy.endsWith(empty)) {
        Files.copy(from.resolve("part-0.csv"), copy.resolve("part-0.csv"));
      }
    }
  }

  private static void assertNamed(String days, String what, String... more) throws IOException {
    List<String> words =
        new ArrayList<>(
            List.of(
                "--date",
                date(2),
                "--set",
                "nightly.input=" + directory.resolve(days) + "/day={date}"));
    words.addAll(List.of(more));
    CommandRun run = run(days + "-model", "nightly", words.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(OneLine.problem(run)).isNull();
    assertThat(run.errors()).hasSize(1);
    assertThat(run.errors().get(0)).contains(what);
    assertThat(directory.resolve(days + "-model/published")).doesNotExist();
  }
}
