package io.destine.spark.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathFilter;
import org.apache.hadoop.fs.RemoteIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesBelowTest {
  @TempDir java.nio.file.Path directory;

  /** Local files without locations, which Hadoop reads with a process for each file. */
  private static final class Unlocated extends LocalFileSystem {
    @Override
    public RemoteIterator<LocatedFileStatus> listLocatedStatus(Path path) {
      throw new UnsupportedOperationException("locations of " + path);
    }

    @Override
    protected RemoteIterator<LocatedFileStatus> listLocatedStatus(Path path, PathFilter filter) {
      throw new UnsupportedOperationException("locations of " + path);
    }
  }

  private static List<String> below(FileSystem fileSystem, String path) throws IOException {
    return SourceFiles.filesBelow(fileSystem, new Path(fileSystem.getUri().getScheme(), "", path))
        .stream()
        .map(file -> file.getPath().toUri().getPath() + " " + file.getLen())
        .toList();
  }

  @Test
  void filesOfAllLevelsWithTheirLengths() throws IOException {
    Files.createDirectories(directory.resolve("d=1/e=2"));
    Files.createDirectories(directory.resolve("none"));
    Files.writeString(directory.resolve("a"), "1");
    Files.writeString(directory.resolve("_SUCCESS"), "");
    Files.writeString(directory.resolve("d=1/b"), "22");
    Files.writeString(directory.resolve("d=1/e=2/c"), "333");
    LocalFileSystem local = new Unlocated();
    local.initialize(URI.create("file:///"), new Configuration(false));
    String root = directory.toString();
    for (FileSystem fileSystem : List.of(local, local.getRaw())) {
      assertThat(below(fileSystem, root))
          .containsExactlyInAnyOrder(
              root + "/a 1", root + "/_SUCCESS 0", root + "/d=1/b 2", root + "/d=1/e=2/c 3");
      assertThat(below(fileSystem, root + "/d=1/b")).containsExactly(root + "/d=1/b 2");
      assertThat(below(fileSystem, root + "/none")).isEmpty();
    }
  }
}
