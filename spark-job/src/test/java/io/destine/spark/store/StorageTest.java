package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.LocalDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
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

  /**
   * Hadoop's local rename copies if the system refuses, and may fail once the source is deleted.
   */
  private static final class Copying extends LocalDisk {
    @Override
    public boolean rename(org.apache.hadoop.fs.Path from, org.apache.hadoop.fs.Path to)
        throws IOException {
      FileUtil.copy(this, from, this, to, true, getConf());
      return false;
    }
  }

  @Test
  void aLocalDirectoryThatTheSystemDoesNotRenameStays() throws IOException {
    Path from = Files.createDirectories(directory.resolve("from"));
    Files.writeString(from.resolve("file"), "text");
    Copying disk = new Copying();
    disk.initialize(URI.create("file:///"), new Configuration(false));
    org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(from.toString());
    org.apache.hadoop.fs.Path refused = new org.apache.hadoop.fs.Path(directory + "/absent/to");
    assertThatThrownBy(() -> Storage.rename(disk, source, refused))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("Cannot rename " + from);
    assertThat(from.resolve("file")).hasContent("text");
    Storage.rename(disk, source, new org.apache.hadoop.fs.Path(directory + "/to"));
    assertThat(from).doesNotExist();
    assertThat(directory.resolve("to/file")).hasContent("text");
  }
}
