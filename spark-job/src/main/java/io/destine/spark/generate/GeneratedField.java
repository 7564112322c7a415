package io.destine.spark.generate;

import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.feature.Transform;
import java.io.Serializable;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * A column of a generated click log.
 *
 * @param name of the column
 * @param kind type of its values: a text of eight hexadecimal digits, a non-negative integer, a
 *     list of such texts, a text of several such words, or a list of floats
 * @param cardinality number of distinct texts or words; 1 for numbers and vectors
 * @param length maximum number of texts in a list or of words in a text, or number of floats in a
 *     vector; 1 for other kinds
 */
public record GeneratedField(String name, FieldKind kind, int cardinality, int length)
    implements Serializable {

  private static final int LONGEST_LIST = 5;

  /** A field with one text per row. */
  public static GeneratedField categorical(String name, int cardinality) {
    return new GeneratedField(name, FieldKind.CATEGORICAL, cardinality, 1);
  }

  /** A field with one number per row. */
  static GeneratedField numeric(String name) {
    return new GeneratedField(name, FieldKind.NUMERIC, 1, 1);
  }

  /** A field with up to five texts per row. */
  public static GeneratedField multi(String name, int cardinality) {
    return new GeneratedField(name, FieldKind.MULTI, cardinality, LONGEST_LIST);
  }

  /** A field with a text of up to five words per row. */
  public static GeneratedField text(String name, int cardinality) {
    return new GeneratedField(name, FieldKind.TEXT, cardinality, LONGEST_LIST);
  }

  /** A field with a vector per row. */
  public static GeneratedField vector(String name, int length) {
    return new GeneratedField(name, FieldKind.VECTOR, 1, length);
  }

  /** The column's type; lists are joined into one text if the format does not support lists. */
  DataType type(boolean listsAsText) {
    return switch (kind) {
      case CATEGORICAL, TEXT -> DataTypes.StringType;
      case NUMERIC -> DataTypes.LongType;
      case MULTI ->
          listsAsText
              ? DataTypes.StringType
              : DataTypes.createArrayType(DataTypes.StringType, false);
      case VECTOR ->
          listsAsText
              ? DataTypes.StringType
              : DataTypes.createArrayType(DataTypes.FloatType, false);
    };
  }

  /** The field's configuration. */
  FieldSpec spec() {
    return switch (kind) {
      case CATEGORICAL -> FieldSpec.categorical(name);
      case NUMERIC -> FieldSpec.numeric(name, Transform.LOG_SQUARED);
      case MULTI -> FieldSpec.multi(name);
      case TEXT -> FieldSpec.text(name);
      case VECTOR -> FieldSpec.vector(name, length);
    };
  }
}
