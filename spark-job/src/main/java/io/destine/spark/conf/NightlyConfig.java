package io.destine.spark.conf;

import io.destine.config.SettingProblem;
import java.util.Optional;

/**
 * How a model is retrained every night.
 *
 * @param input path of a day's rows, with {@value #DATE} in the place of the date, as yyyy-MM-dd
 * @param table catalog table of the days' rows, instead of a path
 * @param where SQL condition that the rows of a day meet, with {@value #DATE} in the place of the
 *     date
 * @param completeWhen SQL condition with aggregates over the rows of a day of the table, such as
 *     {@code count(distinct hour) = 24}, that holds when the day is complete
 * @param successFile file that says a day's directory is complete; "" when there is none
 * @param windowDays days that a candidate trains on, up to the new one
 * @param firstWindowDays the same for a candidate that has no published model to go on from
 * @param minCountDays days, up to the new one, over which {@code vocabulary.min-count} counts the
 *     training rows of a value that has no id yet; only those of the window when it is as long
 * @param epochs most epochs of a candidate that goes on from the published model
 * @param learningRate of such a candidate; train.learning-rate when left out
 * @param recentDays finished days that a new one is held against
 * @param minRows least rows of a day
 * @param minRowsOfRecent least rows of a day, as a fraction of the mean of the recent days
 * @param labelRateTolerance how far a day's label rate may be from the mean of the recent days, as
 *     a fraction of it
 * @param decayAfterDays days without a row after which an id's embedding decays; 0 for never
 * @param decay what the embedding of such an id is multiplied by, once a run
 * @param keepModels newest models to keep; the published one stays
 * @param keepRuns newest runs whose reports are kept
 * @param lockMinutes after which the lock of a driver that is gone counts as expired
 * @param metricsFile local file for Prometheus' text format
 * @param gate what a candidate must be to be published
 */
public record NightlyConfig(
    Optional<String> input,
    Optional<String> table,
    Optional<String> where,
    Optional<String> completeWhen,
    String successFile,
    int windowDays,
    int firstWindowDays,
    int minCountDays,
    int epochs,
    Optional<Double> learningRate,
    int recentDays,
    long minRows,
    double minRowsOfRecent,
    double labelRateTolerance,
    int decayAfterDays,
    double decay,
    int keepModels,
    int keepRuns,
    double lockMinutes,
    Optional<String> metricsFile,
    GateConfig gate) {

  /** Stands for the date in {@link #input} and {@link #where}. */
  public static final String DATE = "{date}";

  public NightlyConfig {
    if (input.isPresent() && !input.get().contains(DATE)) {
      throw SettingProblem.because(
          "nightly.input",
          "\"" + input.get() + "\" has no " + DATE + ", which stands for the date");
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
          "nightly." + (where.isPresent() ? "where" : "complete-when"), "only for nightly.table");
    }
    if (successFile.contains("/")) {
      throw SettingProblem.must(
          "nightly.success-file", "the name of a file without /", "\"" + successFile + "\"");
    }
    atLeast("window-days", 1, windowDays);
    atLeast("first-window-days", 1, firstWindowDays);
    atLeast("min-count-days", 1, minCountDays);
    atLeast("epochs", 1, epochs);
    atLeast("recent-days", 1, recentDays);
    atLeast("min-rows", 1, minRows);
    atLeast("decay-after-days", 0, decayAfterDays);
    atLeast("keep-models", 2, keepModels);
    atLeast("keep-runs", recentDays, keepRuns);
    if (learningRate.isPresent() && !(learningRate.get() > 0)) {
      throw SettingProblem.must("nightly.learning-rate", "above 0", learningRate.get());
    }
    within("min-rows-of-recent", minRowsOfRecent, 0, 1);
    within("label-rate-tolerance", labelRateTolerance, 0, Double.MAX_VALUE);
    within("decay", decay, 0, 1);
    if (!(lockMinutes > 0 && lockMinutes <= 24 * 60)) {
      throw SettingProblem.must("nightly.lock-minutes", "above 0 and at most 1440", lockMinutes);
    }
  }

  private static void atLeast(String key, long least, long found) {
    if (found < least) {
      throw SettingProblem.must("nightly." + key, "at least " + least, found);
    }
  }

  private static void within(String key, double found, double least, double most) {
    if (!(found >= least && found <= most)) {
      throw SettingProblem.must(
          "nightly." + key,
          "at least " + least + (most == Double.MAX_VALUE ? "" : " and at most " + most),
          found);
    }
  }

  /** One epoch over the new day, held against the last seven. */
  public static NightlyConfig defaults() {
    return new NightlyConfig(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "_SUCCESS",
        1,
        28,
        7,
        1,
        Optional.empty(),
        7,
        1000,
        0.3,
        0.5,
        0,
        0.9,
        7,
        90,
        5,
        Optional.empty(),
        GateConfig.defaults());
  }
}
