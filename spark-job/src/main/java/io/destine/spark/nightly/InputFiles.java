package io.destine.spark.nightly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.source.CatalogTable;
import io.destine.spark.source.SourceFiles;
import io.destine.spark.store.Storage;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The files of a day as a run found them, so that a later one can tell whether they have changed.
 * Files that readers pass over, whose names begin with _ or a dot, do not count.
 *
 * @param files how many there are
 * @param size of all of them
 * @param unit of the size: bytes, or rows of the day of a table with snapshots
 * @param fingerprint SHA-256, in hexadecimal, of their names below the day's path, sizes and times
 *     of modification; of a table with snapshots, whose files never change, of their names and the
 *     numbers of the day's rows in them
 */
record InputFiles(long files, long size, String unit, String fingerprint) {
  private static final String BYTES = "bytes";
  private static final String ROWS = "rows";

  /** The files of a path; empty when there is nothing. */
  static Optional<InputFiles> of(Configuration hadoop, String path) {
    Path root = new Path(path);
    FileSystem fileSystem = Storage.of(hadoop, root);
    try {
      if (!fileSystem.exists(root)) {
        return Optional.empty();
      }
      String base = fileSystem.makeQualified(root).toString();
      TreeMap<String, FileStatus> files = new TreeMap<>();
      RemoteIterator<LocatedFileStatus> all = fileSystem.listFiles(root, true);
      while (all.hasNext()) {
        FileStatus file = all.next();
        String name = file.getPath().toString().substring(base.length());
        if (!name.contains("/_") && !name.contains("/.")) {
          files.put(name, file);
        }
      }
      return Optional.of(of(files));
    } catch (IOException e) {
      throw Storage.failure("list", root, e);
    }
  }

  private static InputFiles of(TreeMap<String, FileStatus> files) {
    StringBuilder text = new StringBuilder();
    long bytes = 0;
    for (var entry : files.entrySet()) {
      FileStatus file = entry.getValue();
      bytes += file.getLen();
      text.append(entry.getKey()).append('\n');
      text.append(file.getLen()).append(' ').append(file.getModificationTime()).append('\n');
    }
    return new InputFiles(files.size(), bytes, BYTES, JobConfig.sha256(text.toString()));
  }

  /** The files of rows of a table; empty when nothing tells which they are. */
  static Optional<InputFiles> of(CatalogTable table, Dataset<Row> rows) {
    if (table.fileColumn().isPresent()) {
      TreeMap<String, Long> counts = new TreeMap<>();
      rows.groupBy(table.fileColumn().get())
          .count()
          .collectAsList()
          .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
      long all = counts.values().stream().mapToLong(count -> count).sum();
      return Optional.of(
          new InputFiles(counts.size(), all, ROWS, JobConfig.sha256(counts.toString())));
    }
    Configuration hadoop = rows.sparkSession().sparkContext().hadoopConfiguration();
    TreeMap<String, FileStatus> files = new TreeMap<>();
    for (Path file : SourceFiles.of(rows)) {
      try {
        files.put(file.toString(), Storage.of(hadoop, file).getFileStatus(file));
      } catch (IOException e) {
        throw Storage.failure("look at", file, e);
      }
    }
    return files.isEmpty() ? Optional.empty() : Optional.of(of(files));
  }

  /** The files that a report has recorded; empty in reports that have not. */
  static Optional<InputFiles> recorded(JsonNode report) {
    JsonNode node = report.at("/input/files");
    return node.isObject()
        ? Optional.of(
            new InputFiles(
                node.path("count").asLong(),
                node.path(node.has(ROWS) ? ROWS : BYTES).asLong(),
                node.has(ROWS) ? ROWS : BYTES,
                node.path("fingerprint").asText()))
        : Optional.empty();
  }

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("count", files)
        .put(unit, size)
        .put("fingerprint", fingerprint);
  }

  /** Count and size in words. */
  String text() {
    return String.format(
        Locale.ROOT, "%,d %s of %,d %s", files, files == 1 ? "file" : "files", size, unit);
  }
}
