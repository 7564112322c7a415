package io.destine.spark.encode;

import io.destine.feature.FittedFields;
import io.destine.feature.LabelRate;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

/**
 * Label rates of the values of a shard: for each value, the number of training rows and of positive
 * training rows by fold. If there is an earlier vocabulary, its values keep their rates, and new
 * values have none. If rows may be among those from which the kept rates come, a training row gets
 * the rate of the other folds of these rows instead, so that no row leaks its own label.
 */
final class ShardRates implements Serializable {
  private static final long serialVersionUID = 1;

  /**
   * The fields with rates.
   *
   * @param fields [fields] whether the rate of its values is a field
   * @param contained [fields] the cross whose rates are the priors of its rates, as in {@link
   *     FittedFields#containedRates}; -1 for none
   * @param parts [fields] indices of the parts of this cross among the parts of the field; null for
   *     none
   * @param prior share of positive labels among all training rows; NaN if all rows get the rates of
   *     an earlier vocabulary
   * @param seen whether the rates of an earlier vocabulary are kept and may come from these rows
   */
  record Plan(boolean[] fields, int[] contained, int[][] parts, double prior, boolean seen)
      implements Serializable {
    /** No field has rates. */
    static final Plan NONE = new Plan(new boolean[0], new int[0], new int[0][], Double.NaN, false);

    static Plan of(FittedFields fields, double prior, boolean seen) {
      int count = fields.fields().size();
      Plan plan = new Plan(new boolean[count], new int[count], new int[count][], prior, seen);
      Arrays.fill(plan.contained, -1);
      int[] rates = fields.rates();
      int[] contained = fields.containedRates();
      for (int i = 0; i < rates.length; i++) {
        plan.fields[rates[i]] = true;
        if (contained[i] >= 0) {
          plan.contained[rates[i]] = rates[contained[i]];
          List<String> parts = fields.specs().get(rates[i]).parts();
          plan.parts[rates[i]] =
              fields.specs().get(rates[contained[i]]).parts().stream()
                  .mapToInt(parts::indexOf)
                  .toArray();
        }
      }
      return plan;
    }

    /** Whether rates of values need rates of other values. */
    boolean asks() {
      return !Double.isNaN(prior) && Arrays.stream(contained).anyMatch(m -> m >= 0);
    }

    /** All rows get the rates of an earlier vocabulary. */
    static Plan of(FittedFields fields) {
      return of(fields, Double.NaN, false);
    }

    /** Whether the values of field m have rates. */
    boolean rates(int m) {
      return m < fields.length && fields[m];
    }
  }

  private final Plan plan;

  /** [values * COUNTS] training rows and positive training rows by fold, of values with rates. */
  private long[] counts = {};

  /** [values] 1 + bucket in the earlier vocabulary, 0 for a new value. */
  private byte[] earlier = {};

  ShardRates(Plan plan) {
    this.plan = plan;
  }

  /** Whether any field has rates. */
  boolean any() {
    for (boolean rated : plan.fields()) {
      if (rated) {
        return true;
      }
    }
    return false;
  }

  /** Whether the values of field m have rates. */
  boolean of(int m) {
    return plan.rates(m);
  }

  /**
   * Writes rows and positive rows by fold of one value.
   *
   * @param counts [values * COUNTS]
   */
  static void write(PacketWriter to, long[] counts, int value) {
    for (int i = value * LabelRate.COUNTS; i < (value + 1) * LabelRate.COUNTS; i++) {
      to.number(counts[i]);
    }
  }

  /** Skips the data written by {@link #write}. */
  static void skip(PacketReader from) {
    for (int i = 0; i < LabelRate.COUNTS; i++) {
      from.number();
    }
  }

  /** Adds the counts written by {@link #write}. */
  void add(int place, PacketReader from) {
    int end = (place + 1) * LabelRate.COUNTS;
    if (end > counts.length) {
      counts = Arrays.copyOf(counts, Math.max(end, 2 * counts.length));
    }
    for (int i = end - LabelRate.COUNTS; i < end; i++) {
      counts[i] += from.number();
    }
  }

  /** Keeps the bucket of a value of the earlier vocabulary. */
  void addEarlier(int place, int bucket) {
    if (place >= earlier.length) {
      earlier = Arrays.copyOf(earlier, Math.max(place + 1, 2 * earlier.length));
    }
    earlier[place] = (byte) (1 + bucket);
  }

  /** Writes the counts of a value for {@link ContainedRates}. */
  void write(PacketWriter to, int place) {
    write(to, counts, place);
  }

  Plan plan() {
    return plan;
  }

  /** The bucket of a value's rate over all training rows. */
  byte bucket(int place, ContainedRates contained) {
    return bucketWithout(place, LabelRate.FOLDS, contained);
  }

  /**
   * Writes the buckets for the rows of each fold, then the bucket for rows outside the training
   * split.
   */
  void writeBuckets(PacketWriter to, int place, boolean own, ContainedRates contained) {
    for (int fold = 0; fold <= LabelRate.FOLDS; fold++) {
      to.number(own ? bucketWithout(place, fold, contained) : LabelRate.NONE);
    }
  }

  /** Whether the earlier vocabulary has a rate of a value. */
  boolean hasEarlier(int place) {
    return place < earlier.length && earlier[place] > 0 && earlier[place] - 1 != LabelRate.NONE;
  }

  private byte bucketWithout(int place, int fold, ContainedRates contained) {
    int at = place * LabelRate.COUNTS;
    boolean own = plan.seen() && fold < LabelRate.FOLDS && hasEarlier(place);
    if (!own && place < earlier.length && earlier[place] > 0) {
      return (byte) (earlier[place] - 1);
    }
    if (Double.isNaN(plan.prior()) || at >= counts.length || (plan.seen() && !own)) {
      return LabelRate.NONE;
    }
    double prior = contained.rate(place, fold, plan.prior());
    double rate = LabelRate.of(counts, at, fold, prior);
    return (byte) LabelRate.bucket(rate, plan.prior());
  }
}
