package io.destine.calibration;

import io.destine.metric.LogitHistogram.Bucket;
import io.destine.metric.Logits;
import java.util.List;
import java.util.Optional;

/**
 * Logistic regression of labels on logits: scale a and offset b with the least log loss of a z + b,
 * by Newton's method with steps that are halved until the loss falls. With the offset fixed at 0
 * this is temperature scaling, otherwise Platt scaling.
 */
final class LogisticFit {
  private static final int MOST_STEPS = 100;
  private static final int MOST_HALVINGS = 40;
  private static final double TOLERANCE = 1e-10;

  /** Beyond this factor, or below its inverse, the labels hardly constrain the scale. */
  private static final double MOST_SCALE = 1000;

  private final List<Bucket> rows;
  private final boolean withOffset;

  private double scale = 1;
  private double offset;

  private LogisticFit(List<Bucket> rows, boolean withOffset) {
    this.rows = rows;
    this.withOffset = withOffset;
  }

  /** The map with the least loss, or empty when there is none with a scale above 0. */
  static Optional<Calibration> of(List<Bucket> rows, boolean withOffset) {
    LogisticFit fit = new LogisticFit(rows, withOffset);
    return fit.converges() && fit.scale >= 1 / MOST_SCALE && fit.scale <= MOST_SCALE
        ? Optional.of(new Calibration.Affine(fit.scale, fit.offset))
        : Optional.empty();
  }

  private boolean converges() {
    double loss = loss(scale, offset);
    for (int step = 0; step < MOST_STEPS; step++) {
      double[] move = newtonStep();
      if (!Double.isFinite(move[0]) || !Double.isFinite(move[1])) {
        return false;
      }
      if (Math.abs(move[0]) + Math.abs(move[1]) < TOLERANCE) {
        return true;
      }
      double factor = 1;
      int halvings = 0;
      double next = loss(scale + move[0], offset + move[1]);
      while (!(next < loss) && halvings++ < MOST_HALVINGS) {
        factor /= 2;
        next = loss(scale + factor * move[0], offset + factor * move[1]);
      }
      if (!(next < loss)) {
        // The loss cannot decrease further in double precision.
        return true;
      }
      scale += factor * move[0];
      offset += factor * move[1];
      loss = next;
      if (Math.abs(scale) > MOST_SCALE) {
        return false;
      }
    }
    return false;
  }

  private double loss(double a, double b) {
    return CalibrationFit.loss(rows, z -> a * z + b);
  }

  private double[] newtonStep() {
    double ga = 0;
    double gb = 0;
    double haa = 0;
    double hab = 0;
    double hbb = 0;
    for (Bucket bucket : rows) {
      double z = bucket.logit();
      double p = Logits.probability(scale * z + offset);
      double error = bucket.weight() * p - bucket.positive();
      double curvature = bucket.weight() * p * Logits.probability(-(scale * z + offset));
      ga += error * z;
      gb += error;
      haa += curvature * z * z;
      hab += curvature * z;
      hbb += curvature;
    }
    if (!withOffset) {
      return new double[] {-ga / haa, 0};
    }
    double determinant = haa * hbb - hab * hab;
    if (!(determinant > 1e-12 * haa * hbb)) {
      return new double[] {Double.NaN, Double.NaN};
    }
    return new double[] {
      -(hbb * ga - hab * gb) / determinant, -(haa * gb - hab * ga) / determinant
    };
  }
}
