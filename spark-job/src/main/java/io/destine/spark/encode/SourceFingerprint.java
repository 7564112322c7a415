package io.destine.spark.encode;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** What an encoded data set was made of, so that a later run knows whether it may use it again. */
final class SourceFingerprint {
  private SourceFingerprint() {}

  /**
   * SHA-256 over settings and the path, size and modification time of every source file; empty when
   * the source is not made of files, for then nothing tells whether it changed.
   */
  static String of(Configuration hadoop, String settings, List<Path> files) {
    if (files.isEmpty()) {
      return "";
    }
    DataFiles access = new DataFiles(hadoop);
    StringBuilder text = new StringBuilder(settings);
    List<Path> sorted = new ArrayList<>(files);
    sorted.sort(Comparator.comparing(SourceFingerprint::url));
    for (Path file : sorted) {
      FileStatus status = access.status(file.toString());
      text.append('\n').append(url(file));
      text.append('\n').append(status.getLen()).append(' ').append(status.getModificationTime());
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 must be available in every JVM", e);
    }
  }

  private static String url(Path file) {
    return file.toUri().toString();
  }
}
