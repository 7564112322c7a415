package io.destine.spark.parameters;

import io.destine.artifact.ModelReader;
import io.destine.param.Parameters;
import io.destine.spark.store.PublishedModel;
import io.destine.spark.store.Storage;
import java.io.Serializable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The parameters of a published model, read by each JVM from the model directory.
 *
 * @param hadoop settings of the file system
 * @param directory of the model
 * @param manifestSha256 SHA-256 of the manifest, which identifies the model; a different model in
 *     that directory is rejected
 */
public record ModelBase(SerializableConfiguration hadoop, String directory, String manifestSha256)
    implements Serializable {
  private static final long serialVersionUID = 1;

  /** Reads the parameters. */
  Parameters create() {
    return open(hadoop.value(), directory).read(this::parameters);
  }

  private Parameters parameters(ModelReader reader) {
    if (!reader.manifestSha256().equals(manifestSha256)) {
      throw new IllegalStateException(
          directory
              + ": manifest must have SHA-256 "
              + manifestSha256
              + ", got "
              + reader.manifestSha256()
              + ": the model has been replaced in the meantime; run the command again");
    }
    return reader.parameters();
  }

  /** The model in a directory on any Hadoop file system. */
  public static PublishedModel open(Configuration hadoop, String directory) {
    Path path = new Path(directory);
    return new PublishedModel(Storage.of(hadoop, path), path);
  }
}
