package io.destine.kernel.nd4j;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;

/**
 * Walks the ids of packed rows, field by field: one id of weight 1 for an id field, k ids of weight
 * 1 / k for a multi field with k values.
 */
final class IdColumns {

  /** What is done with an id. */
  @FunctionalInterface
  interface Visitor {
    /**
     * @param row of the pass, counted from 0
     * @param field m
     * @param weight share of the id in its field
     */
    void visit(int row, int field, int id, double weight);
  }

  private final FieldLayout fields;

  IdColumns(FieldLayout fields) {
    this.fields = fields;
  }

  /** Visits the ids of the rows of a pass in order. */
  void visit(Pass pass, Visitor visitor) {
    EncodedBatch batch = pass.batch();
    int[] ids = batch.ids();
    int singles = fields.singles();
    for (int n = 0; n < pass.rows(); n++) {
      int row = pass.from() + n;
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
