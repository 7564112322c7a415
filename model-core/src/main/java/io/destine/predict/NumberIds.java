package io.destine.predict;

import io.destine.feature.FittedField;
import io.destine.feature.Transform;
import io.destine.feature.Vocabulary;
import java.util.Arrays;

/**
 * Ids of the numbers of a field. If it has buckets, their ids are cached, so that most numbers need
 * no string. Thread-safe; two threads may look up the same bucket.
 */
final class NumberIds {
  private static final int UNKNOWN = -1;

  /** Number of cached buckets floor(ln(x)^2), for numbers up to 10^22. */
  private static final int LOG_BUCKETS = 2600;

  /** Number of cached buckets floor(x), for numbers from -61 to 2. */
  private static final int SMALL_NUMBERS = 64;

  private final int m;
  private final FittedField field;
  private final Vocabulary vocabulary;
  private final double[] cuts;
  private final int[] ids;
  private final int[] small;

  /** The ids of field m, which must be numeric and have ids. */
  NumberIds(int m, FittedField field, Vocabulary vocabulary) {
    this.m = m;
    this.field = field;
    this.vocabulary = vocabulary;
    cuts = field.cuts();
    boolean log = field.spec().transform() == Transform.LOG_SQUARED;
    ids = unknown(log ? LOG_BUCKETS : cuts.length + 1);
    small = unknown(log ? SMALL_NUMBERS : 0);
  }

  private static int[] unknown(int length) {
    int[] ids = new int[length];
    Arrays.fill(ids, UNKNOWN);
    return ids;
  }

  /** The id of a finite number. */
  int id(double x) {
    if (field.spec().transform() == Transform.QUANTILE) {
      int place = Arrays.binarySearch(cuts, x);
      return kept(ids, place < 0 ? -place - 1 : place, x);
    }
    if (field.spec().transform() == Transform.LOG_SQUARED) {
      if (x > 2) {
        double log = StrictMath.log(x);
        double bucket = Math.floor(log * log);
        return bucket < LOG_BUCKETS ? kept(ids, (int) bucket, x) : lookUp(x);
      }
      double whole = Math.floor(x) + SMALL_NUMBERS - 3;
      return whole >= 0 ? kept(small, (int) whole, x) : lookUp(x);
    }
    return lookUp(x);
  }

  private int kept(int[] of, int bucket, double x) {
    if (of[bucket] == UNKNOWN) {
      of[bucket] = lookUp(x);
    }
    return of[bucket];
  }

  private int lookUp(double x) {
    return vocabulary.id(m, field.value(x));
  }
}
