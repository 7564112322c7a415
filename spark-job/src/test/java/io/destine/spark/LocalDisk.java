package io.destine.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system with permissions set by the JVM. Without Hadoop's native library, the
 * original starts the program {@code chmod} for each file and directory that it creates, which
 * takes about 10 ms.
 */
public class LocalDisk extends LocalFileSystem {

  /** The same without checksum files. */
  public static class Raw extends RawLocalFileSystem {
    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      if (permission.getStickyBit()) {
        super.setPermission(path, permission);
      } else {
        Files.setPosixFilePermissions(
            pathToFile(path).toPath(), PosixFilePermissions.fromString(permission.toString()));
      }
    }
  }

  /** As Hadoop creates it. */
  public LocalDisk() {
    super(new Raw());
  }
}
