package io.destine.calibration;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * The map from the logit z that a network computes to the logit of the probability that anybody
 * sees. It rises with z, so the order of rows stays. Immutable; the same bits on every machine.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Calibration.Affine.class, name = "affine"),
  @JsonSubTypes.Type(value = Calibration.Isotonic.class, name = "isotonic")
})
public sealed interface Calibration extends Serializable {
  /** The logit as it is. */
  Calibration IDENTITY = new Affine(1, 0);

  /** The calibrated logit; NaN of NaN. */
  double apply(double z);

  /** This map of z + shift, as a map of z. */
  Calibration after(double shift);

  /** For people, in a few words. */
  String words();

  /** z + shift. */
  static Calibration shift(double shift) {
    return new Affine(1, shift);
  }

  /** Whether every logit stays as it is. */
  @JsonIgnore
  default boolean isIdentity() {
    return equals(IDENTITY);
  }

  /** Maps the first {@code count} logits in place. */
  default void apply(double[] logits, int count) {
    if (!isIdentity()) {
      for (int n = 0; n < count; n++) {
        logits[n] = apply(logits[n]);
      }
    }
  }

  /**
   * scale z + offset.
   *
   * @param scale above 0
   */
  record Affine(double scale, double offset) implements Calibration {
    public Affine {
      if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException("scale must be above 0, got " + scale);
      }
      if (!Double.isFinite(offset)) {
        throw new IllegalArgumentException("offset must be a number, got " + offset);
      }
      // Of the two zeros one, so that a logit that is shifted by nothing has no other equal map.
      offset = offset + 0.0;
    }

    @Override
    public double apply(double z) {
      return scale * z + offset;
    }

    @Override
    public Calibration after(double shift) {
      return new Affine(scale, scale * shift + offset);
    }

    @Override
    public String words() {
      return String.format(Locale.ROOT, "scale %.6g, offset %.6g", scale, offset);
    }
  }

  /**
   * A point of the map.
   *
   * @param from the network's logit
   * @param to the calibrated logit
   */
  record Knot(double from, double to) implements Serializable {}

  /**
   * Straight lines between knots, continued with slope 1 at either end.
   *
   * @param knots one or more, both numbers rising
   */
  record Isotonic(List<Knot> knots) implements Calibration {
    public Isotonic {
      knots = List.copyOf(knots);
      if (knots.isEmpty()) {
        throw new IllegalArgumentException("knots must be at least 1, got 0");
      }
      for (int k = 0; k < knots.size(); k++) {
        Knot knot = knots.get(k);
        boolean rises =
            k == 0 || (knots.get(k - 1).from() < knot.from() && knots.get(k - 1).to() < knot.to());
        if (!Double.isFinite(knot.from()) || !Double.isFinite(knot.to()) || !rises) {
          throw new IllegalArgumentException("knots must rise, got " + knot + " at " + k);
        }
      }
    }

    /**
     * The slope of the line before knot k.
     *
     * @param k from 0 to the number of knots: the last one is the line behind all knots
     */
    public double slope(int k) {
      if (k == 0 || k == knots.size()) {
        return 1;
      }
      Knot before = knots.get(k - 1);
      Knot knot = knots.get(k);
      return (knot.to() - before.to()) / (knot.from() - before.from());
    }

    /**
     * The knot that the line before knot k is computed from: the one before it, if there is one.
     */
    public Knot anchor(int k) {
      return knots.get(Math.max(0, k - 1));
    }

    @Override
    public double apply(double z) {
      int low = 0;
      int high = knots.size();
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (knots.get(middle).from() <= z) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      Knot anchor = anchor(low);
      return anchor.to() + slope(low) * (z - anchor.from());
    }

    @Override
    public Calibration after(double shift) {
      return new Isotonic(
          knots.stream().map(knot -> new Knot(knot.from() - shift, knot.to())).toList());
    }

    @Override
    public String words() {
      Knot first = knots.get(0);
      Knot last = knots.get(knots.size() - 1);
      return String.format(
          Locale.ROOT,
          "%d knots from %.4g -> %.4g to %.4g -> %.4g",
          knots.size(),
          first.from(),
          first.to(),
          last.from(),
          last.to());
    }
  }
}
