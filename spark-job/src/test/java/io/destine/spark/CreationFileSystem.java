package io.destine.spark;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** A local file system with a scheme of its own that does something before it creates a file. */
public abstract class CreationFileSystem extends LocalDisk.Raw {
  private final String scheme;

  protected CreationFileSystem(String scheme) {
    this.scheme = scheme;
  }

  /**
   * Called before a file is created; its exception is passed to the caller that creates the file.
   */
  protected abstract void beforeCreating(Path path) throws IOException;

  @Override
  public void initialize(URI uri, Configuration configuration) throws IOException {
    super.initialize(uri, configuration);
    setConf(configuration);
  }

  @Override
  public String getScheme() {
    return scheme;
  }

  @Override
  public URI getUri() {
    return URI.create(scheme + ":///");
  }

  @Override
  public FSDataOutputStream create(
      Path path, boolean overwrite, int buffer, short replication, long block, Progressable p)
      throws IOException {
    beforeCreating(path);
    return super.create(path, overwrite, buffer, replication, block, p);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int buffer,
      short replication,
      long block,
      Progressable p)
      throws IOException {
    beforeCreating(path);
    return super.create(path, permission, overwrite, buffer, replication, block, p);
  }
}
