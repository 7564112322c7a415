package io.destine.spark.store;

import io.destine.spark.LocalDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * A directory of this machine with the rules of an object store, under the scheme {@code store}: a
 * file is there when its stream is closed; one can be created on the condition that there is none;
 * directories are renamed file by file.
 *
 * <p>Settings: {@code store.ignores} makes it ignore conditions, {@code store.loses} loses the
 * answer to every conditional write, which then counts as failed.
 */
public final class ObjectStore extends LocalDisk.Raw {
  public static final String SCHEME = "store";

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public URI getUri() {
    return URI.create(SCHEME + ":///");
  }

  /** A separate instance with the given settings. */
  static FileSystem of(String... settings) throws IOException {
    Configuration hadoop = new Configuration(false);
    for (String setting : settings) {
      hadoop.setBoolean(setting, true);
    }
    ObjectStore store = new ObjectStore();
    store.initialize(URI.create(SCHEME + ":///"), hadoop);
    return store;
  }

  @Override
  public boolean hasPathCapability(Path path, String capability) throws IOException {
    return capability.equals(ConditionalCreate.CAPABILITY)
        || super.hasPathCapability(path, capability);
  }

  private static final Map<Path, Runnable> ON_NEXT_LOOK = new ConcurrentHashMap<>();

  /** Runs an action the next time the status of a path is requested, before the answer. */
  public static void onNextLookAt(java.nio.file.Path path, Runnable event) {
    ON_NEXT_LOOK.put(new Path(SCHEME + ":" + path), event);
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    Runnable event = ON_NEXT_LOOK.remove(path);
    if (event != null) {
      event.run();
    }
    return super.getFileStatus(path);
  }

  private static final Set<Path> REFUSED = ConcurrentHashMap.newKeySet();

  /** Fails once when one of these paths is to be deleted. */
  public static void failOnDeleting(java.nio.file.Path... paths) {
    for (java.nio.file.Path path : paths) {
      REFUSED.add(new Path(SCHEME + ":" + path));
    }
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    if (REFUSED.contains(path)) {
      REFUSED.clear();
      throw new IOException("503 Slow Down");
    }
    return super.delete(path, recursive);
  }

  /** Directories that have been renamed in this JVM, which takes long in an object store. */
  public static final List<String> RENAMED = new CopyOnWriteArrayList<>();

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    if (getFileStatus(from).isDirectory()) {
      RENAMED.add(from.toString());
    }
    return super.rename(from, to);
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
    return create(path, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    if (!overwrite && exists(path)) {
      throw new org.apache.hadoop.fs.FileAlreadyExistsException(path.toString());
    }
    return new FSDataOutputStream(new Upload(path, false), null);
  }

  @Override
  @SuppressWarnings("rawtypes")
  public FSDataOutputStreamBuilder createFile(Path path) {
    return new Builder(this, path);
  }

  private static final class Builder
      extends FSDataOutputStreamBuilder<FSDataOutputStream, Builder> {
    private final ObjectStore store;

    Builder(ObjectStore store, Path path) {
      super(store, path);
      this.store = store;
    }

    @Override
    public Builder getThisBuilder() {
      return this;
    }

    @Override
    public FSDataOutputStream build() throws IOException {
      rejectUnknownMandatoryKeys(Set.of(ConditionalCreate.CAPABILITY), "");
      boolean condition = getOptions().getBoolean(ConditionalCreate.CAPABILITY, false);
      return new FSDataOutputStream(store.new Upload(getPath(), condition), null);
    }
  }

  /** Bytes that become a file when they are all there. */
  private final class Upload extends ByteArrayOutputStream {
    private final Path path;
    private final boolean onCondition;
    private boolean closed;

    Upload(Path path, boolean onCondition) {
      this.path = path;
      this.onCondition = onCondition;
    }

    @Override
    public void close() throws IOException {
      if (closed) {
        return;
      }
      closed = true;
      java.nio.file.Path target = java.nio.file.Path.of(path.toUri().getPath());
      Files.createDirectories(target.getParent());
      java.nio.file.Path part = target.resolveSibling("." + UUID.randomUUID() + ".part");
      Files.write(part, toByteArray());
      if (!onCondition || getConf().getBoolean("store.ignores", false)) {
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        return;
      }
      try {
        Files.createLink(target, part);
      } catch (FileAlreadyExistsException e) {
        throw new IOException("412 Precondition Failed", e);
      } finally {
        Files.delete(part);
      }
      if (getConf().getBoolean("store.loses", false)) {
        throw new IOException("the connection was reset");
      }
    }
  }
}
