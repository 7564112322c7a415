package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.RectifiedLinear;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.factory.Nd4j;

/** ReLU on contiguous arrays, in place. */
final class Rectifier {
  private Rectifier() {}

  /** Sets y to max(y, 0). */
  static void forward(INDArray y) {
    Nd4j.exec(new RectifiedLinear(y, y, 0));
  }

  /** Sets y, a result of {@link #forward}, to the derivative there: 1 where it is positive. */
  static void mask(INDArray y) {
    Nd4j.exec(new Step(y, y, 0));
  }

  /**
   * Multiplies dy by the derivative at the result y. Leaves that mask in y, whose values nothing
   * needs afterwards.
   */
  static void backward(INDArray y, INDArray dy) {
    mask(y);
    dy.muli(y);
  }
}
