package io.destine.onnx;

import io.destine.feature.FittedField;
import io.destine.feature.Transform;
import io.destine.feature.Vocabulary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The id of a number x as a step function: {@code ids[k]} where k is the number of bounds that are
 * at most x. Every transform that gives ids is such a function, and its bounds are exact in
 * doubles, so that a graph which compares doubles computes the same ids as {@link FittedField} and
 * {@link Vocabulary}.
 *
 * @param bounds ascending, each the smallest double of its step
 * @param ids one for each interval between bounds: one more than bounds
 */
record StepFunction(double[] bounds, long[] ids) {

  /** The doubles from {@code from} up to, not including, {@code to} have the id. */
  private record Step(double from, double to, long id) {}

  /**
   * The function of a numeric field m.
   *
   * @return empty when the ids of unknown numbers depend on hashes, which cannot be computed for
   *     all numbers
   */
  static Optional<StepFunction> of(FittedField field, Vocabulary vocabulary, int m) {
    if (field.spec().transform() == Transform.QUANTILE) {
      return Optional.of(quantiles(field, vocabulary, m));
    }
    if (vocabulary.oovBuckets() > 1 || vocabulary.hashBuckets(m) > 0) {
      return Optional.empty();
    }
    List<Step> steps = new ArrayList<>();
    for (FieldValues.Value value : FieldValues.of(vocabulary, m)) {
      step(field, value.text(), value.id()).ifPresent(steps::add);
    }
    return Optional.of(of(steps, vocabulary.missing(m) + 1L));
  }

  /** A cut c is below x when the double after c is at most x. Any bucket's id can be looked up. */
  private static StepFunction quantiles(FittedField field, Vocabulary vocabulary, int m) {
    double[] bounds = field.cuts();
    long[] ids = new long[bounds.length + 1];
    for (int k = 0; k < bounds.length; k++) {
      ids[k] = vocabulary.id(m, Integer.toString(k));
      bounds[k] = Math.nextUp(bounds[k]);
    }
    ids[bounds.length] = vocabulary.id(m, Integer.toString(bounds.length));
    return new StepFunction(bounds, ids);
  }

  /** The numbers with the given text as their value; empty when there are none. */
  private static Optional<Step> step(FittedField field, String text, long id) {
    boolean logSquared = field.spec().transform() == Transform.LOG_SQUARED;
    double from;
    double to;
    if (!logSquared) {
      from = number(text);
      to = Math.nextUp(from);
    } else if (text.startsWith("=")) {
      from = number(text.substring(1));
      to = Math.max(Math.nextUp(from), Math.min(from + 1, Math.nextUp(2.0)));
    } else {
      double bucket = number(text);
      from = leastWithLogSquared(bucket);
      to = leastWithLogSquared(bucket + 1);
    }
    return Double.isFinite(from) && text.equals(field.value(from))
        ? Optional.of(new Step(from, to, id))
        : Optional.empty();
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /** The smallest double above 2 whose ln(x)^2 is at least b; infinite when there is none. */
  static double leastWithLogSquared(double b) {
    long low = Double.doubleToLongBits(2.0);
    long high = Double.doubleToLongBits(Double.POSITIVE_INFINITY);
    while (high - low > 1) {
      long middle = (low + high) >>> 1;
      double log = StrictMath.log(Double.longBitsToDouble(middle));
      if (log * log >= b) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return Double.longBitsToDouble(high);
  }

  /** Numbers between steps have the id of unknown numbers. */
  private static StepFunction of(List<Step> steps, long unknown) {
    steps.sort(Comparator.comparingDouble(Step::from));
    TreeMap<Double, Long> idFrom = new TreeMap<>();
    for (Step step : steps) {
      idFrom.put(step.from() + 0.0, step.id());
      idFrom.putIfAbsent(step.to(), unknown);
    }
    double[] bounds = new double[idFrom.size()];
    long[] ids = new long[bounds.length + 1];
    ids[0] = unknown;
    int k = 0;
    for (var entry : idFrom.entrySet()) {
      bounds[k] = entry.getKey();
      ids[++k] = entry.getValue();
    }
    return new StepFunction(bounds, ids);
  }
}
