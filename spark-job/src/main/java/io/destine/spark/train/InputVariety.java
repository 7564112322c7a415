package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import java.io.Serializable;
import org.apache.spark.api.java.JavaRDD;

/**
 * Whether rows differ in the network's inputs: rows with equal inputs get equal predictions from
 * any network.
 *
 * @param any true when there are rows
 * @param hash of a row, see {@link EncodedBatch#inputHash}
 * @param several true when rows differ
 */
record InputVariety(boolean any, long hash, boolean several) implements Serializable {
  private static final InputVariety NONE = new InputVariety(false, 0, false);

  /** The input variety of all the given rows. */
  static InputVariety of(JavaRDD<EncodedBatch> rows) {
    return rows.map(InputVariety::of).fold(NONE, InputVariety::merge);
  }

  private static InputVariety of(EncodedBatch rows) {
    InputVariety variety = NONE;
    for (int n = 0; n < rows.rows() && !variety.several; n++) {
      variety = variety.merge(new InputVariety(true, rows.inputHash(n), false));
    }
    return variety;
  }

  private InputVariety merge(InputVariety other) {
    if (!any || !other.any) {
      return any ? this : other;
    }
    return new InputVariety(true, hash, several || other.several || hash != other.hash);
  }
}
