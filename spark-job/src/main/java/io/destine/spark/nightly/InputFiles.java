package io.destine.spark.nightly;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.store.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The files of a day as a run found them, so that a later one can tell whether they have changed.
 * Files that readers pass over, whose names begin with _ or a dot, do not count.
 *
 * @param files how many there are
 * @param bytes of all of them
 * @param fingerprint SHA-256, in hexadecimal, of their names below the day's path, sizes and times
 *     of modification
 */
record InputFiles(long files, long bytes, String fingerprint) {

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
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] hash = digest.digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return new InputFiles(files.size(), bytes, HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 must be available in every JVM", e);
    }
  }

  /** The files that a report has recorded; empty in reports that have not. */
  static Optional<InputFiles> recorded(JsonNode report) {
    JsonNode node = report.at("/input/files");
    return node.isObject()
        ? Optional.of(
            new InputFiles(
                node.path("count").asLong(),
                node.path("bytes").asLong(),
                node.path("fingerprint").asText()))
        : Optional.empty();
  }

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("count", files)
        .put("bytes", bytes)
        .put("fingerprint", fingerprint);
  }

  /** Count and size in words. */
  String text() {
    return String.format(
        Locale.ROOT, "%,d %s of %,d bytes", files, files == 1 ? "file" : "files", bytes);
  }
}
