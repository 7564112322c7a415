package io.destine.kernel.vector;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.kernel.ListAttention;
import io.destine.numeric.ReadAhead;
import io.destine.param.FloatTable;
import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The embeddings [rows, M * d] of some rows of a batch and their gradient: looked up, pooled or
 * projected, depending on the kind of each field; also transposes them to rows in lanes, and back.
 */
final class EmbeddingRows {
  private static final int L = Lanes.LENGTH;

  private final FieldLayout fields;
  private final int d;
  private final List<DenseField> denseFields = new ArrayList<>();

  /** [M] the query of a list pooled by attention, null for other fields. */
  private final DenseVector[] queries;

  private final ListAttention lists = new ListAttention();

  /** The table from which the embeddings were gathered. */
  private FloatTable gathered;

  private final RowBlock embeddings;
  private final RowBlock gradient;
  private final float[] scaled;
  private final ReadAhead ahead = new ReadAhead();

  EmbeddingRows(DenseTensors tensors, Memory memory, FieldLayout fields, int d, int rows) {
    this.fields = fields;
    this.d = d;
    scaled = new float[d];
    embeddings = RowBlock.reserve(memory, rows, fields.size() * d);
    gradient = RowBlock.reserve(memory, rows, fields.size() * d);
    queries = new DenseVector[fields.size()];
    for (int m = 0; m < fields.size(); m++) {
      String query = ParameterLayout.pooling(fields.field(m).name());
      if (tensors.has(query)) {
        queries[m] = new DenseVector(tensors, query);
      } else if (fields.field(m).kind() == FieldShape.Kind.LINEAR) {
        denseFields.add(new LinearField(tensors, fields, m, d));
      } else if (fields.field(m).kind() == FieldShape.Kind.VECTOR) {
        denseFields.add(new VectorField(tensors, memory, fields, m, d, rows));
      }
    }
  }

  /** [rows, M * d] */
  RowBlock embeddings() {
    return embeddings;
  }

  /** [rows, M * d] */
  RowBlock gradient() {
    return gradient;
  }

  /** Computes the embeddings of some rows of a batch. */
  void gather(float[] s, FloatTable table, EncodedBatch batch, int from, int rows) {
    gathered = table;
    touch(table, batch, from, rows);
    int[] ids = batch.ids();
    int singles = fields.singles();
    for (int m = 0; m < fields.size(); m++) {
      FieldShape.Kind kind = fields.field(m).kind();
      int column = fields.column(m);
      if (kind == FieldShape.Kind.ID) {
        for (int n = 0; n < rows; n++) {
          int id = ids[(from + n) * singles + column];
          System.arraycopy(table.page(id), table.offset(id), s, embeddings.at(n, m * d), d);
        }
      } else if (kind == FieldShape.Kind.MULTI) {
        for (int n = 0; n < rows; n++) {
          int list = (from + n) * fields.multis() + column;
          pool(s, queries[m], batch, list, embeddings.at(n, m * d));
        }
      }
    }
    for (DenseField field : denseFields) {
      field.forward(s, batch, from, rows, embeddings);
    }
  }

  /** Reads one number of every table row that will be copied, so that cache misses overlap. */
  private void touch(FloatTable table, EncodedBatch batch, int from, int rows) {
    int[] ids = batch.ids();
    float sum = 0;
    for (int i = from * fields.singles(); i < (from + rows) * fields.singles(); i++) {
      sum += table.page(ids[i])[table.offset(ids[i])];
    }
    ahead.took(sum);
  }

  private void pool(float[] s, DenseVector query, EncodedBatch batch, int list, int at) {
    Arrays.fill(s, at, at + d, 0);
    int begin = batch.multiOffsets()[list];
    int end = batch.multiOffsets()[list + 1];
    float[] weights = weights(query, batch, begin, end);
    for (int i = begin; i < end; i++) {
      int id = batch.multiIds()[i];
      float[] page = gathered.page(id);
      int offset = gathered.offset(id);
      float weight = weights[i - begin];
      for (int j = 0; j < d; j++) {
        s[at + j] = Math.fma(weight, page[offset + j], s[at + j]);
      }
    }
  }

