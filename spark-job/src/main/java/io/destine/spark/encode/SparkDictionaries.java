package io.destine.spark.encode;

import java.lang.reflect.Field;
import org.apache.spark.sql.execution.datasources.parquet.ParquetDictionary;
import org.apache.spark.sql.execution.vectorized.WritableColumnVector;

/**
 * Which Parquet dictionary a column's values come from. Spark wraps the dictionary of a row group
 * anew for each batch and does not show it, so it is read from the private fields; where these are
 * not what they are in Spark 3.5 and 4.2, the answer is that it is not known.
 */
final class SparkDictionaries {
  private static final Field WRAPPER = field(WritableColumnVector.class, "dictionary");
  private static final Field WRAPPED = field(ParquetDictionary.class, "dictionary");

  private SparkDictionaries() {}

  /** The same object for two batches only if their dictionary is one; null when not known. */
  static Object identity(WritableColumnVector column) {
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
    } catch (NoSuchFieldException | RuntimeException e) {
      return null;
    }
  }
}
