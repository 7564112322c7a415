package io.destine.spark.sink;

import io.destine.spark.conf.NearestName;
import io.destine.spark.conf.UserError;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The files of a written table.
 *
 * @param format of the files
 * @param compression a name known to Spark's writer of the format; if empty, none for text, and the
 *     one configured in Spark for Parquet and ORC
 * @param most maximum number of files; one for each task if empty
 */
public record TableFiles(TableFormat format, Optional<String> compression, OptionalInt most) {
  /**
   * Checks the compression and the number of files.
   *
   * @throws UserError if the format has no such compression, or the number of files is not positive
   */
  public TableFiles {
    if (compression.isPresent() && !format.compressions().contains(compression.get())) {
      throw new UserError(
          String.format(
              "--compression: %s has no \"%s\"; choose one of %s%s",
              format.spark(),
              compression.get(),
              String.join(", ", format.compressions()),
              NearestName.suggestion(compression.get(), format.compressions())));
    }
    if (most.isPresent() && most.getAsInt() < 1) {
      throw new UserError("--files must be 1 or more, got " + most.getAsInt());
    }
  }

  /** One file for each task, with the default compression. */
  public static TableFiles of(TableFormat format) {
    return new TableFiles(format, Optional.empty(), OptionalInt.empty());
  }

  /** The options of Spark's writer for a table with this number of columns. */
  Map<String, String> options(int columns) {
    Map<String, String> options = new HashMap<>(format.options());
    if (format == TableFormat.CSV && columns == 1) {
      // In a single column, null would be an empty line, which the writer omits and readers skip.
      options.put("nullValue", "\"\"");
    }
    compression.ifPresent(name -> options.put("compression", name));
    return options;
  }

  /** The table with one partition for each file. */
  Dataset<Row> partitioned(Dataset<Row> table) {
    return most.isEmpty() ? table : ConsecutivePartitions.merged(table, most.getAsInt());
  }
}
