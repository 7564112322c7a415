package io.destine.kernel.nd4j;

import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.kernel.IdColumns;
import io.destine.param.GradientSink;
import io.destine.param.Parameters;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the embeddings e [B, M, d] of packed rows, by the kind of each field: a row of the table,
 * the mean of some rows, or a projection of dense numbers; and carries their gradient back to the
 * touched rows of the table and to the projections.
 */
final class EmbeddingStage {
  private final int d;
  private final int fields;
  private final IdColumns ids;
  private final HostArray host;
  private final HostArray scaled;
  private final List<Nd4jDenseField> denseFields = new ArrayList<>();
  private final FieldBlock e;
  private final FieldBlock gradient;

  EmbeddingStage(
      FieldLayout layout,
      DenseStore store,
      int rows,
      int d,
      Scratch scratch,
      HostArray host,
      HostArray scaled) {
    this.d = d;
    this.host = host;
    this.scaled = scaled;
    fields = layout.size();
    ids = new IdColumns(layout);
    e = scratch.block(rows, fields, d);
    gradient = scratch.block(rows, fields, d);
    for (int m = 0; m < fields; m++) {
      FieldShape.Kind kind = layout.field(m).kind();
      if (kind == FieldShape.Kind.LINEAR || kind == FieldShape.Kind.VECTOR) {
        denseFields.add(new Nd4jDenseField(layout, m, store, e, gradient, scratch, host));
      }
    }
  }

  /** [B, M, d], valid after {@link #forward}. */
  FieldBlock embeddings() {
    return e;
  }

  /** [B, M, d], to be filled before {@link #backward}. */
  FieldBlock gradient() {
    return gradient;
  }

  /** Fills the embeddings of the rows of a pass. */
  void forward(Parameters parameters, Pass pass) {
    int length = pass.rows() * fields * d;
    host.reserve(length);
    host.clear(length);
    scaled.reserve(d);
    ids.visit(
        pass.batch(),
        pass.from(),
        pass.rows(),
        (n, m, id, weight) -> {
          int at = (n * fields + m) * d;
          if (weight == 1) {
            host.read(parameters.embedding(), id, at);
          } else {
            scaled.read(parameters.embedding(), id, 0);
            for (int i = 0; i < d; i++) {
              host.add(at + i, weight * scaled.get(i));
            }
          }
        });
    host.store(e.cube(), length);
    for (Nd4jDenseField field : denseFields) {
      field.forward(pass);
    }
  }

  /** Adds the gradients of embedding rows to {@code sink}, those of projections to the store. */
  void backward(Pass pass, GradientSink sink) {
    for (Nd4jDenseField field : denseFields) {
      field.backward();
    }
    host.load(gradient.cube(), pass.rows() * fields * d);
    ids.visit(
        pass.batch(),
        pass.from(),
        pass.rows(),
        (n, m, id, weight) -> {
          int at = (n * fields + m) * d;
          if (weight == 1) {
            host.addEmbedding(sink, id, at);
          } else {
            for (int i = 0; i < d; i++) {
              scaled.set(i, weight * host.get(at + i));
            }
            scaled.addEmbedding(sink, id, 0);
          }
        });
  }
}
