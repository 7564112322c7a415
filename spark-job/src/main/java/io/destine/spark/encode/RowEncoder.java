package io.destine.spark.encode;

import io.destine.feature.BatchBuilder;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldLayout;
import io.destine.spark.source.CheckedRows;
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
   * An encoder of {@link CheckedRows} whose field m is in column {@code columns[m]}.
   *
   * @param encoder of the fields
   * @param columns [M]
   */
  public RowEncoder(FeatureEncoder encoder, int[] columns) {
    this(encoder, new RowRecord(columns));
  }

  /** An encoder of rows of any table. */
  public RowEncoder(FeatureEncoder encoder, int[] columns, SourceValues values) {
    this(encoder, new RowRecord(columns, values));
  }

  private RowEncoder(FeatureEncoder encoder, RowRecord record) {
    this.encoder = encoder;
    this.record = record;
    builder = new BatchBuilder(encoder.layout());
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
   * Adds a row of any table: label 0, weight 1, no group.
   *
   * @throws IllegalArgumentException naming the field whose value is not what its kind needs; the
   *     row is not added
   */
  public void add(Row row) {
    add(row, 0, 1, 0);
  }

  /**
   * Adds a good row of {@link CheckedRows} with its label, weight and group.
   *
   * @throws IllegalArgumentException as {@link #add}
   */
  public void addChecked(Row row) {
    add(
        row,
        row.getFloat(CheckedRows.LABEL),
        row.getFloat(CheckedRows.WEIGHT),
        row.getLong(CheckedRows.GROUP));
  }

  private void add(Row row, float label, float weight, long group) {
    encoder.encode(record.of(row), builder);
    builder.endRow(label, weight, group);
  }

  /** The rows added since the last batch, in order, as a batch of logical partition 0. */
  public EncodedBatch build() {
    return builder.build(0);
  }
}
