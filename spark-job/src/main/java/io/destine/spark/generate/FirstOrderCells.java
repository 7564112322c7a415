package io.destine.spark.generate;

import java.util.List;

/**
 * A row as a sparse vector in which every field has its own indices: the input of a model whose
 * logit is a sum of functions of single fields.
 *
 * <ul>
 *   <li>missing: a 1 at an index of its own
 *   <li>a text: a 1 at the index of its rank; ranks from {@value #RANKS} up share one index
 *   <li>a number: a 1 at the index of its standardised logarithm, in steps of a quarter
 *   <li>a list of k texts: 1 / k at the index of each of them
 *   <li>a vector: its teacher's vector, four numbers
 * </ul>
 *
 * Mutable; one thread.
 */
final class FirstOrderCells {
  /** Maximum number of indices of a field of texts, besides the one for missing values. */
  static final int RANKS = 256;

  private static final int STEPS_PER_UNIT = 4;
  // Standardised logarithms are between -1 and 5.
  private static final int STEPS = 6 * STEPS_PER_UNIT + 1;

  private final List<GeneratedField> fields;
  private final int[] starts;
  private final int columns;
  private final int[] places;
  private final double[] weights;
  private int size;

  FirstOrderCells(List<GeneratedField> fields) {
    this.fields = fields;
    starts = new int[fields.size()];
    int start = 0;
    int entries = 0;
    for (int m = 0; m < starts.length; m++) {
      starts[m] = start;
      GeneratedField field = fields.get(m);
      switch (field.kind()) {
        case CATEGORICAL, MULTI, TEXT -> {
          start += 1 + Math.min(field.cardinality(), RANKS);
          entries += field.length();
        }
        case NUMERIC -> {
          start += 1 + STEPS;
          entries++;
        }
        case VECTOR -> {
          start += ValueParts.RANK;
          entries += ValueParts.RANK;
        }
      }
    }
    columns = start;
    places = new int[entries];
    weights = new double[entries];
  }

  /**
   * Sets the row for the other methods.
   *
   * @param x vectors of its values, minus the means of their fields
   */
  void read(DrawnRow row, double[][] x) {
    size = 0;
    for (int m = 0; m < starts.length; m++) {
      int length = row.length(m);
      if (length == 0) {
        put(starts[m], 1);
        continue;
      }
      switch (fields.get(m).kind()) {
        case CATEGORICAL, MULTI, TEXT -> {
          for (int i = 0; i < length; i++) {
            put(starts[m] + Math.min(row.rank(m, i), RANKS), 1.0 / length);
          }
        }
        case NUMERIC -> {
          double above = ValueParts.standardized(row.number(m), m) + 1;
          put(starts[m] + 1 + (int) (above * STEPS_PER_UNIT), 1);
        }
        case VECTOR -> {
          for (int i = 0; i < ValueParts.RANK; i++) {
            put(starts[m] + i, x[m][i]);
          }
        }
      }
    }
  }

  private void put(int place, double weight) {
    places[size] = place;
    weights[size] = weight;
    size++;
  }

  /** Number of indices. */
  int columns() {
    return columns;
  }

  /** Maximum number of non-zero entries of a row. */
  int mostEntries() {
    return places.length;
  }

  /** Number of non-zero entries of the row. */
  int size() {
    return size;
  }

  /** Index of the i-th entry. */
  int place(int i) {
    return places[i];
  }

  /** The i-th entry. */
  double weight(int i) {
    return weights[i];
  }

  /** The product of the row and a vector. */
  double dot(double[] coefficients) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += weights[i] * coefficients[places[i]];
    }
    return sum;
  }
}
