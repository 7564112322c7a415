package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.report.RunResult;
import io.destine.spark.store.Owner;
import io.destine.spark.store.RunLock;
import io.destine.spark.store.Storage;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a run that has not ended is under way or was stopped, and how to go on then. */
class NightlyStatusTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private Nights nights;

  @BeforeEach
  void writeDays() throws IOException {
    nights = new Nights(directory, "model");
    nights.days(0, 1, 2);
  }

  @Full
  @Test
  void aRunIsUnderWayForAsLongAsItHoldsTheLock() {
    AtomicInteger looks = new AtomicInteger();
    TrainingListener looking =
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            NightlyStatus now = nights.status();
            RunRecord run = now.last(1).get(0);
            assertThat(run.result()).isEqualTo(RunResult.RUNNING);
            assertThat(now.lock()).isPresent();
            assertThat(now.stopped(run)).isEmpty();
            Clock later = Clock.offset(Nights.CLOCK, Duration.ofDays(1));
            NightlyStatus expired =
                new NightlyStatus(Nights.hadoop(), nights.model.toString(), later);
            assertThat(expired.lock()).isEmpty();
            assertThat(expired.stopped(run)).isPresent();
            looks.incrementAndGet();
          }
        };
    RunRecord run = nights.job(looking).run(ClickDays.day(2), Nights.PLAIN).run();
    assertThat(looks.get()).isPositive();
    assertThat(nights.status().lock()).isEmpty();
    assertThat(nights.status().stopped(run)).isEmpty();
  }

  /** Changes what the report of a run says, or writes one. */
  private void report(String name, String result, Duration before) throws IOException {
    report(name, result, before, null);
  }

  private void report(String name, String result, Duration before, String liveDate)
      throws IOException {
    Path file = nights.model.resolve("runs/" + name + "/report.json");
    Files.createDirectories(file.getParent());
    ObjectNode report =
        Files.exists(file) ? (ObjectNode) JSON.readTree(file.toFile()) : JSON.createObjectNode();
    report.put("result", result).put("started", Nights.CLOCK.instant().minus(before).toString());
    if (liveDate != null) {
      report.put("live_date", liveDate);
    }
    Files.writeString(file, report.toString());
    Files.deleteIfExists(file.resolveSibling(".report.json.crc"));
  }

  private Optional<String> stopped(String name) {
    return nights.status().last(9).stream()
        .filter(run -> run.name().toString().equals(name))
        .findFirst()
        .flatMap(nights.status()::stopped);
  }

  @Test
  void itSaysHowToGoOnByWhatHasBeenPublishedSince() throws IOException {
    nights.firstNight();
    String live = ClickDays.day(2).toString();
    String older = ClickDays.day(1).toString();
    String newer = ClickDays.day(3).toString();
    for (String name : new String[] {older, newer, newer + ".2", live + ".2"}) {
      report(name, "running", Duration.ofMinutes(5));
    }
    String ended = "the process ended before the run was finished";
    assertThat(stopped(older))
        .hasValue(
            ended
                + "; it will not be resumed, since the live model has been trained on that day or a"
                + " later one");
    assertThat(stopped(newer)).hasValue(ended + ": nightly --date " + newer + " resumes it");
    assertThat(stopped(newer + ".2"))
        .hasValue(ended + ": nightly --date " + newer + " --force resumes it");
    assertThat(stopped(live + ".2"))
        .hasValue(ended + ": nightly --date " + live + " --force resumes it");
    assertThat(stopped(live)).isEmpty();

    for (String name : new String[] {older, older + ".2"}) {
      report(name, "running", Duration.ofMinutes(5), live);
    }
    assertThat(stopped(older))
        .hasValue(ended + ": nightly --date " + older + " --publish-older resumes it");
    assertThat(stopped(older + ".2"))
        .hasValue(ended + ": nightly --date " + older + " --force --publish-older resumes it");

    report(live, "promoting", Duration.ofMinutes(5));
    assertThat(stopped(live))
        .hasValue(
            ended + ", but its model is live: nightly --date " + live + " completes its report");
  }

  @Test
  void aRunThatBeganBeforeTheLockWasAcquiredIsNotTheOneUnderWay() throws IOException {
    String name = ClickDays.day(1).toString();
    report(name, "running", Duration.ofMinutes(5));
    var lock = new org.apache.hadoop.fs.Path(nights.model.toString(), "LOCK");
    try (RunLock held =
        RunLock.acquire(
            Storage.of(Nights.hadoop(), lock),
            lock,
            Owner.ofThisProcess("another"),
            Duration.ofMinutes(5),
            Nights.CLOCK)) {
      held.requireHeld();
      assertThat(nights.status().lock()).isPresent();
      assertThat(stopped(name)).isPresent();
      report(name, "running", Duration.ZERO);
      assertThat(stopped(name)).isEmpty();
    }
    assertThat(stopped(name)).isPresent();
  }

  /**
   * The reports are equal, including the run time, although pages and metrics are written between
   * the report and the call.
   */
  @Test
  void aListenerGetsTheReportThatIsKept() {
    List<String> ended = new ArrayList<>();
    NightListener listener =
        new NightListener() {
          @Override
          public void ended(RunRecord run, String directory) {
            ended.add(run.report().json().toString());
          }
        };
    nights.job(listener).run(ClickDays.day(2), Nights.PLAIN);
    assertThat(ended).containsExactly(nights.status().last(1).get(0).report().json().toString());
  }
}
