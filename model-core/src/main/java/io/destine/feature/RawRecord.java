package io.destine.feature;

import java.util.List;
import java.util.Map;

/** The raw values of one row, field by field. */
@FunctionalInterface
public interface RawRecord {
  /**
   * True when the record provides the fields of side table t. Asked only if the table has no row
   * for its key.
   */
  default boolean gives(int t) {
    return false;
  }

  /** The value of a field of a side table, by its index among all fields; see {@link #gives}. */
  default Object given(int m) {
    return null;
  }

  /**
   * The value of field m: null, a text, number, boolean, date, list or array. An empty text and a
   * NaN count as missing, like null.
   */
  Object value(int m);

  /**
   * A record over a map from column to value; absent columns are missing values.
   *
   * @throws IllegalArgumentException when the map is null
   */
  static RawRecord ofColumns(List<FieldSpec> fields, Map<String, ?> values) {
    if (values == null) {
      throw new IllegalArgumentException("a row must be a map from column to value, got null");
    }
    return m -> values.get(fields.get(m).column());
  }
}
