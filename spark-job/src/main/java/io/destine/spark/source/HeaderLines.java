package io.destine.spark.source;

import io.destine.spark.conf.UserError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** The header lines of separated text, which must be equal in all files of a table. */
final class HeaderLines {
  private HeaderLines() {}

  /**
   * Checks that all non-empty files begin with the same line.
   *
   * @throws UserError naming a file that does not
   */
  static void requireEqual(Configuration hadoop, List<Path> files) {
    String expected = null;
    List<String> lines = SourceFiles.ofEach(files, file -> first(hadoop, file));
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line == null) {
        continue;
      }
      if (expected != null && !expected.equals(line)) {
        throw new UserError(
            SourceFiles.shown(files.get(i))
                + ": the header is "
                + line
                + ", but that of other files is "
                + expected
                + "; files of one table must have the same columns in the same order");
      }
      expected = line;
    }
  }

  /** The first non-blank line of a file as bytes, regardless of the encoding; null without one. */
  private static String first(Configuration hadoop, Path file) {
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    try (InputStream stored = file.getFileSystem(hadoop).open(file);
        InputStream content = codec == null ? stored : codec.createInputStream(stored);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(content, StandardCharsets.ISO_8859_1))) {
      String line = lines.readLine();
      while (line != null && line.isBlank()) {
        line = lines.readLine();
      }
      return line;
    } catch (IOException e) {
      throw SourceFailure.of(e, SourceFiles.shown(file));
    }
  }
}
