package io.destine.kernel.vector;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import java.util.Arrays;

/**
 * The embeddings of a linear field, a w with the row's number a; a missing one, NaN, counts as 0.
 */
final class LinearField implements DenseField, DenseTensors.Part {
  private final ParameterLayout.Tensor tensor;
  private final int d;
  private final int column;
  private final int numbers;
  private final int first;
  private final float[] weights;
  private final float[] gradient;

  LinearField(DenseTensors tensors, FieldLayout fields, int field, int d) {
    this.d = d;
    tensor = tensors.tensor("fields." + fields.field(field).name() + ".weight");
    column = fields.column(field);
    numbers = fields.denseWidth();
    first = field * d;
    weights = new float[d];
    gradient = new float[d];
    tensors.add(this);
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
        s[at + i] = a * weights[i];
      }
    }
  }

  @Override
  public void backward(float[] s, EncodedBatch batch, int from, int rows, RowBlock of) {
    for (int n = 0; n < rows; n++) {
      float a = number(batch, from + n);
      int at = of.at(n, first);
      for (int i = 0; i < d; i++) {
        gradient[i] = Math.fma(a, s[at + i], gradient[i]);
      }
    }
  }

  @Override
  public void load(double[] dense, float[] s) {
    for (int i = 0; i < d; i++) {
      weights[i] = (float) dense[tensor.offset() + i];
    }
  }

  @Override
  public void clear(float[] s) {
    Arrays.fill(gradient, 0);
  }

  @Override
  public void collect(float[] s, float[] into) {
    System.arraycopy(gradient, 0, into, tensor.offset(), d);
  }
}
