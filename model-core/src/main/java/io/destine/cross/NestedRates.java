package io.destine.cross;

import io.destine.feature.LabelRate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Decides whether crosses that contain another cross, or are contained in one, get label rates: if
 * an {@link AdditiveModel} of fields and crosses has a lower loss, on rows outside the fit, with
 * these {@link LabelRate}s as further divisions of the rows.
 */
public final class NestedRates {
  private static final int RATES = LabelRate.FOLDS + 1;

  private final CrossSample sample;
  private final List<List<Integer>> nested;
  private final List<Groups> divisions = new ArrayList<>();

  /**
   * The reduction of the mean loss by rates.
   *
   * @param loss without them
   */
  public record Gain(double gain, double loss) {}

  private NestedRates(CrossSample sample, List<List<Integer>> crosses) {
    this.sample = sample;
    nested =
        crosses.stream()
            .filter(
                one ->
                    crosses.stream()
                        .anyMatch(other -> contains(one, other) || contains(other, one)))
            .sorted(Comparator.comparingInt(List::size))
            .toList();
    IntStream.range(0, sample.fields()).forEach(f -> divisions.add(sample.groups(List.of(f))));
    crosses.forEach(cross -> divisions.add(sample.groups(cross)));
  }

  /**
   * The gain of rates; empty if no cross contains another one, or if the gain does not reach the
   * minimum that {@link CrossSearch} requires of a cross.
   *
   * @param crosses chosen by {@link CrossSearch}
   */
  public static Optional<Gain> of(CrossSample sample, List<List<Integer>> crosses) {
    NestedRates rates = new NestedRates(sample, crosses);
    return rates.nested.isEmpty() ? Optional.empty() : rates.gain();
  }

  private static boolean contains(List<Integer> larger, List<Integer> smaller) {
    return larger.size() > smaller.size() && new HashSet<>(larger).containsAll(smaller);
  }

  private Optional<Gain> gain() {
    double[] logits = AdditiveModel.logits(sample, divisions);
    double[] with = new double[sample.rows()];
    for (int half = 0; half < 2; half++) {
      List<Groups> all = new ArrayList<>(divisions);
      all.addAll(buckets(half));
      AdditiveModel.fit(sample, all, half, with);
    }
    double loss = AdditiveModel.loss(sample, logits);
    double gain = loss - AdditiveModel.loss(sample, with);
    return CrossSearch.enough(sample, logits, with, gain, loss)
        ? Optional.of(new Gain(gain, loss))
        : Optional.empty();
  }

  private boolean in(int half, int n) {
    return (sample.parts()[n] & 1) == half;
  }

  /** The rows by buckets of rates that come from the rows of a half. */
  private List<Groups> buckets(int half) {
    long rows = IntStream.range(0, sample.rows()).filter(n -> in(half, n)).count();
    long positives =
        IntStream.range(0, sample.rows())
            .filter(n -> in(half, n) && sample.labels()[n] == 1)
            .count();
    double share = (double) positives / rows;
    Map<List<Integer>, Rates> known = new HashMap<>();
    List<Groups> buckets = new ArrayList<>();
    for (List<Integer> cross : nested) {
      Rates contained =
          nested.stream()
              .filter(other -> contains(cross, other))
              .reduce((one, other) -> other.size() > one.size() ? other : one)
              .map(known::get)
              .orElse(null);
      Rates rates = rates(sample.groups(cross), half, contained, share);
      if (nested.stream().anyMatch(other -> contains(other, cross))) {
        known.put(cross, rates);
      }
      int[] of = new int[sample.rows()];
      for (int n = 0; n < of.length; n++) {
        int fold = in(half, n) ? sample.folds()[n] : LabelRate.FOLDS;
        of[n] = LabelRate.bucket(rates.of(n, fold), share);
      }
      buckets.add(new Groups(of, LabelRate.BUCKETS));
    }
    return buckets;
  }

  /**
   * Rates of groups.
   *
   * @param values [groups * RATES] without the rows of a fold, then of all rows of the half
   */
  private record Rates(Groups groups, float[] values) {
    /** The rate of the group of row n. */
    float of(int n, int fold) {
      return values[groups.of()[n] * RATES + fold];
    }
  }

  /**
   * The rates of groups.
   *
   * @param contained the priors; null if the prior is {@code share}
   * @param share of positive labels among the rows of the half
   */
  private Rates rates(Groups groups, int half, Rates contained, double share) {
    int[] rows = new int[groups.count() * RATES];
    int[] positives = new int[rows.length];
    Rates rates = new Rates(groups, new float[rows.length]);
    for (int n = 0; n < sample.rows(); n++) {
      int at = groups.of()[n] * RATES;
      for (int fold = 0; in(half, n) && fold < RATES; fold++) {
        rows[at + fold] += fold == sample.folds()[n] ? 0 : 1;
        positives[at + fold] += fold == sample.folds()[n] ? 0 : sample.labels()[n];
      }
    }
    for (int n = 0; n < sample.rows(); n++) {
      int at = groups.of()[n] * RATES;
      if (rates.values[at] > 0) {
        continue;
      }
      for (int fold = 0; fold < RATES; fold++) {
        double prior = contained == null ? share : contained.of(n, fold);
        rates.values[at + fold] =
            (float) LabelRate.of(rows[at + fold], positives[at + fold], prior);
      }
    }
    return rates;
  }
}
