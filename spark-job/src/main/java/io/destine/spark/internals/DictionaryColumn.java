package io.destine.spark.internals;

import java.lang.reflect.Field;
import org.apache.spark.sql.execution.datasources.parquet.ParquetDictionary;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;
import org.apache.spark.sql.vectorized.ColumnVector;

/** A column of a batch whose values are entries of a Parquet dictionary. */
public final class DictionaryColumn {
  private static final Field WRAPPER = field(WritableColumnVector.class, "dictionary");
  private static final Field WRAPPED = field(ParquetDictionary.class, "dictionary");

  private final WritableColumnVector entries;
  private final Object dictionary;

  private DictionaryColumn(WritableColumnVector entries, Object dictionary) {
    this.entries = entries;
    this.dictionary = dictionary;
  }

  /** The column as such a one; null when its values are not in a dictionary. */
  public static DictionaryColumn of(ColumnVector column) {
    return column instanceof WritableColumnVector values && values.hasDictionary()
        ? new DictionaryColumn(values.getDictionaryIds(), dictionary(values))
        : null;
  }

  /** The place in the dictionary of the value of a row, which must have one. */
  public int entry(int row) {
    return entries.getDictId(row);
  }

  /**
   * The same object for two batches only if their dictionary is one; null when not known.
   *
   * <p>Spark wraps the dictionary of a row group again for each batch and does not show it, so it
   * is read from private fields; where these are not what they are in Spark 3.5 and 4.2, it is not
   * known.
   */
  public Object dictionary() {
    return dictionary;
  }

  private static Object dictionary(WritableColumnVector column) {
    if (WRAPPER == null || WRAPPED == null) {
      return null;
    }
    try {
      return WRAPPER.get(column) instanceof ParquetDictionary wrapper ? WRAPPED.get(wrapper) : null;
    } catch (IllegalAccessException e) {
      return null;
    }
  }

  private static Field field(Class<?> owner, String name) {
    try {
      Field field = owner.getDeclaredField(name);
      field.setAccessible(true);
      return field;
    } catch (Exception e) {
      return null;
    }
  }
}
