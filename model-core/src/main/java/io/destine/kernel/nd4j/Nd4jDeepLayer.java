package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.random.Purpose;

/** A hidden layer of the deep part, [B, in] to [B, n]: linear, batch norm, ReLU, dropout. */
final class Nd4jDeepLayer {
  private final int index;
  private final Projection projection;
  private final BatchNorm norm;
  private final MaskWriter masks;
  private final RowMajorMatrix out;
  private final RowMajorMatrix outGradient;
  private final RowMajorMatrix mask;
  private boolean masked;

  /**
   * @param index counted from 0
   * @param units n
   */
  Nd4jDeepLayer(
      ModelConfig config,
      DenseStore store,
      RunningStatistics running,
      int index,
      int rows,
      int units,
      Scratch scratch,
      HostArray host) {
    this.index = index;
    String name = "deep." + index;
    projection = Projection.of(store, name);
    norm =
        config.batchNorm()
            ? new BatchNorm(store, running, name + ".norm", rows, units, scratch)
            : null;
    masks = new MaskWriter(Purpose.DEEP_DROPOUT, config.deepDropout(), host);
    out = scratch.matrix(rows, units);
    outGradient = scratch.matrix(rows, units);
    mask = config.deepDropout() > 0 ? scratch.matrix(rows, units) : null;
  }

  /** [B, n], valid from {@link #forward} until {@link #backward}. */
  RowMajorMatrix out() {
    return out;
  }

  /** [B, n], to be filled before {@link #backward}. */
  RowMajorMatrix outGradient() {
    return outGradient;
  }

  /** Fills the output from x [B, in]. */
  void forward(Pass pass, RowMajorMatrix x) {
    projection.forward(x, out);
    if (norm != null) {
      norm.forward(pass, out);
    }
    Rectifier.forward(out.rows());
    masked = masks.applies(pass);
    if (masked) {
      masks.write(pass, index, (int) out.width(), mask.rows());
      out.rows().muli(mask.rows());
    }
  }

  /**
   * Adds the gradients of the layer's parameters, and to dx that of x. A unit that dropout set to
   * zero has a zero mask, so that the ReLU's derivative at the masked output serves.
   */
  void backward(RowMajorMatrix x, RowMajorMatrix dx) {
    if (masked) {
      outGradient.rows().muli(mask.rows());
    }
    Rectifier.backward(out.rows(), outGradient.rows());
    if (norm != null) {
      norm.backward(outGradient);
    }
    projection.backward(x, outGradient, dx);
  }
}
