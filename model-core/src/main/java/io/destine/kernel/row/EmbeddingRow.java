package io.destine.kernel.row;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.param.FloatTable;
import java.util.Arrays;

/**
 * The embeddings [M, d] of one row: looked up, averaged or projected by the kind of each field. One
 * thread.
 */
final class EmbeddingRow {
  private final RowNetwork network;
  private final FieldLayout fields;
  private final int d;
  private final float[] projected;
  private final float[] embeddings;

  EmbeddingRow(RowNetwork network) {
    this.network = network;
    fields = network.fields();
    d = network.config().embeddingDim();
    projected = new float[network.math().padded(d)];
    embeddings = new float[fields.size() * d];
  }

  /** [M * d], valid after {@link #gather}. */
  float[] embeddings() {
    return embeddings;
  }

  /** Fills the embeddings of a row of a batch. */
  void gather(FloatTable table, EncodedBatch batch, int row) {
    for (int m = 0; m < fields.size(); m++) {
      FieldShape field = fields.field(m);
      int column = fields.column(m);
      int at = m * d;
      switch (field.kind()) {
        case ID -> {
          int id = batch.ids()[row * fields.singles() + column];
          System.arraycopy(table.chunk(id), table.offset(id), embeddings, at, d);
        }
        case MULTI -> average(table, batch, row * fields.multis() + column, at);
        case LINEAR -> scale(m, batch.dense()[row * fields.denseWidth() + column], at);
        case VECTOR -> {
          int from = row * fields.denseWidth() + column;
          network.vector(m).apply(network.math(), batch.dense(), from, projected);
          System.arraycopy(projected, 0, embeddings, at, d);
        }
      }
    }
  }

  private void average(FloatTable table, EncodedBatch batch, int list, int at) {
    Arrays.fill(embeddings, at, at + d, 0);
    int begin = batch.multiOffsets()[list];
    int end = batch.multiOffsets()[list + 1];
    float share = 1f / Math.max(1, end - begin);
    for (int i = begin; i < end; i++) {
      int id = batch.multiIds()[i];
      float[] chunk = table.chunk(id);
      int offset = table.offset(id);
      for (int j = 0; j < d; j++) {
        embeddings[at + j] = Math.fma(share, chunk[offset + j], embeddings[at + j]);
      }
    }
  }

  /** A missing number counts as 0, the mean. */
  private void scale(int m, float number, int at) {
    float a = Float.isNaN(number) ? 0 : number;
    float[] weights = network.linear(m);
    for (int j = 0; j < d; j++) {
      embeddings[at + j] = a * weights[j];
    }
  }

  /** Turns the embeddings to fields in lanes, [d, lanes]. */
  void toLanes(float[] x, int lanes) {
    for (int m = 0; m < fields.size(); m++) {
      for (int j = 0; j < d; j++) {
        x[j * lanes + m] = embeddings[m * d + j];
      }
    }
  }
}
