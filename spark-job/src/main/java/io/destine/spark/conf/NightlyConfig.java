package io.destine.spark.conf;

import io.destine.config.Check;
import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.config.SettingProblem;
import java.util.Optional;

/**
 * Settings of nightly retraining.
 *
 * @param rows the rows of a day
 * @param window training data of a candidate
 * @param check conditions on a new day
 * @param aging decay of ids without rows
 * @param keeping data of nightly runs that is kept, the lock, and the file for metrics
 */
public record NightlyConfig(
    DayRows rows,
    Window window,
    DayCheck check,
    Aging aging,
    Keeping keeping,
    @Meaning("conditions for the publication of a candidate") GateConfig gate) {

  /** Placeholder for the date in the input and the condition of a day's rows. */
  public static final String DATE = "{date}";

  public NightlyConfig {
    if (keeping.keepRuns() < check.recentDays()) {
      throw SettingProblem.must(
          "nightly.keep-runs",
          "at least nightly.recent-days, " + check.recentDays(),
          keeping.keepRuns());
    }
  }

  /** One epoch over the new day, which is compared with the last seven days. */
  public static NightlyConfig defaults() {
    return Components.defaults(NightlyConfig.class);
  }

  /**
   * The rows of a day: a path or a table, with {@value #DATE} as placeholder for the date, as
   * yyyy-MM-dd. A table is complete for a day if a condition such as {@code count(distinct hour) =
   * 24} holds, a directory if it contains a certain file.
   */
  public record DayRows(
      @Meaning("path of a day's rows, with " + DATE + " in it") Optional<String> input,
      @Meaning("catalog table of the days' rows, instead of a path") Optional<String> table,
      @Meaning("SQL condition on the rows of a day, with " + DATE + " in it")
          Optional<String> where,
      @Meaning("SQL condition with aggregates over a day's rows; true when the day is complete")
          Optional<String> completeWhen,
      @Meaning(value = "file that marks a complete day, \"\" for none", preset = "_SUCCESS")
          String successFile) {
    public DayRows {
      if (input.isPresent() && !input.get().contains(DATE)) {
        throw SettingProblem.because(
            "nightly.input",
            "\"" + input.get() + "\" has no " + DATE + "; write it in place of the date");
      }
      input.ifPresent(path -> PathText.check("nightly.input", path));
      if (table.isPresent() && input.isPresent()) {
        throw SettingProblem.because(
            "nightly.table", "given together with nightly.input; leave one of them out");
      }
      if (table.isPresent() && !where.orElse("").contains(DATE)) {
        throw SettingProblem.because(
            "nightly.where",
            where.map(text -> "\"" + text + "\" has no " + DATE).orElse("missing")
                + "; it is the condition on the rows of a day, such as \"day = '"
                + DATE
                + "'\"");
      }
      if (table.isEmpty() && (where.isPresent() || completeWhen.isPresent())) {
        throw SettingProblem.because(
            "nightly." + (where.isPresent() ? "where" : "complete-when"),
            "only for nightly.table; leave it out");
      }
      if (successFile.contains("/")) {
        throw SettingProblem.must(
            "nightly.success-file", "the name of a file without /", "\"" + successFile + "\"");
      }
    }
  }

  /**
   * The training data of a candidate. If the window is longer than minCountDays, values without an
   * id are counted over the days of the window.
   */
  public record Window(
      @Meaning(value = "number of days that a candidate trains on, up to the new day", preset = "1")
          int windowDays,
      @Meaning(value = "number of days that the first candidate trains on", preset = "28")
          int firstWindowDays,
      @Meaning(
              value =
                  "number of days whose rows count towards vocabulary.min-count for a value without"
                      + " an id",
              preset = "7")
          int minCountDays,
      @Meaning(
              value = "maximum number of epochs of a warm start from the published model",
              preset = "1")
          int epochs,
      @Meaning("learning rate of a warm start, instead of train.learning-rate")
          Optional<Double> learningRate) {
    public Window {
      Check.atLeast("nightly.window-days", 1, windowDays);
      Check.atLeast("nightly.first-window-days", 1, firstWindowDays);
      Check.atLeast("nightly.min-count-days", 1, minCountDays);
      Check.atLeast("nightly.epochs", 1, epochs);
      learningRate.ifPresent(rate -> Check.above("nightly.learning-rate", 0, rate));
    }
  }

  /** The conditions on a new day, compared with the mean of recent ones. */
  public record DayCheck(
      @Meaning(value = "number of finished days with which a new day is compared", preset = "7")
          int recentDays,
      @Meaning(value = "minimum number of rows of a day", preset = "1000") long minRows,
      @Meaning(
              value =
                  "minimum number of rows of a day, as a fraction of the mean of the recent "
                      + "days",
              preset = "0.3")
          double minRowsOfRecent,
      @Meaning(value = "maximum relative difference from the recent label rate", preset = "0.5")
          double labelRateTolerance) {
    public DayCheck {
      Check.atLeast("nightly.recent-days", 1, recentDays);
      Check.atLeast("nightly.min-rows", 1, minRows);
      Check.within("nightly.min-rows-of-recent", 0, 1, minRowsOfRecent);
      Check.within("nightly.label-rate-tolerance", 0, Double.MAX_VALUE, labelRateTolerance);
    }
  }

  /** The decay of the parameters of ids without new rows. */
  public record Aging(
      @Meaning(
              value = "days without a row until the parameters of an id decay, 0 for never",
              preset = "0")
          int decayAfterDays,
      @Meaning(value = "decay factor, applied in each run", preset = "0.9") double decay) {
    public Aging {
      Check.atLeast("nightly.decay-after-days", 0, decayAfterDays);
      Check.within("nightly.decay", 0, 1, decay);
    }
  }

  /**
   * The data of nightly runs that is kept in addition to the published model, the lease of the
   * lock, and the file for metrics.
   */
  public record Keeping(
      @Meaning(
              value =
                  "number of newest models to keep; the live one and the one before it always stay",
              preset = "7")
          int keepModels,
      @Meaning(value = "number of newest dates whose runs and reports are kept", preset = "90")
          int keepRuns,
      @Meaning(value = "minutes until the lock of a lost driver expires", preset = "5")
          double lockMinutes,
      @Meaning("local file for metrics in Prometheus' text format") Optional<String> metricsFile) {
    public Keeping {
      Check.atLeast("nightly.keep-models", 2, keepModels);
      Check.upTo("nightly.lock-minutes", 24 * 60, lockMinutes);
    }
  }
}
