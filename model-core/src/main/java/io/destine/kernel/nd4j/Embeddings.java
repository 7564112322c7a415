package io.destine.kernel.nd4j;

import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.kernel.IdColumns;
import io.destine.param.GradientSink;
import io.destine.param.Parameters;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The embeddings e [B, M, d] of the rows of a pass, by the kind of field m:
 *
 * <pre>
 *   id, multi        e_m = the mean of the table rows of the field's ids
 *   linear, vector   e_m = W a + b, for given numbers a
 * </pre>
 *
 * <p>W of a linear field, whose a is one number, is a learnt vector, and there is no b.
 */
final class Embeddings {
  private final FieldLayout fields;
  private final int d;
  private final DenseTensors tensors;
  private final Pass pass;

  Embeddings(FieldLayout fields, int d, DenseTensors tensors, Pass pass) {
    this.fields = fields;
    this.d = d;
    this.tensors = tensors;
    this.pass = pass;
  }

  /** e [B, M, d]. */
  INDArray forward() {
    INDArray e = Tensors.of(meanTableRows(), tensors.type(), pass.rows(), fields.size(), d);
    for (int m = 0; m < fields.size(); m++) {
      if (isDense(m)) {
        INDArray projected = projection(m).apply(numbers(m));
        Tensors.slice(e, m, 1).assign(projected.reshape(pass.rows(), 1, d));
      }
    }
    return e;
  }

  /** Adds the gradients of W and b, and to {@code sink} those of table rows, for de [B, M, d]. */
  void backward(INDArray de, GradientSink sink) {
    for (int m = 0; m < fields.size(); m++) {
      if (isDense(m)) {
        INDArray dprojected = Tensors.slice(de, m, 1).dup('c').reshape(pass.rows(), d);
        projection(m).backward(numbers(m), dprojected);
      }
    }
    double[] gradient = Tensors.read(de);
    double[] share = new double[d];
    visitIds(
        (n, m, id, weight) -> {
          int at = (n * fields.size() + m) * d;
          for (int i = 0; i < d; i++) {
            share[i] = pass.parameters().round(weight * gradient[at + i]);
          }
          sink.addEmbedding(id, share, 0);
        });
  }

  /** e as far as it comes from the table, otherwise zero; sums have the kernel's precision. */
  private double[] meanTableRows() {
    Parameters parameters = pass.parameters();
    double[] e = new double[pass.rows() * fields.size() * d];
    double[] row = new double[d];
    visitIds(
        (n, m, id, weight) -> {
          int at = (n * fields.size() + m) * d;
          parameters.embedding().read(id, row, 0);
          for (int i = 0; i < d; i++) {
            e[at + i] = parameters.round(e[at + i] + parameters.round(weight * row[i]));
          }
        });
    return e;
  }

  private void visitIds(IdColumns.Visitor visitor) {
    new IdColumns(fields).visit(pass.batch(), pass.from(), pass.rows(), visitor);
  }

  private boolean isDense(int m) {
    FieldShape.Kind kind = fields.field(m).kind();
    return kind == FieldShape.Kind.LINEAR || kind == FieldShape.Kind.VECTOR;
  }

  private Projection projection(int m) {
    return Projection.of(tensors, "fields." + fields.field(m).name());
  }

  /** a [B, length] of a dense field. A missing number of a linear field, NaN, counts as 0. */
  private INDArray numbers(int m) {
    int length = fields.field(m).length();
    boolean mayMiss = fields.field(m).kind() == FieldShape.Kind.LINEAR;
    double[] a = new double[pass.rows() * length];
    for (int i = 0; i < a.length; i++) {
      int row = pass.from() + i / length;
      float value = pass.batch().dense()[row * fields.denseWidth() + fields.column(m) + i % length];
      a[i] = mayMiss && Float.isNaN(value) ? 0 : value;
    }
    return Tensors.of(a, tensors.type(), pass.rows(), length);
  }
}
