package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
  @TempDir Path directory;

  private void copy(String to) {
    Storage.copy(
        new Configuration(false),
        new org.apache.hadoop.fs.Path(directory.resolve("from").toUri()),
        new org.apache.hadoop.fs.Path(directory.resolve(to).toUri()));
  }

  /** Hadoop would put the copy inside. */
  @Test
  void aDirectoryIsNotCopiedToWhereOneIs() throws IOException {
    Files.createDirectories(directory.resolve("from"));
    Files.writeString(directory.resolve("from/file"), "text");
    Files.createDirectories(directory.resolve("there"));
    assertThatThrownBy(() -> copy("there"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the target exists");
    assertThat(directory.resolve("there")).isEmptyDirectory();
    copy("new");
    assertThat(directory.resolve("new/file")).hasContent("text");
  }
}
