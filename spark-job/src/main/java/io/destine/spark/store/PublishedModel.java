package io.destine.spark.store;

import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Reads a model that {@link AtomicPublication} put in place, also while it is being replaced: what
 * is read is one model, the old or the new. Immutable.
 */
public final class PublishedModel {
  private static final int MOST_ATTEMPTS = 20;

  private final FileSystem fileSystem;
  private final PublicationPaths paths;

  /** The model at the given path. */
  public PublishedModel(FileSystem fileSystem, Path target) {
    this.fileSystem = fileSystem;
    paths = PublicationPaths.of(fileSystem, target);
  }

  /** True when there is a model directory. */
  public boolean exists() {
    return current() != null;
  }

  /**
   * Reads the model. When it is moved aside or replaced meanwhile, so that files of it are missed
   * or those of the new one do not fit its manifest, the reading starts over.
   *
   * @param reading may be called several times; the result of the last call is returned
   * @throws ModelFormatException when there is no model, or a damaged one, naming the file
   * @throws UncheckedIOException with the path, when storage fails
   */
  public <T> T read(Function<ModelReader, T> reading) {
    for (int attempt = 1; ; attempt++) {
      String before = identity();
      try {
        return reading.apply(open(current()));
      } catch (ModelFormatException | UncheckedIOException e) {
        String after = identity();
        if (attempt == MOST_ATTEMPTS || (before != null && before.equals(after))) {
          throw e;
        }
        if (after == null && current() == null) {
          throw e;
        }
      }
    }
  }

  private ModelReader open(Path current) {
    if (current == null) {
      throw new ModelFormatException("no model at " + paths.target());
    }
    return ModelReader.open(new HadoopModelDirectory(fileSystem, current));
  }

  /** Place and digest of the current manifest, or null when there is none, or a damaged one. */
  private String identity() {
    try {
      Path current = current();
      return current == null ? null : current + " " + open(current).manifestSha256();
    } catch (ModelFormatException e) {
      return null;
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof FileNotFoundException) {
        return null;
      }
      throw e;
    }
  }

  private Path current() {
    try {
      return paths.current(fileSystem);
    } catch (IOException e) {
      throw Storage.failure("look for", paths.target(), e);
    }
  }
}
