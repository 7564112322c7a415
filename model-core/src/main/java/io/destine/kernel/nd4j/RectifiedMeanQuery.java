package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A mean query with ReLU before attention, where the mean cannot be taken first:
 *
 * <pre>
 *   q = mean_m(max(W'q x_m + b'q, 0))
 * </pre>
 */
final class RectifiedMeanQuery implements UnaryTerm {
  private final Projection projection;
  private final FieldBlock projected;
  private final FieldBlock mean;
  private final INDArray queries;
  private final INDArray queryGradient;

  /** A query that fills the last vector of {@code into} [B, R, D]. */
  RectifiedMeanQuery(
      DenseStore store,
      String name,
      Nd4jLayerShape shape,
      Scratch scratch,
      LayerScratch shared,
      FieldBlock into) {
    projection = Projection.of(store, name);
    projected = scratch.block(shape.rows(), shape.fields(), shape.width());
    mean = shared.mean;
    queries = into.vector(shape.pairwise());
    queryGradient = shared.queryGradient.vector(shape.pairwise());
  }

  @Override
  public void forward(FieldBlock x) {
    projection.forward(x.vectors(), projected.vectors());
    Rectifier.forward(projected.vectors().rows());
    projected.cube().mean(mean.cube(), 1);
    queries.assign(mean.cube());
  }

  /** The gradient of every rectified projection is that of the query divided by M. */
  @Override
  public void backward(FieldBlock x, FieldBlock dx) {
    mean.cube().assign(queryGradient);
    mean.cube().divi(x.cube().size(1));
    Rectifier.mask(projected.vectors().rows());
    projected.cube().muli(mean.cube());
    projection.backward(x.vectors(), projected.vectors(), dx.vectors());
  }
}
