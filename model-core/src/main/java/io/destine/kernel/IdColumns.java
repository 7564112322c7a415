package io.destine.kernel;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;

/**
 * Iterates over the ids of packed rows, field by field: one id of weight 1 for an id field, k ids
 * of weight 1 / k for a multi field with k values.
 */
public final class IdColumns {

  /** An operation on an id. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * @param row number of the row among those visited, counted from 0
     * @param field m
     * @param weight weight of the id in its field
     */
    void visit(int row, int field, int id, double weight);
  }

  private final FieldLayout fields;

  /** For rows of the given fields. */
  public IdColumns(FieldLayout fields) {
    this.fields = fields;
  }

  /** Visits the ids of {@code rows} rows of a batch, from {@code from} on, in order. */
  public void visit(EncodedBatch batch, int from, int rows, Visitor visitor) {
    int[] ids = batch.ids();
    int singles = fields.singles();
    for (int n = 0; n < rows; n++) {
      int row = from + n;
      for (int m = 0; m < fields.size(); m++) {
        FieldShape.Kind kind = fields.field(m).kind();
        if (kind == FieldShape.Kind.ID) {
          visitor.visit(n, m, ids[row * singles + fields.column(m)], 1);
        } else if (kind == FieldShape.Kind.MULTI) {
          visitList(batch, row * fields.multis() + fields.column(m), n, m, visitor);
        }
      }
    }
  }

  private static void visitList(EncodedBatch batch, int list, int n, int m, Visitor visitor) {
    int from = batch.multiOffsets()[list];
    int to = batch.multiOffsets()[list + 1];
    for (int i = from; i < to; i++) {
      visitor.visit(n, m, batch.multiIds()[i], 1.0 / (to - from));
    }
  }
}
