package io.destine.spark.source;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Function1;

/**
 * The columns of a table in Spark's internal row format, which needs no object per value. A column
 * whose type has no direct access is converted to the value in a {@link Row}. One thread.
 */
public final class RawColumns {
  private final StructType schema;
  private final SourceValues values;
  private final Map<Integer, Function1<Object, Object>> converters = new HashMap<>();
  private Function1<Object, Object> rows;

  /** The columns of tables of the given schema. */
  public RawColumns(StructType schema, SourceValues values) {
    this.schema = schema;
    this.values = values;
  }

  /** The index of a column; -1 if there is none with the name. */
  public int place(String column) {
    String[] names = schema.fieldNames();
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(column)) {
        return i;
      }
    }
    return -1;
  }

  /** The type of a column. */
  public DataType type(int column) {
    return schema.fields()[column].dataType();
  }

  /**
   * A value in the form that the encoder expects: null, a text, number, boolean, date, list or
   * bytes.
   */
  public Object value(InternalRow row, int column) {
    if (row.isNullAt(column)) {
      return null;
    }
    Function1<Object, Object> converter =
        converters.computeIfAbsent(
            column, c -> CatalystTypeConverters.createToScalaConverter(type(c)));
    return values.of(converter.apply(row.get(column, type(column))));
  }

  /** The row as human-readable JSON. */
  public String json(InternalRow row) {
    if (rows == null) {
      rows = CatalystTypeConverters.createToScalaConverter(schema);
    }
    try {
      return ((Row) rows.apply(row)).json();
    } catch (IllegalArgumentException e) {
      // Spark has no JSON for some types, among them intervals.
      return texts(row).json();
    }
  }

  /** The row with all values as texts. */
  private Row texts(InternalRow row) {
    String[] names = schema.fieldNames();
    Object[] texts = new Object[names.length];
    StructType type = new StructType();
    for (int i = 0; i < names.length; i++) {
      Object value = value(row, i);
      texts[i] = value == null ? null : value.toString();
      type = type.add(names[i], DataTypes.StringType);
    }
    return new GenericRowWithSchema(texts, type);
  }
}
