package io.destine.spark.sink;

import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** File formats of tables. Each preserves values. */
public enum TableFormat {
  /** Parquet. */
  PARQUET,
  /** ORC. */
  ORC,
  /** Text by RFC 4180 with a header: quotes are doubled, spaces kept, an empty text is quoted. */
  CSV,
  /** One JSON object per line, with nulls. */
  JSON;

  /** Timestamps with microseconds; seconds of the offset only if not 0. */
  private static final String TIME = "yyyy-MM-dd'T'HH:mm:ss[.SSSSSS]";

  /** Spark's name of the format. */
  public String spark() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The compressions that need no additional library, by Spark's names. */
  public List<String> compressions() {
    return switch (this) {
      case PARQUET -> List.of("none", "snappy", "gzip", "zstd", "lz4_raw");
      case ORC -> List.of("none", "snappy", "zlib", "zstd", "lz4");
      case CSV, JSON -> List.of("none", "gzip", "bzip2", "deflate", "snappy", "lz4");
    };
  }

  /**
   * The options of Spark's writer. Text without the option {@code compression} would be compressed
   * if Hadoop's settings say so.
   */
  Map<String, String> options() {
    return switch (this) {
      case PARQUET, ORC -> Map.of();
      case CSV ->
          Map.of(
              "compression", "none",
              "header", "true",
              "escape", "\"",
              "ignoreLeadingWhiteSpace", "false",
              "ignoreTrailingWhiteSpace", "false",
              "timestampFormat", TIME + "[XXXXX]",
              "timestampNTZFormat", TIME);
      case JSON ->
          Map.of(
              "compression",
              "none",
              "ignoreNullFields",
              "false",
              "timestampFormat",
              TIME + "[XXXXX]",
              "timestampNTZFormat",
              TIME);
    };
  }

  /**
   * Checks that this format supports every column.
   *
   * @throws UserError with one line for each unsupported column
   */
  public void require(StructType schema) {
    List<String> problems = new ArrayList<>();
    for (StructField field : schema.fields()) {
      if (this == CSV && !single(field.dataType())) {
        problems.add(
            String.format(
                "column \"%s\" of type %s cannot be written as csv; use --format parquet or json",
                field.name(), field.dataType().simpleString()));
      }
      // ORC's writer accepts such a name, but its reader fails on the file.
      if (this == ORC && field.name().indexOf('`') >= 0) {
        problems.add(
            String.format(
                "column \"%s\" has a backtick in its name, which orc cannot hold; use --format"
                    + " parquet, csv or json",
                field.name()));
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
  }

  /** True if columns can hold lists. */
  public boolean holdsLists() {
    return this != CSV;
  }

  private static boolean single(DataType type) {
    return !(type instanceof ArrayType
        || type instanceof MapType
        || type instanceof StructType
        || type instanceof BinaryType);
  }
}
