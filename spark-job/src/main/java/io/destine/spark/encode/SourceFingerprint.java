package io.destine.spark.encode;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;

/** What an encoded data set was made of, so that a later run knows whether it may use it again. */
final class SourceFingerprint {
  private SourceFingerprint() {}

  /**
   * SHA-256 over settings and the path, size and modification time of every source file; empty when
   * the source is not made of files, for then nothing tells whether it changed.
   */
  static String of(Configuration hadoop, String settings, List<String> files) {
    if (files.isEmpty()) {
      return "";
    }
    DataFiles access = new DataFiles(hadoop);
    StringBuilder text = new StringBuilder(settings);
    for (String file : files.stream().sorted().toList()) {
      FileStatus status = access.status(file);
      text.append('\n').append(file);
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
}
