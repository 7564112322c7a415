package io.destine.kernel.row;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.kernel.ListAttention;
import io.destine.param.FloatTable;
import java.util.Arrays;

/**
 * The embeddings [M, d] of a few rows: looked up, pooled or projected, depending on the kind of
 * each field. Not thread-safe.
 */
final class EmbeddingRow {
  private final RowNetwork network;
  private final FieldLanes math;
  private final FieldLayout fields;
  private final int d;
  private final float[] projected;
  private final ListAttention lists = new ListAttention();
  private float[] embeddings = {};

  EmbeddingRow(RowNetwork network, FieldLanes math) {
    this.network = network;
    this.math = math;
    fields = network.fields();
    d = network.config().embeddingDim();
    projected = new float[math.padded(d)];
  }

  /** Number of floats of a row. */
  int size() {
    return fields.size() * d;
  }

  /** [rows, M, d], valid after {@link #gather}. */
  float[] embeddings() {
    return embeddings;
  }

  /** Fills the embeddings of {@code count} rows of a batch. */
  void gather(FloatTable table, EncodedBatch batch, int first, int count) {
    if (embeddings.length < count * size()) {
      embeddings = new float[count * size()];
    }
    for (int r = 0; r < count; r++) {
      gatherRow(table, batch, first + r, r * size());
    }
  }

  private void gatherRow(FloatTable table, EncodedBatch batch, int row, int start) {
    for (int m = 0; m < fields.size(); m++) {
      FieldShape field = fields.field(m);
      int column = fields.column(m);
      int at = start + m * d;
      switch (field.kind()) {
        case ID -> {
          int id = batch.ids()[row * fields.singles() + column];
          System.arraycopy(table.page(id), table.offset(id), embeddings, at, d);
        }
        case MULTI -> pool(m, table, batch, row * fields.multis() + column, at);
        case LINEAR -> scale(m, batch.dense()[row * fields.denseWidth() + column], at);
        case VECTOR -> {
          int from = row * fields.denseWidth() + column;
          network.vector(m).apply(math, batch.dense(), from, 0, projected, 1);
          System.arraycopy(projected, 0, embeddings, at, d);
        }
      }
    }
  }

  private void pool(int m, FloatTable table, EncodedBatch batch, int list, int at) {
    Arrays.fill(embeddings, at, at + d, 0);
    int begin = batch.multiOffsets()[list];
    int end = batch.multiOffsets()[list + 1];
    float[] weights = lists.weights(network.pooling(m), table, batch.multiIds(), begin, end);
    for (int i = begin; i < end; i++) {
      int id = batch.multiIds()[i];
      float[] page = table.page(id);
      int offset = table.offset(id);
      for (int j = 0; j < d; j++) {
        embeddings[at + j] = Math.fma(weights[i - begin], page[offset + j], embeddings[at + j]);
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

  /**
   * Transposes the embeddings to fields in lanes, x [d, count * lanes]; lanes beyond M are zero.
   */
  void toLanes(FieldMatrix x, int lanes, int count) {
    for (int j = 0; j < d; j++) {
      float[] row = x.array(j);
      int to = x.at(j);
      for (int from = j; from < count * size(); from += size()) {
        for (int m = 0; m < fields.size(); m++) {
          row[to + m] = embeddings[from + m * d];
        }
        Arrays.fill(row, to + fields.size(), to + lanes, 0);
        to += lanes;
      }
    }
  }
}
