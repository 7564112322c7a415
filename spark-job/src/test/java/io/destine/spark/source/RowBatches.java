package io.destine.spark.source;

import java.util.Iterator;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;

/** Batches of rows without a session. */
public final class RowBatches {
  private RowBatches() {}

  /** Batches of the given rows, which are of the given schema. */
  public static Iterator<RowBatch> of(Iterator<InternalRow> rows, StructType schema) {
    return RowBatch.of(rows, schema);
  }
}
