package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.TrainConfig;
import io.destine.optim.RateSchedule;
import io.destine.spark.SharedSpark;
import io.destine.spark.source.JobDescription;
import io.destine.spark.source.RowProgress;
import io.destine.spark.train.EpochLine;
import io.destine.train.Validation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.Test;

/** The progress line that users see, with a manual clock. */
class ProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final AtomicLong clock = new AtomicLong();

  private StatusLine line(boolean terminal) {
    return new StatusLine(() -> new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal);
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** The tick comes from a task, while four of five are not done yet. */
  @Test
  void jobsWithADescriptionShowTasksDoneAndTime() throws Exception {
    SparkContext context = SharedSpark.session().sparkContext();
    StageProgress progress = new StageProgress(line(false), clock::get, null);
    context.addSparkListener(progress);
    try {
      SharedSpark.context().parallelize(List.of(1, 2), 2).count();
      context.listenerBus().waitUntilEmpty();
      progress.tick();
      assertThat(shown()).as("jobs without a description").isEmpty();

      Ticking.progress = progress;
      Ticking.clock = clock;
      JobDescription.during(
          context,
          "encoding rows",
          () ->
              SharedSpark.context()
                  .parallelize(List.of(1, 2, 3, 4, 5), 5)
                  .map(Ticking::at)
                  .count());
      context.listenerBus().waitUntilEmpty();
      assertThat(context.getLocalProperty(JobDescription.PROPERTY)).isNull();
      assertThat(shown()).matches("encoding rows: [0-4] of 5 tasks, 1:05\\R");
      progress.tick();
      assertThat(shown().lines()).as("when the work is done").hasSize(1);
    } finally {
      context.removeSparkListener(progress);
    }
  }

  /** 1,000 rows in 65 seconds are 15 a second; as many are left. */
  @Test
  void jobsThatCountRowsShowThemWithTheirRateAndTheTimeLeft() {
    SparkContext context = SharedSpark.session().sparkContext();
    assertThat(lastLine(context, 2000))
        .isEqualTo("reading rows: 1,000 of 2,000 rows, 15 a second, 1:05 left");
    assertThat(lastLine(context, 0)).isEqualTo("reading rows: 1,000 rows, 15 a second, 1:05");
    assertThat(lastLine(context, 100_000))
        .isEqualTo("reading rows: 1,000 of 100,000 rows, 15 a second, 1:05");
  }

  /** Like the evaluations after two epochs of a run: rows and time are counted from zero. */
  @Test
  void workOfTheSameWordsIsCountedAnew() {
    SparkContext context = SharedSpark.session().sparkContext();
    StageProgress progress = new StageProgress(line(false), clock::get, null);
    context.addSparkListener(progress);
    try {
      Ticking.progress = progress;
      Ticking.clock = clock;
      Ticking.shown = this::shown;
      for (int epoch = 0; epoch < 2; epoch++) {
        bytes.reset();
        RowProgress rows = RowProgress.of(context);
        clock.addAndGet(5000 * SECOND);
        Ticking.end = clock.get() + 65 * SECOND;
        JobDescription.during(context, "evaluating rows", () -> work(rows).count());
        assertThat(shown().lines().reduce((a, b) -> b))
            .contains("evaluating rows: 1,000 rows, 15 a second, 1:05");
      }
    } finally {
      context.removeSparkListener(progress);
    }
  }

  private static JavaRDD<Integer> work(RowProgress rows) {
    return SharedSpark.context()
        .parallelize(List.of(1, 2, 3, 4, 5), 5)
        .map(n -> n < 5 ? counted(rows, n) : Ticking.untilShown("1,000"));
  }

  /** Four tasks do 250 rows each; the fifth looks until all of them are shown. */
  private String lastLine(SparkContext context, long total) {
    bytes.reset();
    clock.set(0);
    StageProgress progress = new StageProgress(line(false), clock::get, null);
    context.addSparkListener(progress);
    Ticking.progress = progress;
    Ticking.clock = clock;
    Ticking.shown = this::shown;
    RowProgress rows = RowProgress.of(context);
    Ticking.end = 65 * SECOND;
    Supplier<Long> work = () -> work(rows).count();
    try {
      if (total == 0) {
        JobDescription.during(context, "reading rows", work);
      } else {
        JobDescription.during(context, "reading rows", total, work);
      }
    } finally {
      context.removeSparkListener(progress);
    }
    List<String> lines = shown().lines().toList();
    return lines.get(lines.size() - 1);
  }

  private static int counted(RowProgress rows, int n) {
    rows.add(250);
    return n;
  }

  /** Static, since tasks of this JVM are copies. */
  private static final class Ticking {
    private static StageProgress progress;
    private static AtomicLong clock;
    private static Supplier<String> shown;
    private static long end;

    static int untilShown(String text) throws Exception {
      SharedSpark.session().sparkContext().listenerBus().waitUntilEmpty();
      clock.set(end);
      for (int i = 0; i < 1000 && !shown.get().contains(text); i++) {
        Thread.sleep(10);
        progress.tick();
      }
      return 0;
    }

    static int at(int n) throws Exception {
      if (n == 5) {
        SharedSpark.session().sparkContext().listenerBus().waitUntilEmpty();
        progress.tick();
        clock.set(65 * SECOND);
        progress.tick();
      }
      return n;
    }
  }

  @Test
  void aTerminalHasOneLineThatIsReplacedAndTakenAway() {
    StatusLine line = line(true);
    line.show("reading rows: 1 of 2 tasks");
    line.show("short");
    line.print("a line that stays");
    assertThat(shown())
        .isEqualTo(
            "\rreading rows: 1 of 2 tasks\rshort"
                + " ".repeat(21)
                + "\r     \ra line that stays"
                + System.lineSeparator());
  }

  @Test
  void theTimeLeftIsSaidWhenEnoughStepsAreMeasured() {
    TrainConfig config = TrainConfig.defaults();
    ConsoleProgress progress = new ConsoleProgress(line(true), config, clock::get);
    for (int step = 0; step <= 30; step++) {
      progress.stepped(0, step, 1000, 64, 0.7);
      clock.addAndGet(SECOND / 5);
    }
    List<String> lines = List.of(shown().split("\r"));
    assertThat(lines.get(1)).contains("step 2/1000").doesNotContain("left");
    String before = lines.stream().filter(l -> l.contains("step 25/1000")).findFirst().get();
    assertThat(before).doesNotContain("left");
    String after = lines.stream().filter(l -> l.contains("step 27/1000")).findFirst().get();
    double steps = 973 + (config.epochs() - 1) * 1000.0;
    assertThat(after).contains("at most " + EpochLine.duration(steps / 5) + " left");

    progress.evaluated(
        0, 0.6, new Validation(0.7, 0.5, 0, 1, false), 0.001, RateSchedule.Verdict.IMPROVED);
    assertThat(shown()).endsWith("s  best so far" + System.lineSeparator());
  }

  /** Before the first epoch's first step, rows are encoded. */
  @Test
  void theSecondsOfALaterEpochIncludeItsFirstStep() {
    ConsoleProgress progress = new ConsoleProgress(line(true), TrainConfig.defaults(), clock::get);
    for (int epoch = 0; epoch < 2; epoch++) {
      for (int step = 0; step < 2; step++) {
        clock.addAndGet(4 * SECOND);
        progress.stepped(epoch, step, 2, 64, 0.7);
      }
      progress.evaluated(
          epoch, 0.6, new Validation(0.7, 0.5, 0, 1, false), 0.1, RateSchedule.Verdict.UNCHANGED);
    }
    assertThat(shown().split(System.lineSeparator())[0]).endsWith("  lr 0.100  4.0 s");
    assertThat(shown())
        .contains("16 rows/s")
        .endsWith("  lr 0.100  8.0 s" + System.lineSeparator());
  }
}
