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

  /** The column as a dictionary column; null if its values are not in a dictionary. */
  public static DictionaryColumn of(ColumnVector column) {
    return column instanceof WritableColumnVector values && values.hasDictionary()
        ? new DictionaryColumn(values.getDictionaryIds(), dictionary(values))
        : null;
  }

  /** The dictionary index of the value of a row, which must not be null. */
  public int entry(int row) {
    return entries.getDictId(row);
  }

  /**
   * The identity of the dictionary: two batches return the same object only if they share a
   * dictionary; null if unknown.
   *
   * <p>Spark wraps the dictionary of a row group again for each batch and does not expose it, so it
   * is read from private fields; if these differ from those in Spark 3.5 and 4.2, it is unknown.
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
