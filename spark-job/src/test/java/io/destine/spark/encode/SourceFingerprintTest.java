package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.MeetingDisk;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.source.SourceParts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFingerprintTest {
  /** Data sets store the fingerprint, so its text is a format. */
  @Test
  void filesAreAskedForTogetherAndNamedInOrder(@TempDir Path directory) throws IOException {
    EncodingCase at = new EncodingCase(directory);
    List<String> rows = List.of("1,a", "0,bb", "1,ccc");
    Path source = at.writeParts("source", "y,user", rows, 3);
    JobConfig config = at.config(source, "label = y, fields = [ user ]");
    StringBuilder text = new StringBuilder("settings");
    for (int i = 0; i < 3; i++) {
      Path file = source.resolve("part-" + i + ".csv");
      text.append("\nfile://").append(file).append('\n');
      text.append(Files.size(file)).append(' ');
      text.append(Files.getLastModifiedTime(file).toMillis());
    }
    assertThat(
            SourceFingerprint.of(
                MeetingDisk.settings(3),
                "settings",
                SourceParts.read(SharedSpark.session(), config)))
        .isEqualTo(JobConfig.sha256(text.toString()));
  }
}
