package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Mixing that treats the unary weights as one more query of the row, whose sum every field gets:
 *
 * <pre>
 *   z_m = sum_n p(m, n) v_n + sum_n u(n) v_n
 * </pre>
 *
 * so that no [M, M] addition is needed.
 */
final class SharedUnaryMixing implements Mixing {
  private final Nd4jLayerShape shape;
  private final FieldBlock mixed;
  private final INDArray pairwise;
  private final INDArray unary;

  SharedUnaryMixing(Nd4jLayerShape shape, LayerScratch shared) {
    this.shape = shape;
    mixed = shared.mixed;
    pairwise = shape.pairwise() > 0 ? mixed.leading(shape.pairwise()) : null;
    unary = shape.hasUnary() ? mixed.vector(shape.lines() - 1) : null;
  }

  @Override
  public void forward(ScoreBlock weights, FieldBlock values, FieldBlock z) {
    if (unary == null) {
      HeadProducts.mix(weights.all(), heads(values), heads(z));
      return;
    }
    HeadProducts.mix(weights.all(), heads(values), mixed.heads(shape.heads()));
    if (pairwise == null) {
      z.cube().assign(0);
      z.cube().addi(unary);
    } else {
      pairwise.add(unary, z.cube());
    }
  }

  @Override
  public void backward(
      FieldBlock dz,
      ScoreBlock weights,
      FieldBlock values,
      ScoreBlock dweights,
      FieldBlock dvalues) {
    FieldBlock gradient = dz;
    if (unary != null) {
      gradient = mixed;
      dz.cube().sum(unary, 1);
      if (pairwise != null) {
        pairwise.assign(dz.cube());
      }
    }
    HeadProducts.compare(heads(gradient), heads(values), dweights.all());
    HeadProducts.distribute(weights.all(), heads(gradient), heads(dvalues));
  }

  private INDArray heads(FieldBlock block) {
    return block.heads(shape.heads());
  }
}
