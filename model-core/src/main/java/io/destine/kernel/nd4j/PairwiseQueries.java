package io.destine.kernel.nd4j;

import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The queries of the pairwise term, centred over the fields of a row unless attention is plain:
 *
 * <pre>
 *   q_m = s (Wq x_m - mean_m(Wq x_m))       s = 1 / sqrt(c) with scale, otherwise 1
 * </pre>
 *
 * <p>With ReLU before attention, of the rectified projections. Scaling the queries is scaling the
 * logits. A bias cancels unless there is a ReLU or no centring.
 */
final class PairwiseQueries {
  private final Projection projection;
  private final boolean centred;
  private final boolean rectified;
  private final double scale;
  private final FieldBlock projected;
  private final LayerScratch shared;
  private final INDArray queries;
  private final INDArray queryGradient;

  /**
   * Queries that fill the first M vectors of {@code into} [B, R, D].
   *
   * @param name of the projection
   */
  PairwiseQueries(
      ModelConfig config,
      DenseStore store,
      String name,
      Nd4jLayerShape shape,
      Scratch scratch,
      LayerScratch shared,
      FieldBlock into) {
    this.shared = shared;
    centred = config.attention() != Attention.PLAIN;
    rectified = config.reluBeforeAttention();
    scale = config.scale() ? 1 / Math.sqrt(config.headDim()) : 1;
    boolean biasCancels = centred && !rectified;
    projection = biasCancels ? Projection.withoutBias(store, name) : Projection.of(store, name);
    projected =
        rectified ? scratch.block(shape.rows(), shape.fields(), shape.width()) : shared.projected;
    queries = into.leading(shape.fields());
    queryGradient = shared.queryGradient.leading(shape.fields());
  }

  /** Queries of x [B, M, in]. */
  void forward(FieldBlock x) {
    INDArray vectors = projected.vectors().rows();
    projection.forward(x.vectors(), projected.vectors());
    if (rectified) {
      Rectifier.forward(vectors);
    }
    if (scale != 1) {
      vectors.muli(scale);
    }
    if (centred) {
      INDArray mean = shared.mean.cube();
      projected.cube().mean(mean, 1);
      projected.cube().sub(mean, queries);
    } else {
      queries.assign(projected.cube());
    }
  }

  /** Adds to dx the gradient of x, given that of the queries. Centring is its own transpose. */
  void backward(FieldBlock x, FieldBlock dx) {
    FieldBlock gradient = shared.projected;
    INDArray vectors = gradient.vectors().rows();
    if (centred) {
      INDArray mean = shared.mean.cube();
      queryGradient.mean(mean, 1);
      queryGradient.sub(mean, gradient.cube());
    } else {
      gradient.cube().assign(queryGradient);
    }
    if (scale != 1) {
      vectors.muli(scale);
    }
    if (rectified) {
      Rectifier.backward(projected.vectors().rows(), vectors);
    }
    projection.backward(x.vectors(), gradient.vectors(), dx.vectors());
  }
}
