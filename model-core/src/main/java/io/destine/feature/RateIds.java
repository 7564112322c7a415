package io.destine.feature;

import java.util.function.IntUnaryOperator;

/**
 * The ids of the rates of a row. A value without its own id has no rate: its row gets the rate of
 * the next cross that the value contains ({@link FittedFields#containedRates}) or, if there is no
 * such cross, the share of positive labels among all training rows. Immutable and thread-safe.
 */
public final class RateIds {
  private final Vocabulary vocabulary;
  private final int[] contained;
  private final int[] first;

  /**
   * The rates of the fields.
   *
   * @param vocabulary of these fields
   */
  public RateIds(FittedFields fields, Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    contained = fields.containedRates();
    first = new int[contained.length];
    for (int i = 0; i < first.length; i++) {
      first[i] = vocabulary.missing(fields.fields().size() - first.length + i) + 1;
    }
  }

  /**
   * The id of rate i.
   *
   * @param ids for a rate, the id of the value that it rates
   */
  public int id(int i, IntUnaryOperator ids) {
    byte[] rates = vocabulary.rates();
    int from = i;
    int bucket = rates[ids.applyAsInt(i)];
    while (bucket == LabelRate.NONE && contained[from] >= 0) {
      from = contained[from];
      bucket = rates[ids.applyAsInt(from)];
    }
    return first[i] + (bucket == LabelRate.NONE ? LabelRate.PRIOR_BUCKET : bucket);
  }
}
