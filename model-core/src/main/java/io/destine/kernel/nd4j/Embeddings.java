package io.destine.kernel.nd4j;

import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The embeddings e [B, M, d] of the rows of a pass, depending on the kind of field m:
 *
 * <pre>
 *   id, multi        e_m = sum_i a_i t_i, t_i the table rows of the field's ids
 *                    a_i = 1 / k, or softmax_i(w . t_i) with list pooling by attention
 *   linear, vector   e_m = W a + b, for given numbers a
 * </pre>
 *
 * <p>In a linear field a is one number, W a learnt vector, and there is no b.
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
    INDArray e = Tensors.of(pooledTableRows(), tensors.type(), pass.rows(), fields.size(), d);
    for (int m = 0; m < fields.size(); m++) {
      if (isDense(m)) {
        INDArray projected = projection(m).apply(numbers(m));
        Tensors.slice(e, m, 1).assign(projected.reshape(pass.rows(), 1, d));
      }
    }
    return e;
  }

  /**
   * Adds the gradients of W and b, and adds those of table rows to {@code sink}, for de [B, M, d].
   */
  void backward(INDArray de, GradientSink sink) {
    for (int m = 0; m < fields.size(); m++) {
      if (isDense(m)) {
        INDArray dprojected = Tensors.slice(de, m, 1).dup('c').reshape(pass.rows(), d);
        projection(m).backward(numbers(m), dprojected);
      }
    }
    double[] gradient = Tensors.read(de);
    for (int m = 0; m < fields.size(); m++) {
      for (int n = 0; n < pass.rows(); n++) {
        double[] g = new double[d];
        System.arraycopy(gradient, (n * fields.size() + m) * d, g, 0, d);
        backward(m, ids(n, m), g, sink);
      }
    }
  }

  /**
   * Adds the gradients of the table rows of a field, given the gradient of its embedding, g = de_m:
   *
   * <pre>
   *   dt_i = a_i g + b_i w      dw += sum_i b_i t_i      b_i = a_i g . (t_i - e_m)
   * </pre>
   */
  private void backward(int m, int[] ids, double[] g, GradientSink sink) {
    double[][] t = tableRows(ids);
    double[] a = weights(m, t);
    double[] w = isPooled(m) ? Tensors.read(query(m).value()) : new double[d];
    double[] dw = new double[d];
    double whole = 0;
    for (int i = 0; i < ids.length; i++) {
      whole += a[i] * dot(g, t[i]);
    }
    for (int i = 0; i < ids.length; i++) {
      double b = a[i] * (dot(g, t[i]) - whole);
      double[] dt = new double[d];
      for (int j = 0; j < d; j++) {
        dt[j] = pass.parameters().round(a[i] * g[j] + b * w[j]);
        dw[j] += b * t[i][j];
      }
      sink.addEmbedding(ids[i], dt, 0);
    }
    if (isPooled(m)) {
      query(m).gradient().addi(Tensors.of(dw, tensors.type(), d, 1));
    }
  }

  /** e for fields with table rows, zero for the others; sums have the kernel's precision. */
  private double[] pooledTableRows() {
    Parameters parameters = pass.parameters();
    double[] e = new double[pass.rows() * fields.size() * d];
    for (int n = 0; n < pass.rows(); n++) {
      for (int m = 0; m < fields.size(); m++) {
        int at = (n * fields.size() + m) * d;
        double[][] t = tableRows(ids(n, m));
        double[] a = weights(m, t);
        for (int i = 0; i < t.length; i++) {
          for (int j = 0; j < d; j++) {
            e[at + j] = parameters.round(e[at + j] + parameters.round(a[i] * t[i][j]));
          }
        }
      }
    }
    return e;
  }

  /** a [k] for the table rows t [k, d] of a field. */
  private double[] weights(int m, double[][] t) {
    double[] a = new double[t.length];
    Arrays.fill(a, 1.0 / t.length);
    if (isPooled(m) && t.length > 0) {
      double[] w = Tensors.read(query(m).value());
      double[] logits = Arrays.stream(t).mapToDouble(row -> dot(w, row)).toArray();
      double most = Arrays.stream(logits).max().getAsDouble();
      double[] exponentials = Arrays.stream(logits).map(l -> StrictMath.exp(l - most)).toArray();
      double sum = Arrays.stream(exponentials).sum();
      Arrays.setAll(a, i -> exponentials[i] / sum);
    }
    return a;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  private double[][] tableRows(int[] ids) {
    double[][] t = new double[ids.length][d];
    for (int i = 0; i < ids.length; i++) {
      pass.parameters().embedding().read(ids[i], t[i], 0);
    }
    return t;
  }

  /** The ids [k] of a row of the pass; none for a dense field. */
  private int[] ids(int n, int m) {
    int row = pass.from() + n;
    return switch (fields.field(m).kind()) {
      case ID -> new int[] {pass.batch().ids()[row * fields.singles() + fields.column(m)]};
      case MULTI -> {
        int list = row * fields.multis() + fields.column(m);
        int[] offsets = pass.batch().multiOffsets();
        yield Arrays.copyOfRange(pass.batch().multiIds(), offsets[list], offsets[list + 1]);
      }
      case LINEAR, VECTOR -> new int[0];
    };
  }

  private boolean isPooled(int m) {
    return tensors.has(ParameterLayout.pooling(fields.field(m).name()));
  }

  private DenseTensors.Tensor query(int m) {
    return tensors.matrix(ParameterLayout.pooling(fields.field(m).name()));
  }

  private String name(int m) {
    return ParameterLayout.FIELDS + fields.field(m).name();
  }

  private boolean isDense(int m) {
    FieldShape.Kind kind = fields.field(m).kind();
    return kind == FieldShape.Kind.LINEAR || kind == FieldShape.Kind.VECTOR;
  }

  private Projection projection(int m) {
    return Projection.of(tensors, name(m));
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
