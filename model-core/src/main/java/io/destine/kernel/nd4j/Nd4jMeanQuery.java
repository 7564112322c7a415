package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A mean query, the projection of the mean field (exact, since the projection is affine):
 *
 * <pre>
 *   q = W'q mean_m(x_m) + b'q
 * </pre>
 *
 * <p>It becomes the last query vector of the row, which meets the keys like any other.
 */
final class Nd4jMeanQuery implements UnaryTerm {
  private final Projection projection;
  private final FieldBlock mean;
  private final FieldBlock meanGradient;
  private final FieldBlock query;
  private final INDArray queries;
  private final INDArray queryGradient;

  /** A query that fills the last vector of {@code into} [B, R, D], from inputs of width in. */
  Nd4jMeanQuery(
      DenseStore store,
      String name,
      Nd4jLayerShape shape,
      int in,
      Scratch scratch,
      LayerScratch shared,
      FieldBlock into) {
    projection = Projection.of(store, name);
    mean = scratch.block(shape.rows(), 1, in);
    meanGradient = scratch.block(shape.rows(), 1, in);
    query = shared.mean;
    queries = into.vector(shape.pairwise());
    queryGradient = shared.queryGradient.vector(shape.pairwise());
  }

  @Override
  public void forward(FieldBlock x) {
    x.cube().mean(mean.cube(), 1);
    projection.forward(mean.vectors(), query.vectors());
    queries.assign(query.cube());
  }

  @Override
  public void backward(FieldBlock x, FieldBlock dx) {
    query.cube().assign(queryGradient);
    meanGradient.cube().assign(0);
    projection.backward(mean.vectors(), query.vectors(), meanGradient.vectors());
    meanGradient.cube().divi(x.cube().size(1));
    dx.cube().addi(meanGradient.cube());
  }
}
