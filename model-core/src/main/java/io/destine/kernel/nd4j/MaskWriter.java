package io.destine.kernel.nd4j;

import io.destine.random.CounterRandom;
import io.destine.random.DropoutMask;
import io.destine.random.Purpose;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes the dropout factors of one kind, 0 or 1 / (1 - rate), for the rows of a pass. */
final class MaskWriter {
  private final Purpose purpose;
  private final double rate;
  private final HostArray host;

  MaskWriter(Purpose purpose, double rate, HostArray host) {
    this.purpose = purpose;
    this.rate = rate;
    this.host = host;
  }

  /** True when the pass drops anything of this kind. */
  boolean applies(Pass pass) {
    return rate > 0 && pass.dropout() != null;
  }

  /**
   * Fills a contiguous array of {@code perRow} factors for each row.
   *
   * @param layer that the mask belongs to
   */
  void write(Pass pass, int layer, int perRow, INDArray into) {
    DropoutMask mask =
        new DropoutMask(pass.dropout().seed(), purpose, pass.dropout().epoch(), rate);
    host.reserve(pass.rows() * perRow);
    int at = 0;
    for (int n = 0; n < pass.rows(); n++) {
      CounterRandom stream = mask.stream(pass.batch().key(pass.from() + n), layer);
      for (int i = 0; i < perRow; i++) {
        host.set(at++, mask.factor(stream, i));
      }
    }
    host.store(into, at);
  }
}
