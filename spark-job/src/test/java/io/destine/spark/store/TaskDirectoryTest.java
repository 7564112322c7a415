package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.LocalDisk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskDirectoryTest {
  private static final String NAME = "part-00000.safetensors";

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Test
  void anAttemptThatIsKilledSpoilsNoFileOfAnother(@TempDir Path directory) throws IOException {
    Configuration hadoop = new Configuration(false);
    hadoop.setClass("fs.file.impl", LocalDisk.class, LocalDisk.class);
    TaskDirectory files = TaskDirectory.of(hadoop, directory.toString());
    try (OutputStream out = files.create(NAME)) {
      write(out, "all rows");
    }
    assertThat(files.length(NAME)).as("before the file is complete").isEqualTo(-1);
    files.finish(NAME);
    try (OutputStream out = files.create(NAME)) {
      write(out, "all");
    }
    assertThat(files.read(NAME)).isEqualTo("all rows");
    assertThat(files.list()).hasSize(2);
    // The file of the killed attempt does not make the directory a foreign one.
    Files.writeString(directory.resolve("manifest.json"), "{\"encoding_fingerprint\": \"\"}");
    Files.createDirectories(directory.resolve("vocabulary"));
    Files.move(directory.resolve(NAME), directory.resolve("vocabulary").resolve(NAME));
    assertThat(
            OutputContents.of(Storage.of(hadoop, files.root()), files.root())
                .isReplaceableBy(OutputKind.DATA_SET))
        .isTrue();
    files.removeUnfinished();
    assertThat(files.list()).containsExactly("manifest.json", "vocabulary/" + NAME);
  }
}
