package io.destine.spark.train;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.calibration.Calibration;
import io.destine.calibration.CalibrationFit;
import io.destine.config.CalibrationMethod;
import io.destine.feature.EncodedBatch;
import io.destine.metric.LogitHistogram;
import java.util.Locale;
import org.apache.spark.api.java.JavaRDD;

/**
 * The calibration of a trained network: the shift implied by the sampling of its training rows, and
 * the calibration then fitted to the validation rows.
 *
 * @param calibration of the network's logits
 * @param method that was requested
 * @param reason why nothing was fitted, or ""
 * @param before log loss of the validation rows with only the shift
 * @param after the same with {@code calibration}
 */
record CalibratedTraining(
    Calibration calibration, CalibrationMethod method, String reason, double before, double after) {

  /**
   * Fits a calibration, with which the trainer evaluates rows from then on.
   *
   * @param trainer with the parameters that are published
   * @param shift shift of the trainer's logits
   */
  static CalibratedTraining of(
      SynchronousTrainer trainer,
      CalibrationMethod method,
      double shift,
      JavaRDD<EncodedBatch> validation) {
    double before = logLoss(trainer, validation);
    LogitHistogram rows = trainer.histogram(validation);
    CalibrationFit fit = CalibrationFit.of(method, rows.buckets(), rows.rowWeight());
    if (fit.calibration().isEmpty()) {
      return new CalibratedTraining(Calibration.shift(shift), method, fit.reason(), before, before);
    }
    Calibration fitted = fit.calibration().get().after(shift);
    trainer.calibrate(fitted);
    return new CalibratedTraining(fitted, method, "", before, logLoss(trainer, validation));
  }

  private static double logLoss(SynchronousTrainer trainer, JavaRDD<EncodedBatch> rows) {
    return trainer.evaluate(rows).logLoss().orElse(Double.NaN);
  }

  /** For the log. */
  String line() {
    if (!reason.isEmpty()) {
      return "calibration " + method.key() + ": not fitted, since " + reason;
    }
    return String.format(
        Locale.ROOT,
        "calibration %s: %s; validation log loss %.6f, before %.6f",
        method.key(),
        calibration.words(),
        after,
        before);
  }

  /** For manifests and reports. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("method", method.key());
    if (reason.isEmpty()) {
      json.put("fitted", calibration.words());
    } else {
      json.put("not_fitted_because", reason);
    }
    return json.put("validation_log_loss_before", before).put("validation_log_loss", after);
  }
}
