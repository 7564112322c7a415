package io.destine.calibration;

import io.destine.config.CalibrationMethod;
import io.destine.metric.LogitHistogram.Bucket;
import io.destine.metric.Logits;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * The result of a fit.
 *
 * @param calibration empty when logits stay unchanged
 * @param reason why they stay unchanged, "" otherwise
 */
public record CalibrationFit(Optional<Calibration> calibration, String reason) {

  /**
   * Fits a map to rows.
   *
   * @param rows in buckets of their logits, ascending
   * @param rowWeight mean weight of a row
   */
  public static CalibrationFit of(CalibrationMethod method, List<Bucket> rows, double rowWeight) {
    double weight = rows.stream().mapToDouble(Bucket::weight).sum();
    double positive = rows.stream().mapToDouble(Bucket::positive).sum();
    if (method == CalibrationMethod.NONE) {
      return none("train.calibration is none");
    }
    if (!(positive > 0 && positive < weight)) {
      return none("the validation rows have one label only");
    }
    Optional<Calibration> fitted =
        switch (method) {
          case TEMPERATURE, PLATT ->
              separated(rows, method == CalibrationMethod.PLATT)
                  ? Optional.empty()
                  : LogisticFit.of(rows, method == CalibrationMethod.PLATT);
          case ISOTONIC -> Optional.of(IsotonicFit.of(rows, rowWeight));
          case NONE -> Optional.empty();
        };
    if (fitted.isEmpty()) {
      return none("no scale above 0 minimizes the log loss of the validation rows");
    }
    if (!(loss(rows, fitted.get()::apply) < loss(rows, z -> z))) {
      return none("the fit does not lower the log loss of the validation rows");
    }
    return new CalibrationFit(fitted, "");
  }

  private static CalibrationFit none(String reason) {
    return new CalibrationFit(Optional.empty(), reason);
  }

  /**
   * Whether one threshold separates negative from positive rows, in either direction, with rows at
   * the threshold allowed, so that no finite scale minimises the loss.
   *
   * @param anyThreshold true to allow any threshold, false for the threshold 0 only
   */
  private static boolean separated(List<Bucket> rows, boolean anyThreshold) {
    double[] low = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
    double[] high = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
    for (Bucket bucket : rows) {
      for (int label = 0; label <= 1; label++) {
        if (label == 1 ? bucket.positive() > 0 : bucket.weight() > bucket.positive()) {
          low[label] = Math.min(low[label], bucket.logit());
          high[label] = Math.max(high[label], bucket.logit());
        }
      }
    }
    return anyThreshold
        ? high[0] <= low[1] || high[1] <= low[0]
        : (high[0] <= 0 && low[1] >= 0) || (high[1] <= 0 && low[0] >= 0);
  }

  /** The weighted sum of the log loss of the mapped logits. */
  static double loss(List<Bucket> rows, DoubleUnaryOperator map) {
    double sum = 0;
    for (Bucket bucket : rows) {
      double z = map.applyAsDouble(bucket.logit());
      sum +=
          bucket.positive() * Logits.loss(z, true)
              + (bucket.weight() - bucket.positive()) * Logits.loss(z, false);
    }
    return sum;
  }
}
