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
 * The files that a table is written to.
 *
 * @param format of the files
 * @param compression a name that Spark's writer of the format knows; its own choice when empty
 * @param most how many files at most; one for each task when empty
 */
public record TableFiles(TableFormat format, Optional<String> compression, OptionalInt most) {
  /**
   * Checks the compression.
   *
   * @throws UserError when the format has no such compression, or there are no files
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

  /** As many files of a format as there are tasks, in the compression of Spark's choice. */
  public static TableFiles of(TableFormat format) {
    return new TableFiles(format, Optional.empty(), OptionalInt.empty());
  }

  /** The options of Spark's writer for a table of that many columns. */
  Map<String, String> options(int columns) {
    Map<String, String> options = new HashMap<>(format.options());
    if (format == TableFormat.CSV && columns == 1) {
      // Null alone would be an empty line, which the writer leaves out and readers skip.
      options.put("nullValue", "\"\"");
    }
    compression.ifPresent(name -> options.put("compression", name));
    return options;
  }

  /** The table in as many partitions as there are to be files. */
  Dataset<Row> partitioned(Dataset<Row> table) {
    return most.isEmpty() ? table : ConsecutivePartitions.merged(table, most.getAsInt());
  }
}
