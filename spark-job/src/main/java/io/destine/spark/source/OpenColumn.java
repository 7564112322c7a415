package io.destine.spark.source;

import io.destine.feature.FieldSpec;
import io.destine.spark.conf.EncodingConfig;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;

/**
 * A column whose fields are chosen from its values, with {@code fields = "*"}.
 *
 * @param name of the column
 * @param type in Spark's notation
 * @param holds the uses that its type allows
 * @param date whether it is the date column of the rows
 * @param days whether its days may be values: false if later rows will have other days
 */
public record OpenColumn(String name, String type, Holds holds, boolean date, boolean days) {

  /** The uses of a type. */
  public enum Holds {
    /** Texts (which may be numbers or times), whole numbers and decimals. */
    TEXTS,
    /** Numbers with 24 binary digits. */
    FLOATS,
    /** Numbers with 53 binary digits. */
    DOUBLES,
    /** Dates or times. */
    TIMES,
    /** One value per row of any other type. */
    VALUES,
    /** Lists of texts. */
    LISTS,
    /** Nothing that a field supports. */
    NONE
  }

  /** The columns of a table from which fields are chosen, in table order. */
  public static List<OpenColumn> of(StructType schema, EncodingConfig config) {
    Set<String> taken = new HashSet<>(TableSchema.roles(config).keySet());
    String date = config.dateColumn().orElse(null);
    boolean only = !config.label().equals(date) && !isRole(config, date);
    List<OpenColumn> columns = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (var field : schema.fields()) {
      String name = field.name();
      boolean dated = name.equals(date) && only;
      if (!name.equals(SourceTable.CORRUPT) && (dated || !taken.contains(name)) && seen.add(name)) {
        Holds holds = holds(field.dataType());
        columns.add(
            new OpenColumn(name, field.dataType().simpleString(), holds, dated, date == null));
      }
    }
    return columns;
  }

  private static boolean isRole(EncodingConfig config, String column) {
    return config.weight().filter(c -> c.equals(column)).isPresent()
        || config.group().filter(c -> c.equals(column)).isPresent()
        || config.split().key().filter(c -> c.equals(column)).isPresent();
  }

  private static Holds holds(DataType type) {
    if (type instanceof ArrayType list) {
      boolean numbers =
          list.elementType() instanceof FloatType || list.elementType() instanceof DoubleType;
      return TableSchema.isText(list.elementType()) && !numbers ? Holds.LISTS : Holds.NONE;
    }
    if (type instanceof FloatType) {
      return Holds.FLOATS;
    }
    if (type instanceof DoubleType) {
      return Holds.DOUBLES;
    }
    if (type instanceof StringType
        || type instanceof DecimalType
        || type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType) {
      return Holds.TEXTS;
    }
    return !TableSchema.isText(type)
        ? Holds.NONE
        : type instanceof TimestampType || type.typeName().matches("date|timestamp.*")
            ? Holds.TIMES
            : Holds.VALUES;
  }

  /** The same column for a data set that nightly runs extend. */
  OpenColumn ofNights() {
    return new OpenColumn(name, type, holds, date, false);
  }

  /** True if fields can be chosen from the column. */
  public boolean readable() {
    return holds != Holds.NONE;
  }

  /** The field that reads the column before its fields are chosen. */
  public FieldSpec reader() {
    return switch (holds) {
      case LISTS -> FieldSpec.multi(name);
      case FLOATS, DOUBLES -> FieldSpec.quantile(name, FieldSpec.DEFAULT_BUCKETS);
      default -> FieldSpec.categorical(name);
    };
  }
}
