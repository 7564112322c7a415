package io.destine.spark.nightly;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.report.RunReport;
import io.destine.spark.source.CatalogTable;
import io.destine.spark.source.SourceFiles;
import io.destine.spark.store.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Lists the files of a day, so that a later run can detect changes. Files that Spark skips are
 * ignored.
 */
final class InputFiles {
  private InputFiles() {}

  /** The files of a path; empty if it does not exist. */
  static Optional<RunReport.Files> of(Configuration hadoop, String path) {
    Path root = new Path(path);
    FileSystem fileSystem = Storage.of(hadoop, root);
    try {
      if (!fileSystem.exists(root)) {
        return Optional.empty();
      }
      Path base = fileSystem.makeQualified(root);
      TreeMap<String, FileStatus> files = new TreeMap<>();
      for (FileStatus file : SourceFiles.filesBelow(fileSystem, root)) {
        if (!SourceFiles.isHidden(base, file.getPath())) {
          files.put(file.getPath().toString().substring(base.toString().length()), file);
        }
      }
      return Optional.of(of(files));
    } catch (IOException e) {
      throw Storage.failure("list", root, e);
    }
  }

  private static RunReport.Files of(TreeMap<String, FileStatus> files) {
    StringBuilder text = new StringBuilder();
    long bytes = 0;
    for (var entry : files.entrySet()) {
      FileStatus file = entry.getValue();
      bytes += file.getLen();
      text.append(entry.getKey()).append('\n');
      text.append(file.getLen()).append(' ').append(file.getModificationTime()).append('\n');
    }
    return new RunReport.Files((long) files.size(), bytes, null, JobConfig.sha256(text.toString()));
  }

  /** The files of rows of a table; empty if they cannot be determined. */
  static Optional<RunReport.Files> of(CatalogTable table, Dataset<Row> rows) {
    if (table.fileColumn().isPresent()) {
      TreeMap<String, Long> counts = new TreeMap<>();
      rows.groupBy(table.fileColumn().get())
          .count()
          .collectAsList()
          .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
      long all = counts.values().stream().mapToLong(count -> count).sum();
      return Optional.of(
          new RunReport.Files(
              (long) counts.size(), null, all, JobConfig.sha256(counts.toString())));
    }
    Configuration hadoop = rows.sparkSession().sparkContext().hadoopConfiguration();
    List<Path> paths = SourceFiles.of(rows);
    List<FileStatus> statuses = SourceFiles.ofEach(paths, file -> status(hadoop, file));
    TreeMap<String, FileStatus> files = new TreeMap<>();
    for (int i = 0; i < paths.size(); i++) {
      files.put(paths.get(i).toString(), statuses.get(i));
    }
    return files.isEmpty() ? Optional.empty() : Optional.of(of(files));
  }

  private static FileStatus status(Configuration hadoop, Path file) {
    try {
      return Storage.of(hadoop, file).getFileStatus(file);
    } catch (IOException e) {
      throw Storage.failure("access", file, e);
    }
  }
}