  private float[] weights(DenseVector query, EncodedBatch batch, int begin, int end) {
    return lists.weights(
        query == null ? null : query.values, gathered, batch.multiIds(), begin, end);
  }

  /**
   * Transposes {@code count} rows, from {@code row} on, to lanes; the other lanes are set to zero.
   */
  void toLanes(float[] s, int row, int count, LaneMatrix into) {
    for (int m = 0; m < fields.size(); m++) {
      int to = into.at(m, 0);
      for (int lane = 0; lane < count; lane++) {
        int from = embeddings.at(row + lane, m * d);
        for (int i = 0; i < d; i++) {
          s[to + lane + i * L] = s[from + i];
        }
      }
      for (int lane = count; lane < L; lane++) {
        for (int i = 0; i < d; i++) {
          s[to + lane + i * L] = 0;
        }
      }
    }
  }

  /** Transposes the gradient of {@code count} rows, from {@code row} on, back from lanes. */
  void fromLanes(float[] s, int row, int count, LaneMatrix of) {
    for (int m = 0; m < fields.size(); m++) {
      int from = of.at(m, 0);
      for (int lane = 0; lane < count; lane++) {
        int to = gradient.at(row + lane, m * d);
        for (int i = 0; i < d; i++) {
          s[to + i] = s[from + lane + i * L];
        }
      }
    }
  }

  /** Adds the gradients of table rows to {@code sink} and those of dense fields to their sums. */
  void backward(float[] s, EncodedBatch batch, int from, int rows, GradientSink sink) {
    for (DenseField field : denseFields) {
      field.backward(s, batch, from, rows, gradient);
    }
    int[] ids = batch.ids();
    int singles = fields.singles();
    if (fields.onlyIds()) {
      for (int n = 0; n < rows; n++) {
        sink.addEmbeddings(ids, (from + n) * singles, singles, s, gradient.at(n, 0), d);
      }
      return;
    }
    for (int n = 0; n < rows; n++) {
      for (int m = 0; m < fields.size(); m++) {
        FieldShape.Kind kind = fields.field(m).kind();
        int column = fields.column(m);
        int at = gradient.at(n, m * d);
        if (kind == FieldShape.Kind.ID) {
          sink.addEmbedding(ids[(from + n) * singles + column], s, at);
        } else if (kind == FieldShape.Kind.MULTI) {
          int list = (from + n) * fields.multis() + column;
          if (queries[m] == null) {
            distribute(s, batch, list, at, sink);
          } else {
            distribute(s, queries[m], batch, list, embeddings.at(n, m * d), at, sink);
          }
        }
      }
    }
  }

  private void distribute(float[] s, EncodedBatch batch, int list, int at, GradientSink sink) {
    int begin = batch.multiOffsets()[list];
    int end = batch.multiOffsets()[list + 1];
    float share = 1f / Math.max(1, end - begin);
    for (int j = 0; j < d; j++) {
      scaled[j] = share * s[at + j];
    }
    for (int i = begin; i < end; i++) {
      sink.addEmbedding(batch.multiIds()[i], scaled, 0);
    }
  }

  /**
   * Distributes the gradient g of e = sum_i a_i e_i:
   *
   * <pre>
   *   b_i = a_i g . (e_i - e)      de_i = a_i g + b_i w      dw += b_i e_i
   * </pre>
   */
  private void distribute(
      float[] s, DenseVector query, EncodedBatch batch, int list, int e, int g, GradientSink sink) {
    int begin = batch.multiOffsets()[list];
    int end = batch.multiOffsets()[list + 1];
    float[] weights = weights(query, batch, begin, end);
    float whole = ListAttention.dot(s, g, s, e, d);
    for (int i = begin; i < end; i++) {
      int id = batch.multiIds()[i];
      float[] page = gathered.page(id);
      int offset = gathered.offset(id);
      float a = weights[i - begin];
      float b = a * (ListAttention.dot(s, g, page, offset, d) - whole);
      for (int j = 0; j < d; j++) {
        scaled[j] = Math.fma(b, query.values[j], a * s[g + j]);
        query.gradient[j] = Math.fma(b, page[offset + j], query.gradient[j]);
      }
      sink.addEmbedding(id, scaled, 0);
    }
  }
}
