package io.destine.spark.encode;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.internals.Relations;
import io.destine.spark.source.SourceFiles;
import io.destine.spark.source.SourceParts;
import io.destine.spark.source.TableSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;

/**
 * The identity of the source of an encoded data set, by which a later run decides whether it can
 * reuse the data set.
 */
final class SourceFingerprint {
  private SourceFingerprint() {}

  /**
   * SHA-256 over settings and the snapshot of the source table or, without one, the definitions of
   * its views and the path, size and modification time of every source file, and the same for side
   * tables; empty if changes of a table cannot be detected.
   */
  static String of(Configuration hadoop, String settings, SourceParts source) {
    List<Dataset<?>> tables = new ArrayList<>();
    source.parts().forEach(part -> tables.add(part.table()));
    source.sides().forEach(side -> tables.add(side.rows()));
    StringBuilder described = new StringBuilder(settings);
    for (Dataset<?> table : tables) {
      for (String view : Relations.views(table)) {
        if (view.isEmpty()) {
          return "";
        }
        described.append("\nview ").append(view);
      }
    }
    String made = of(hadoop, described.toString(), source.files(), source.snapshot());
    for (SourceParts.Side side : source.sides()) {
      made = made.isEmpty() ? "" : of(hadoop, made, side.files(), side.snapshot());
    }
    return made;
  }

  private static String of(
      Configuration hadoop, String settings, List<Path> files, Optional<TableSnapshot> snapshot) {
    if (snapshot.isPresent()) {
      // Dropping and creating a Delta table restarts its versions at 0, so an id is not unique.
      TableSnapshot read = snapshot.get();
      return JobConfig.sha256(settings + "\nsnapshot " + read.id() + " of " + read.committed());
    }
    if (files.isEmpty()) {
      return "";
    }
    DataFiles access = new DataFiles(hadoop);
    StringBuilder text = new StringBuilder(settings);
    List<Path> sorted = new ArrayList<>(files);
    sorted.sort(Comparator.comparing(SourceFingerprint::url));
    List<FileStatus> statuses = SourceFiles.ofEach(sorted, file -> access.status(file.toString()));
    for (int i = 0; i < sorted.size(); i++) {
      FileStatus status = statuses.get(i);
      text.append('\n').append(url(sorted.get(i)));
      text.append('\n').append(status.getLen()).append(' ').append(status.getModificationTime());
    }
    return JobConfig.sha256(text.toString());
  }

  private static String url(Path file) {
    return file.toUri().toString();
  }
}
