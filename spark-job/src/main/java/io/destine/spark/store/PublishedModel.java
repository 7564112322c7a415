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
 * Reads a model published by {@link AtomicPublication}, even while it is being replaced: the result
 * is consistently the old model or the new one. Immutable.
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
   * Reads the model. If it is moved or replaced meanwhile, so that files are missing or files of
   * the new model do not match its manifest, reading starts over.
   *
   * @param reading may be called several times; the result of the last call is returned
   * @throws ModelFormatException if there is no model or it is damaged, naming the file
   * @throws UncheckedIOException with the path, if storage fails
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

  /** Path and digest of the current manifest; null if it is missing or damaged. */
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
      throw Storage.failure("access", paths.target(), e);
    }
  }
}
