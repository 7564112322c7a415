package io.destine.spark.encode;

import io.destine.feature.BatchBuilder;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldLayout;
import io.destine.spark.source.RowRecord;
import io.destine.spark.source.SourceValues;
import org.apache.spark.sql.Row;

/**
 * Encodes Spark rows inside a task, one after the other, and collects them in a batch. One thread.
 */
public final class RowEncoder {
  private final FeatureEncoder encoder;
  private final RowRecord record;
  private final BatchBuilder builder;

  /**
   * An encoder of rows of a table whose field m is in column {@code columns[m]}.
   *
   * @param encoder of the fields
   * @param columns [M]
   */
  public RowEncoder(FeatureEncoder encoder, int[] columns, SourceValues values) {
    this.encoder = encoder;
    record = new RowRecord(columns, values);
    builder = encoder.newBatch();
  }

  /** The layout of the batches. */
  public FieldLayout layout() {
    return encoder.layout();
  }

  /** Rows added since the last batch. */
  public int rows() {
    return builder.rows();
  }

  /**
   * Adds a row: label 0, weight 1, no group.
   *
   * @throws IllegalArgumentException naming the field with a value of the wrong kind; the row is
   *     not added
   */
  public void add(Row row) {
    encoder.encode(record.of(row), builder);
    builder.endRow(0, 1, 0);
  }

  /** The rows added since the last batch, in order, as a batch of block 0. */
  public EncodedBatch build() {
    return builder.build(0);
  }
}
