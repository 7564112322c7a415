package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Mixing under attention dropout, whose mask r is on the sum of both terms, so that the unary
 * weights have to be added to those of every field:
 *
 * <pre>
 *   z_m = sum_n r(m, n) (p(m, n) + u(n)) v_n
 * </pre>
 */
final class MaskedMixing implements Mixing {
  private final Nd4jLayerShape shape;
  private final ScoreBlock total;
  private final ScoreBlock mask;

  MaskedMixing(Nd4jLayerShape shape, Scratch scratch) {
    this.shape = shape;
    total = scratch.scores(shape.rows(), shape.heads(), shape.fields(), shape.fields());
    mask = scratch.scores(shape.rows(), shape.heads(), shape.fields(), shape.fields());
  }

  /** [B, H, M, M] factors, to be written before {@link #forward}. */
  INDArray mask() {
    return mask.all();
  }

  @Override
  public void forward(ScoreBlock weights, FieldBlock values, FieldBlock z) {
    INDArray a = total.all();
    if (!shape.hasUnary()) {
      a.assign(weights.all());
    } else {
      INDArray unary = weights.query(shape.lines() - 1);
      if (shape.pairwise() > 0) {
        weights.leading(shape.pairwise()).add(unary, a);
      } else {
        a.assign(0);
        a.addi(unary);
      }
    }
    a.muli(mask.all());
    HeadProducts.mix(a, values.heads(shape.heads()), z.heads(shape.heads()));
  }

  /** The sum over the fields m of the masked gradient is that of the unary weights. */
  @Override
  public void backward(
      FieldBlock dz,
      ScoreBlock weights,
      FieldBlock values,
      ScoreBlock dweights,
      FieldBlock dvalues) {
    INDArray a = total.all();
    HeadProducts.distribute(a, dz.heads(shape.heads()), dvalues.heads(shape.heads()));
    HeadProducts.compare(dz.heads(shape.heads()), values.heads(shape.heads()), a);
    a.muli(mask.all());
    if (shape.pairwise() > 0) {
      dweights.leading(shape.pairwise()).assign(a);
    }
    if (shape.hasUnary()) {
      a.sum(dweights.query(shape.lines() - 1), 2);
    }
  }
}
