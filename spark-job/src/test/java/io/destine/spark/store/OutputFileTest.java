package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @TempDir Path directory;

  /** Hadoop closes its file systems when the process ends. */
  @Test
  void aProcessThatIsStoppedWhileItWritesLeavesNothing() throws IOException {
    FileSystem fileSystem = FileSystem.newInstance(directory.toUri(), new Configuration(false));
    OutputFile file =
        new OutputFile(
            fileSystem, new org.apache.hadoop.fs.Path(directory.resolve("model").toUri()));
    assertThatThrownBy(
            () ->
                file.write(
                    out -> {
                      assertThat(directory).isNotEmptyDirectory();
                      fileSystem.close();
                    }))
        .hasCauseInstanceOf(FileNotFoundException.class);
    assertThat(directory).isEmptyDirectory();
  }
}
