package io.destine.spark.encode;

import io.destine.feature.BatchBuilder;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldSpec;
import io.destine.spark.source.LabelColumns;
import io.destine.spark.source.RowRecord;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.apache.spark.sql.Row;

/**
 * Encodes rows of a source table inside a task, block by block, with the vocabulary of a data set
 * or model. Small to ship: the vocabulary is read once per JVM.
 */
public final class RowEncoder implements Serializable {
  private static final long serialVersionUID = 1;

  private final StoredVocabulary vocabulary;
  private final int[] columns;
  private final LabelColumns labels;

  /**
   * An encoder of rows with the given columns.
   *
   * @param vocabulary whose fields name the columns to read
   * @param rowColumns names of the rows' columns, in order
   * @param label column of the label; without it labels are 0
   * @param weight column of the weight; without it weights are 1
   * @param group column of the group; without it there are no groups
   * @throws IllegalArgumentException when a field's column is not there
   */
  public RowEncoder(
      StoredVocabulary vocabulary,
      List<String> rowColumns,
      Optional<String> label,
      Optional<String> weight,
      Optional<String> group) {
    this.vocabulary = vocabulary;
    columns =
        RowRecord.columns(
            vocabulary.fields().specs().stream().map(FieldSpec::column).toList(), rowColumns);
    labels = LabelColumns.of(label, weight, group, rowColumns);
  }

  /**
   * The rows as batches of {@code blockRows} rows, the last one smaller, in their order. A batch's
   * logical partition is its number.
   *
   * @throws IllegalArgumentException, as the iterator advances, for a row that cannot be encoded;
   *     {@link #problem} tells beforehand
   */
  public Iterator<EncodedBatch> encode(Iterator<Row> rows, int blockRows) {
    if (blockRows < 1) {
      throw new IllegalArgumentException("blockRows must be at least 1, got " + blockRows);
    }
    FeatureEncoder encoder = vocabulary.encoder();
    BatchBuilder builder = new BatchBuilder(encoder.layout());
    RowRecord record = new RowRecord(columns);
    return new Iterator<>() {
      private int block;

      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public EncodedBatch next() {
        if (!rows.hasNext()) {
          throw new NoSuchElementException("rows must have a next block, got none");
        }
        while (rows.hasNext() && builder.rows() < blockRows) {
          Row row = rows.next();
          encoder.encode(record.of(row), builder);
          builder.endRow(labels.label(row), labels.weight(row), labels.group(row));
        }
        return builder.build(block++);
      }
    };
  }

  /** Why the row cannot be encoded, if so. */
  public Optional<String> problem(Row row) {
    try {
      labels.label(row);
      labels.weight(row);
      FeatureEncoder encoder = vocabulary.encoder();
      encoder.encode(new RowRecord(columns).of(row), new BatchBuilder(encoder.layout()));
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }
}
