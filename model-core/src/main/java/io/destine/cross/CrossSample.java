package io.destine.cross;

import io.destine.feature.LabelRate;
import io.destine.random.CounterRandom;
import java.io.Serializable;
import java.util.List;

/**
 * The sample of training rows for a search for crosses. Each row belongs to one of four parts, by
 * its hash: two halves, so that a row's logit comes from a fit to the other half; within each half,
 * some rows are used to fit a candidate and the others to judge it.
 *
 * @param values [F][N] the value of each field, numbered from 0 in order of appearance
 * @param counts [F] distinct values of each field
 * @param labels [N] 0 or 1
 * @param weights [N] of the rows, or null when all are 1
 * @param parts [N] 0 to 3: the half, 0 or 1, plus 2 for rows that judge candidates
 * @param folds [N] {@link LabelRate#fold}
 */
public record CrossSample(
    int[][] values, int[] counts, byte[] labels, float[] weights, byte[] parts, byte[] folds)
    implements Serializable {
  private static final long PART_SEED = 0x63726f7373L;

  /** The part of a row by its hash. */
  public static byte part(long rowHash) {
    return (byte) (CounterRandom.mix(rowHash ^ PART_SEED) >>> 62);
  }

  /** N. */
  public int rows() {
    return labels.length;
  }

  /** F. */
  public int fields() {
    return values.length;
  }

  /** The weight of row n. */
  double weight(int n) {
    return weights == null ? 1 : weights[n];
  }

  /** Mean weight of the rows. */
  double meanWeight() {
    double sum = 0;
    for (int n = 0; n < rows(); n++) {
      sum += weight(n);
    }
    return sum / rows();
  }

  /** The groups of rows with the same values of all the given fields. */
  Groups groups(List<Integer> of) {
    Groups groups = new Groups(values[of.get(0)], counts[of.get(0)]);
    for (int f : of.subList(1, of.size())) {
      groups = groups.and(values[f], counts[f]);
    }
    return groups;
  }
}
