package io.destine.calibration;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * The map from the logit z of a network to the logit of the reported probability. It increases with
 * z, so the order of rows is preserved. Immutable; identical results on every machine.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Calibration.Affine.class, name = "affine"),
  @JsonSubTypes.Type(value = Calibration.Isotonic.class, name = "isotonic")
})
public sealed interface Calibration extends Serializable {
  /** The identity. */
  Calibration IDENTITY = new Affine(1, 0);

  /** The calibrated logit; NaN for NaN. */
  double apply(double z);

  /** The map from z to this map's value at z + shift. */
  Calibration after(double shift);

  /** A short description for people. */
  String words();

  /** z + shift. */
  static Calibration shift(double shift) {
    return new Affine(1, shift);
  }

  /** Whether this map is the identity. */
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
      // Turns -0.0 into 0.0, so that a map without an offset has one form only.
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
   * @param knots one or more, both numbers ascending
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
     * @param k from 0 to the number of knots: the last one is the line after all knots
     */
    public double slope(int k) {
      if (k == 0 || k == knots.size()) {
        return 1;
      }
      Knot before = knots.get(k - 1);
      Knot knot = knots.get(k);
      return (knot.to() - before.to()) / (knot.from() - before.from());
    }

    /** The knot from which the line before knot k is computed: knot k - 1, or knot 0 for k = 0. */
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
