package io.destine.spark.source;

import io.destine.feature.ByteHash;
import io.destine.feature.FieldSpec;
import io.destine.feature.RawValues;
import io.destine.feature.RecordHash;
import io.destine.spark.conf.JobConfig;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Checks one source row after the other: label, weight, numbers, date, split. */
final class RowParser implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int WEIGHT = Float.floatToIntBits(1);

  private final List<FieldSpec> fields;
  private final int[] columns;
  private final LabelColumns labels;
  private final int date;
  private final int corrupt;

  /** The column that splits rows, null when there is none. */
  private final FieldSpec key;

  private final int keyColumn;
  private final SourceValues source;
  private final SplitRule rule;

  RowParser(
      JobConfig config,
      List<FieldSpec> fields,
      List<String> columnNames,
      SourceValues source,
      SplitRule rule) {
    this.source = source;
    this.fields = List.copyOf(fields);
    this.rule = rule;
    columns = RowRecord.columns(fields.stream().map(FieldSpec::column).toList(), columnNames);
    labels = LabelColumns.of(config.label(), config.weight(), config.group(), columnNames, source);
    date = config.encoding().dateColumn().map(columnNames::indexOf).orElse(-1);
    corrupt = columnNames.indexOf(SourceTable.CORRUPT);
    key = config.split().key().map(FieldSpec::categorical).orElse(null);
    keyColumn = key == null ? -1 : columnNames.indexOf(key.column());
  }

  /** The row as {@link CheckedRows} holds it, or its reason and text. */
  Row parse(Row row) {
    if (corrupt >= 0 && !row.isNullAt(corrupt)) {
      return bad(SourceTable.UNEVEN, row.get(corrupt).toString());
    }
    try {
      RowRecord record = new RowRecord(columns, source).of(row);
      float label = labels.label(row);
      float weight = labels.weight(row);
      long group = labels.group(row);
      String day = date < 0 ? null : RawValues.text(source.of(row.get(date)));
      long splitKey = key == null ? 0 : LabelColumns.splitKey(key, source.of(row.get(keyColumn)));
      long hash = RecordHash.of(fields, record);
      hash = RecordHash.combine(hash, Float.floatToIntBits(label));
      // A constant for the weight: a common factor of all weights moves no row to another place.
      hash = RecordHash.combine(hash, WEIGHT);
      hash = RecordHash.combine(hash, group);
      hash = RecordHash.combine(hash, day == null ? 0 : ByteHash.of(4, day));
      hash = key == null ? hash : RecordHash.combine(hash, splitKey);
      Object[] values = new Object[CheckedRows.FIRST_FIELD + columns.length];
      values[CheckedRows.SPLIT] = rule.split(hash, splitKey, day);
      values[CheckedRows.HASH] = hash;
      values[CheckedRows.LABEL] = label;
      values[CheckedRows.WEIGHT] = weight;
      values[CheckedRows.GROUP] = group;
      values[CheckedRows.DATE] = day;
      values[CheckedRows.KEY] = splitKey;
      for (int m = 0; m < columns.length; m++) {
        values[CheckedRows.FIRST_FIELD + m] = source.stored(row.get(columns[m]));
      }
      return RowFactory.create(values);
    } catch (IllegalArgumentException e) {
      return bad(e.getMessage(), row.json());
    }
  }

  private Row bad(String reason, String text) {
    Object[] values = new Object[CheckedRows.FIRST_FIELD + columns.length];
    Arrays.fill(values, null);
    values[CheckedRows.REASON] = reason;
    values[CheckedRows.TEXT] = text;
    return RowFactory.create(values);
  }
}
