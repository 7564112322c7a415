package io.destine.spark.store;

import io.destine.artifact.FileName;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelDirectory;
import io.destine.artifact.ModelFormatException;
import java.io.FileNotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A model directory on any Hadoop file system. All files stay under the root: names are checked by
 * {@link FileName#require}. Failures are {@link UncheckedIOException} with the path.
 */
public class HadoopModelDirectory implements ModelDirectory {
  private final FileSystem fileSystem;
  private final Path root;

  /** The directory at the given path, which need not exist yet. */
  public HadoopModelDirectory(FileSystem fileSystem, Path root) {
    this.fileSystem = fileSystem;
    this.root = fileSystem.makeQualified(root);
  }

  /** The directory's path with scheme and authority. */
  public Path root() {
    return root;
  }

  private Path path(String name) {
    return new Path(root, new Path(null, null, FileName.require(name)));
  }

  @Override
  public OutputStream create(String name) {
    Path path = path(name);
    try {
      return StorageOutput.create(fileSystem, path, true);
    } catch (IOException e) {
      throw Storage.failure("create", path, e);
    }
  }

  /** Writes a text file in UTF-8, replacing an existing one. */
  public final void write(String name, String text) {
    try (OutputStream out = create(name)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw Storage.failure("write", path(name), e);
    }
  }

  /** The text of a file, from UTF-8. */
  public final String read(String name) {
    try (InputStream in = open(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw Storage.failure("read", path(name), e);
    }
  }

  /** Copies all files of another directory, the manifest last. */
  public final void copy(HadoopModelDirectory from) {
    List<String> names = new ArrayList<>(from.list());
    if (names.remove(Manifest.FILE)) {
      names.add(Manifest.FILE);
    }
    for (String name : names) {
      try (InputStream in = from.open(name);
          OutputStream out = create(name)) {
        in.transferTo(out);
      } catch (IOException e) {
        throw Storage.failure("copy " + from.path(name) + " to", path(name), e);
      }
    }
  }

  @Override
  public InputStream open(String name) {
    Path path = path(name);
    try {
      return new CheckedStream(fileSystem.open(path), path);
    } catch (IOException e) {
      throw Storage.failure("open", path, e);
    }
  }

  /** Reports checksum errors of the file system as a damaged file. */
  private static final class CheckedStream extends FilterInputStream {
    private final Path path;

    CheckedStream(InputStream in, Path path) {
      super(in);
      this.path = path;
    }

    @Override
    public int read() throws IOException {
      try {
        return in.read();
      } catch (ChecksumException e) {
        throw damaged(e);
      }
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      try {
        return in.read(into, at, length);
      } catch (ChecksumException e) {
        throw damaged(e);
      }
    }

    private ModelFormatException damaged(ChecksumException e) {
      return new ModelFormatException(
          path
              + " is damaged: the bytes at "
              + e.getPos()
              + " do not match the file system's checksum");
    }
  }

  @Override
  public List<String> list() {
    List<String> names = new ArrayList<>();
    try {
      collect(root, names);
    } catch (FileNotFoundException e) {
      return List.of();
    } catch (IOException e) {
      throw Storage.failure("list", root, e);
    }
    Collections.sort(names);
    return names;
  }

  /**
   * Uses listStatus: listFiles requests permissions, for which a local file system starts a process
   * for each file.
   */
  private void collect(Path directory, List<String> names) throws IOException {
    for (FileStatus status : fileSystem.listStatus(directory)) {
      if (status.isDirectory()) {
        collect(status.getPath(), names);
      } else {
        names.add(root.toUri().relativize(status.getPath().toUri()).getPath());
      }
    }
  }

  @Override
  public long length(String name) {
    Path path = path(name);
    try {
      FileStatus status = fileSystem.getFileStatus(path);
      return status.isFile() ? status.getLen() : -1;
    } catch (FileNotFoundException e) {
      return -1;
    } catch (IOException e) {
      throw Storage.failure("read the length of", path, e);
    }
  }

  @Override
  public String location() {
    return root.toString();
  }
}
