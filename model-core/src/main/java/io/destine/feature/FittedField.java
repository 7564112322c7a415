package io.destine.feature;

import java.io.Serializable;
import java.util.List;

/**
 * A field with the statistics of the training rows that it needs: cut points of a quantile field,
 * mean and standard deviation of a linear field. Immutable.
 */
public final class FittedField implements Serializable {
  private static final long serialVersionUID = 1;
  private static final double[] NO_CUTS = {};

  /**
   * Maximum magnitude of a standardised number. The numbers of N fitted rows are at most sqrt(N),
   * so a larger number is an error in other rows, and would make the network overflow.
   */
  public static final float MAX_STANDARDISED = 0x1p20f;

  private final FieldSpec spec;
  private final double[] cuts;
  private final double mean;
  private final double std;

  private FittedField(FieldSpec spec, double[] cuts, double mean, double std) {
    this.spec = spec;
    this.cuts = cuts;
    this.mean = mean;
    this.std = std;
  }

  /**
   * A field that needs no fitting.
   *
   * @throws IllegalArgumentException when the field needs fitting
   */
  public static FittedField of(FieldSpec spec) {
    if (spec.transform() == Transform.QUANTILE || spec.transform() == Transform.LINEAR) {
      throw new IllegalArgumentException(
          "field " + spec.name() + ": transform must be fitted, got " + spec.transform().key());
    }
    return new FittedField(spec, NO_CUTS, 0, 1);
  }

  /**
   * A quantile field with its ascending cut points: a number's bucket is the number of cut points
   * below it.
   *
   * @throws IllegalArgumentException when they do not ascend
   */
  public static FittedField quantile(FieldSpec spec, double[] cuts) {
    for (int i = 0; i < cuts.length; i++) {
      if (!Double.isFinite(cuts[i]) || (i > 0 && cuts[i] <= cuts[i - 1])) {
        throw new IllegalArgumentException(
            "field " + spec.name() + ": cuts must be ascending numbers, got " + cuts[i]);
      }
    }
    return new FittedField(spec, cuts.clone(), 0, 1);
  }

  /**
   * A linear field: its number is (x - mean) / std.
   *
   * @throws IllegalArgumentException when std is not above 0
   */
  public static FittedField linear(FieldSpec spec, double mean, double std) {
    if (!Double.isFinite(mean) || !Double.isFinite(std) || std <= 0) {
      throw new IllegalArgumentException(
          String.format(
              "field %s: mean and std must be numbers, std > 0, got %s and %s",
              spec.name(), mean, std));
    }
    return new FittedField(spec, NO_CUTS, mean, std);
  }

  /** The field as configured. */
  public FieldSpec spec() {
    return spec;
  }

  /** A copy of the cut points of a quantile field. */
  public double[] cuts() {
    return cuts.clone();
  }

  /** The mean of a linear field's training values. */
  public double mean() {
    return mean;
  }

  /** The standard deviation of a linear field's training values. */
  public double std() {
    return std;
  }

  /**
   * The key of a raw value of a single-id field in the vocabulary; null when missing.
   *
   * @throws IllegalArgumentException naming the field, when the value is not a number where one is
   *     required
   */
  public String value(Object raw) {
    if (spec.kind() == FieldKind.CATEGORICAL) {
      return RawValues.text(spec, raw);
    }
    double x = RawValues.number(spec, raw);
    if (Double.isNaN(x)) {
      return null;
    }
    return switch (spec.transform()) {
      case LOG_SQUARED -> Buckets.logSquared(x);
      case QUANTILE -> Buckets.quantile(cuts, x);
      default -> RawValues.text(x);
    };
  }

  /** The keys of the raw values of a multi field in the vocabulary. */
  public List<String> values(Object raw) {
    return RawValues.texts(spec, raw);
  }

  /**
   * The standardised number of a linear field; 0, the mean, when missing.
   *
   * @throws IllegalArgumentException naming the field when the value is not a finite number
   */
  public float standardised(Object raw) {
    return standardised(RawValues.number(spec, raw));
  }

  /**
   * z = (x - mean) / std, at most {@link #MAX_STANDARDISED} in magnitude; 0 when x is NaN.
   *
   * @param x a finite number or NaN
   */
  public float standardised(double x) {
    double z = Math.max(-MAX_STANDARDISED, Math.min(MAX_STANDARDISED, (x - mean) / std));
    return Double.isNaN(x) ? 0 : (float) z;
  }

  /** The values in a raw value that the vocabulary may contain; none for a field without ids. */
  public List<String> vocabularyValues(Object raw) {
    return switch (spec.shape().kind()) {
      case ID -> {
        String value = value(raw);
        yield value == null ? List.of() : List.of(value);
      }
      case MULTI -> values(raw);
      case LINEAR, VECTOR -> List.of();
    };
  }
}
