package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A unary term that scores each field by a learnt vector per head, without meeting the keys:
 *
 * <pre>
 *   s(n) = w_u . x_n
 * </pre>
 *
 * <p>It is the last line of the attention logits of each row and head.
 */
final class Nd4jLinearScore implements UnaryTerm {
  private final Projection projection;
  private final FieldBlock scores;
  private final INDArray byHead;
  private final INDArray line;
  private final INDArray lineGradient;

  /** A score that fills the last line of {@code into} [B, H, T, M]. */
  Nd4jLinearScore(
      DenseStore store, String name, Nd4jLayerShape shape, LayerScratch shared, ScoreBlock into) {
    projection = Projection.of(store, name);
    scores = shared.scores;
    byHead = scores.heads(shape.heads()).permute(0, 1, 3, 2);
    line = into.query(shape.lines() - 1);
    lineGradient = shared.weightGradient.query(shape.lines() - 1);
  }

  @Override
  public void forward(FieldBlock x) {
    projection.forward(x.vectors(), scores.vectors());
    line.assign(byHead);
  }

  @Override
  public void backward(FieldBlock x, FieldBlock dx) {
    byHead.assign(lineGradient);
    projection.backward(x.vectors(), scores.vectors(), dx.vectors());
  }
}
