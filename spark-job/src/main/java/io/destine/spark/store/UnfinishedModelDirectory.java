package io.destine.spark.store;

import io.destine.artifact.Manifest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A model directory that is being written: its manifest is written only by {@link #finish}. */
final class UnfinishedModelDirectory extends HadoopModelDirectory {
  /** Marks a directory whose writer is running or was killed. */
  static final String MARK = ".unfinished-model";

  private final FileSystem fileSystem;
  private ByteArrayOutputStream manifest;

  UnfinishedModelDirectory(FileSystem fileSystem, Path root) {
    super(fileSystem, root);
    this.fileSystem = fileSystem;
  }

  /** Marks the directory and removes everything else in it. */
  void begin() {
    Storage.beginInPlace(fileSystem, mark(), new Path(root(), Manifest.FILE));
  }

  /** Writes the manifest, which makes the model complete. */
  void finish() {
    Path path = new Path(root(), Manifest.FILE);
    if (!new AtomicFile(fileSystem, path).create(manifest.toString(StandardCharsets.UTF_8))) {
      throw new LostLockException(path + ": another run has written this model in the meantime");
    }
    Storage.deleteLeftover(fileSystem, mark());
  }

  private Path mark() {
    return new Path(root(), MARK);
  }

  private boolean isKeptBack(String name) {
    return name.equals(Manifest.FILE) && manifest != null;
  }

  @Override
  public OutputStream create(String name) {
    if (name.equals(Manifest.FILE)) {
      manifest = new ByteArrayOutputStream();
      return manifest;
    }
    return super.create(name);
  }

  @Override
  public InputStream open(String name) {
    return isKeptBack(name) ? new ByteArrayInputStream(manifest.toByteArray()) : super.open(name);
  }

  @Override
  public long length(String name) {
    return isKeptBack(name) ? manifest.size() : super.length(name);
  }

  @Override
  public List<String> list() {
    List<String> names = new ArrayList<>(super.list());
    names.remove(MARK);
    if (manifest != null) {
      names.add(Manifest.FILE);
      Collections.sort(names);
    }
    return names;
  }
}
