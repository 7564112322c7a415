package io.destine.random;

/**
 * Dropout masks as a function of (seed, epoch, row key, layer, index), so that a row's mask does
 * not depend on where and in which order it is computed. Immutable.
 */
public final class DropoutMask {
  private final CounterRandom stream;
  private final long threshold;
  private final float kept;

  /**
   * Masks of one epoch.
   *
   * @param rate share of dropped elements, in [0, 1)
   */
  public DropoutMask(long seed, Purpose purpose, int epoch, double rate) {
    stream = CounterRandom.of(seed, purpose).at(epoch);
    threshold = (long) (rate * 0x1.0p53);
    kept = (float) (1 / (1 - rate));
  }

  /**
   * The stream of one row and layer; {@link #factor} gives the factor of an element from its index.
   */
  public CounterRandom stream(long rowKey, int layer) {
    return stream.at(rowKey).at(layer);
  }

  /**
   * 0 when the element is dropped, otherwise 1 / (1 - rate), so that the expectation is preserved.
   */
  public float factor(CounterRandom rowAndLayer, long index) {
    return (rowAndLayer.bits(index) >>> 11) < threshold ? 0 : kept;
  }
}
