package io.destine.spark.tracking;

import io.destine.spark.store.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Access to the files of an MLflow run: through the server, or on a file system to which this
 * process writes directly.
 *
 * @param uri of the directory
 */
record MlflowArtifacts(MlflowClient client, String uri, Configuration hadoop) {
  private static final String WITH_SERVER = "mlflow-artifacts:";

  /** Writes a file. */
  void write(String name, long length, Supplier<InputStream> content) throws IOException {
    if (uri.startsWith(WITH_SERVER)) {
      String root = uri.substring(WITH_SERVER.length()).replaceFirst("^//[^/]*", "");
      client.upload(root.replaceFirst("^/+", "") + "/" + name, length, content);
      return;
    }
    // A path without a scheme is on a disk, not in Hadoop's default file system.
    String directory = uri.startsWith("/") ? "file://" + uri : uri.replaceFirst("^s3:", "s3a:");
    Path path = new Path(directory + "/" + name);
    try (InputStream in = content.get();
        OutputStream out = Storage.of(hadoop, path).create(path)) {
      in.transferTo(out);
    }
  }
}
