package io.destine.spark.nightly;

import io.destine.config.TrainConfig;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.OutputConfig;
import io.destine.spark.conf.SourceConfig;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** The days on which a candidate trains, and its settings. */
final class CandidateSettings {
  private CandidateSettings() {}

  /**
   * The complete days of the window before the new day, and the new day, in order.
   *
   * @param continued whether the candidate starts from a published model
   */
  static List<LocalDate> window(
      DayInput input, NightlyConfig config, LocalDate date, boolean continued) {
    int most = continued ? config.window().windowDays() : config.window().firstWindowDays();
    List<LocalDate> days = new ArrayList<>();
    for (int back = most - 1; back > 0; back--) {
      LocalDate day = date.minusDays(back);
      if (input.gap(day).isEmpty()) {
        days.add(day);
      }
    }
    days.add(date);
    return days;
  }

  /** The job that trains a candidate on the rows of a source. */
  static JobConfig of(
      JobConfig config, SourceConfig source, boolean continued, OutputConfig output) {
    NightlyConfig nightly = config.nightly();
    TrainConfig train = config.train();
    if (continued) {
      double rate = nightly.window().learningRate().orElse(train.optimizer().learningRate());
      train =
          train
              .withEpochs(nightly.window().epochs())
              .withOptimizer(train.optimizer().withLearningRate(rate));
    }
    return config.with(source, train, output);
  }
}
