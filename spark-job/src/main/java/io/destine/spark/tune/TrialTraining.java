package io.destine.spark.tune;

import io.destine.config.CalibrationMethod;
import io.destine.optim.RateSchedule;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.store.Fence;
import io.destine.spark.train.TrainJob;
import io.destine.spark.train.TrainResult;
import io.destine.train.TrainingException;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.spark.sql.SparkSession;

/**
 * Trains a trial. The figures of each epoch are stored before its checkpoint, so that an
 * interrupted run resumes from its last checkpoint with all figures. A paused run leaves its
 * checkpoints.
 *
 * @param program name and version, for the manifest
 * @param fence the right of the search to write
 * @param warnings receives human-readable lines
 */
record TrialTraining(
    SparkSession spark,
    String program,
    TrialDirectory directory,
    Fence fence,
    Consumer<String> warnings) {

  /**
   * Ends a training run at the first step after the last epoch that it needs, and so after the
   * checkpoint of that epoch, if there is one.
   */
  private static final class Paused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Paused() {
      super("the training is paused", null, false, false);
    }
  }

  /**
   * Trains.
   *
   * @param config of the trial, with its own model directory
   * @param before the record of this training so far
   * @param enough whether a training run with these figures ends or pauses
   * @param progress also receives training events
   * @return the new record
   */
  TrialRecord run(
      JobConfig config,
      EncodedDataSet data,
      TrialRecord before,
      Predicate<TrialRecord> enough,
      TrainingListener progress) {
    if (enough.test(before)) {
      if (before.state() == TrialRecord.State.FINISHED) {
        // A killed process may have left a model.
        directory.deleteModel(before.hash());
      }
      return before;
    }
    Notes notes = new Notes(before, enough, progress);
    try {
      TrainResult result =
          new TrainJob(spark, config, program, this::warn).on(data).under(fence).run(true, notes);
      TrialRecord end =
          calibrated(config, notes.record, result)
              .finished(result.testFigures(), notes.secondsSince());
      directory.write(end);
      directory.deleteModel(before.hash());
      return end;
    } catch (Paused e) {
      return notes.record;
    } catch (TrainingException e) {
      TrialRecord end = notes.record.failed(e.getMessage());
      directory.write(end);
      return end;
    }
  }

  /** Sets the log loss after calibration, which depends on the trial's calibration settings. */
  private static TrialRecord calibrated(JobConfig config, TrialRecord record, TrainResult result) {
    OptionalDouble logLoss = result.validation().logLoss();
    return config.train().calibration() == CalibrationMethod.NONE || logLoss.isEmpty()
        ? record
        : record.calibrated(logLoss.getAsDouble());
  }

  private void warn(String line) {
    if (line.startsWith("warning: ")) {
      warnings.accept(line);
    }
  }

  /** Stores the figures of each epoch, and pauses the training. */
  private final class Notes implements TrainingListener {
    private final Predicate<TrialRecord> enough;
    private final TrainingListener next;
    private TrialRecord record;
    private long start = System.nanoTime();

    Notes(TrialRecord record, Predicate<TrialRecord> enough, TrainingListener next) {
      this.record = record;
      this.enough = enough;
      this.next = next;
    }

    double secondsSince() {
      long now = System.nanoTime();
      double seconds = (now - start) / 1e9;
      start = now;
      return seconds;
    }

    @Override
    public void stepped(int epoch, int step, int steps, long rows, double loss) {
      if (epoch >= record.epochs() && enough.test(record)) {
        throw new Paused();
      }
      next.stepped(epoch, step, steps, rows, loss);
    }

    @Override
    public void evaluated(
        int epoch,
        double trainLoss,
        Validation validation,
        double learningRate,
        RateSchedule.Verdict verdict) {
      record =
          record.after(
              new EpochFigures(epoch + 1, validation.auc(), validation.logLoss()), secondsSince());
      directory.write(record);
      next.evaluated(epoch, trainLoss, validation, learningRate, verdict);
    }
  }
}
