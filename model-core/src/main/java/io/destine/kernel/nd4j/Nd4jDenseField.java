package io.destine.kernel.nd4j;

import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The embeddings of a field of dense numbers, e_m = W a + b of a vector field; of a linear field,
 * whose a is one number, W is the learnt vector and there is no b. A missing number of a linear
 * field, NaN, counts as 0.
 */
final class Nd4jDenseField {
  private final FieldLayout layout;
  private final int field;
  private final HostArray host;
  private final Projection projection;
  private final RowMajorMatrix input;
  private final FieldBlock projected;
  private final INDArray embedding;
  private final INDArray embeddingGradient;

  /** The field that fills vector {@code field} of e [B, M, d]. */
  Nd4jDenseField(
      FieldLayout layout,
      int field,
      DenseStore store,
      FieldBlock e,
      FieldBlock gradient,
      Scratch scratch,
      HostArray host) {
    this.layout = layout;
    this.field = field;
    this.host = host;
    projection = Projection.of(store, "fields." + layout.field(field).name());
    embedding = e.vector(field);
    embeddingGradient = gradient.vector(field);
    int rows = (int) embedding.size(0);
    input = scratch.matrix(rows, layout.field(field).length());
    projected = scratch.block(rows, 1, (int) embedding.size(2));
  }

  /** Fills the field's embeddings of the rows of a pass. */
  void forward(Pass pass) {
    float[] dense = pass.batch().dense();
    int length = layout.field(field).length();
    boolean mayMiss = layout.field(field).kind() == FieldShape.Kind.LINEAR;
    host.reserve(pass.rows() * length);
    int at = 0;
    for (int n = 0; n < pass.rows(); n++) {
      int from = (pass.from() + n) * layout.denseWidth() + layout.column(field);
      for (int i = 0; i < length; i++) {
        float value = dense[from + i];
        host.set(at++, mayMiss && Float.isNaN(value) ? 0 : value);
      }
    }
    host.store(input.rows(), at);
    projection.forward(input, projected.vectors());
    embedding.assign(projected.cube());
  }

  /** Adds the gradients of the field's tensors. */
  void backward() {
    projected.cube().assign(embeddingGradient);
    projection.backward(input, projected.vectors());
  }
}
