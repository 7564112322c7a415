package io.destine.spark.store;

import io.destine.spark.LocalDisk;
import java.io.FileNotFoundException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.Comparator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * The local file system that fails at its n-th operation, counted from 1: that one alone, as a
 * storage hiccup, or also every later one, as when the process was killed there. A failing write
 * leaves half of its bytes, a failing recursive delete half of the directory, without a manifest.
 */
public final class FaultyFileSystem extends FilterFileSystem {
  private final int failAt;
  private final boolean killed;
  private int operations;

  /** Fails at operation {@code failAt}; at all later ones too when {@code killed}. */
  public FaultyFileSystem(int failAt, boolean killed) throws IOException {
    super(new LocalDisk.Raw());
    initialize(URI.create("file:///"), new Configuration(false));
    this.failAt = failAt;
    this.killed = killed;
  }

  /** True when the fault has happened. */
  public boolean failed() {
    return operations >= failAt;
  }

  private boolean fails() {
    operations++;
    return killed ? operations >= failAt : operations == failAt;
  }

  private void count(String operation, Path path) throws IOException {
    if (fails()) {
      throw new IOException("injected fault at " + operation + " " + path);
    }
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    count("open", path);
    return super.open(path, bufferSize);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    count("create", path);
    // Without the permission, for which the local file system would start a process.
    OutputStream out = fs.create(path, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(new FaultyStream(out, path), null);
  }

  private final class FaultyStream extends FilterOutputStream {
    private final Path path;

    FaultyStream(OutputStream out, Path path) {
      super(out);
      this.path = path;
    }

    @Override
    public void write(byte[] bytes, int at, int length) throws IOException {
      if (fails()) {
        out.write(bytes, at, length / 2);
        throw new IOException("injected fault at write to " + path);
      }
      out.write(bytes, at, length);
    }

    @Override
    public void close() throws IOException {
      out.close();
      count("close", path);
    }
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    count("rename", from);
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    if (fails()) {
      try {
        FileStatus[] children = super.listStatus(path);
        Arrays.sort(children, Comparator.comparing(child -> !isOfManifest(child)));
        for (int i = 0; i < children.length / 2; i++) {
          super.delete(children[i].getPath(), true);
        }
      } catch (FileNotFoundException e) {
        // Nothing to delete by halves.
      }
      throw new IOException("injected fault at delete " + path);
    }
    return super.delete(path, recursive);
  }

  private static boolean isOfManifest(FileStatus file) {
    return file.getPath().getName().startsWith("manifest.");
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    count("getFileStatus", path);
    return super.getFileStatus(path);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    count("listStatus", path);
    return super.listStatus(path);
  }
}
