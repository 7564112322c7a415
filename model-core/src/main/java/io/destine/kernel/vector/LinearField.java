package io.destine.kernel.vector;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;

/**
 * The embeddings of a linear field, a w with the row's number a; a missing number, NaN, counts as
 * 0.
 */
final class LinearField implements DenseField {
  private final DenseVector w;
  private final int d;
  private final int column;
  private final int numbers;
  private final int first;

  LinearField(DenseTensors tensors, FieldLayout fields, int field, int d) {
    this.d = d;
    w = new DenseVector(tensors, ParameterLayout.FIELDS + fields.field(field).name() + ".weight");
    column = fields.column(field);
    numbers = fields.denseWidth();
    first = field * d;
  }

  private float number(EncodedBatch batch, int row) {
    float a = batch.dense()[row * numbers + column];
    return Float.isNaN(a) ? 0 : a;
  }

  @Override
  public void forward(float[] s, EncodedBatch batch, int from, int rows, RowBlock embeddings) {
    for (int n = 0; n < rows; n++) {
      float a = number(batch, from + n);
      int at = embeddings.at(n, first);
      for (int i = 0; i < d; i++) {
        s[at + i] = a * w.values[i];
      }
    }
  }

  @Override
  public void backward(float[] s, EncodedBatch batch, int from, int rows, RowBlock of) {
    for (int n = 0; n < rows; n++) {
      float a = number(batch, from + n);
      int at = of.at(n, first);
      for (int i = 0; i < d; i++) {
        w.gradient[i] = Math.fma(a, s[at + i], w.gradient[i]);
      }
    }
  }
}
