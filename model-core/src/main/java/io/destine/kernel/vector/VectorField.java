package io.destine.kernel.vector;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;

/** The embeddings of a vector field, W a + b with the row's vector a. */
final class VectorField implements DenseField {
  private final int d;
  private final int length;
  private final int column;
  private final int numbers;
  private final int first;
  private final RowBlock input;
  private final RowProjection projection;

  VectorField(DenseTensors tensors, Memory memory, FieldLayout fields, int field, int d, int rows) {
    this.d = d;
    length = fields.field(field).length();
    column = fields.column(field);
    numbers = fields.denseWidth();
    first = field * d;
    input = RowBlock.reserve(memory, rows, length);
    projection =
        new RowProjection(
            tensors,
            memory,
            "fields." + fields.field(field).name(),
            input,
            RowBlock.reserve(memory, rows, d),
            RowBlock.reserve(memory, rows, d),
            null,
            rows);
  }

  @Override
  public void forward(float[] s, EncodedBatch batch, int from, int rows, RowBlock embeddings) {
    for (int n = 0; n < rows; n++) {
      System.arraycopy(batch.dense(), (from + n) * numbers + column, s, input.at(n, 0), length);
    }
    projection.forward(s, rows);
    for (int n = 0; n < rows; n++) {
      System.arraycopy(s, projection.y().at(n, 0), s, embeddings.at(n, first), d);
    }
  }

  @Override
  public void backward(float[] s, EncodedBatch batch, int from, int rows, RowBlock gradient) {
    for (int n = 0; n < rows; n++) {
      System.arraycopy(s, gradient.at(n, first), s, projection.dy().at(n, 0), d);
    }
    projection.backward(s, rows);
  }
}
