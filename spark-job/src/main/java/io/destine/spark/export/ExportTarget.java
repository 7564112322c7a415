package io.destine.spark.export;

import io.destine.artifact.ModelArchive;
import io.destine.onnx.OnnxFile;
import io.destine.spark.conf.UserError;
import io.destine.spark.store.CanonicalPath;
import io.destine.spark.store.OutputContents;
import io.destine.spark.store.OutputFile;
import io.destine.spark.store.Storage;
import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The file to which a model is exported, and, for a large model, the data file NAME.data next to
 * it. It is checked before a model is read. An existing file is replaced only if its first bytes
 * show that an export wrote it.
 */
final class ExportTarget {
  static final String DATA = ".data";

  private final CanonicalPath target;
  private final FileSystem fileSystem;
  private final boolean overwrite;

  /** Reads the first bytes of a file. */
  private interface Mark {
    boolean isIn(InputStream in) throws IOException;
  }

  /**
   * The target at a path.
   *
   * @param text the path as given by the user
   * @param overwrite whether an earlier export may be replaced
   * @throws UserError if it is not a path, is inside a file, a model or a data set, or has contents
   *     that must not be replaced
   */
  ExportTarget(Configuration hadoop, String text, boolean overwrite) {
    target = writable(hadoop, text);
    this.overwrite = overwrite;
    fileSystem = target.fileSystem();
    requireApart();
    requireReplaceable();
  }

  /**
   * The path of an output.
   *
   * @throws UserError if the text is not a path, or is not writable
   */
  static CanonicalPath writable(Configuration hadoop, String text) {
    CanonicalPath path;
    try {
      path = CanonicalPath.of(hadoop, text);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new UserError("--output \"" + text + "\" is not a path: " + e.getMessage());
    }
    try {
      path.requireWritable();
    } catch (IllegalArgumentException e) {
      throw new UserError("--output " + path + ": " + e.getMessage());
    }
    return path;
  }

  /**
   * Checks that the file, if it exists, is an earlier export, and that it and the data file of an
   * earlier export may be replaced.
   */
  private void requireReplaceable() {
    Path path = target.path();
    if (status(path).isPresent()) {
      requireReplaceable(path, isExport(path));
    }
    if (isMarked(data(), OnnxFile::isData)) {
      requireReplaceable(data(), true);
    }
  }

  private boolean isExport(Path path) {
    return isMarked(path, OnnxFile::isGraph) || isMarked(path, ModelArchive::isOwn);
  }

  private Path data() {
    return target.path().suffix(DATA);
  }

  private void requireApart() {
    for (Path p = target.path().getParent(); p != null; p = p.getParent()) {
      Optional<FileStatus> above = status(p);
      if (above.isPresent() && !above.get().isDirectory()) {
        throw new UserError(
            String.format(
                "--output %s: %s is a file; choose another path", target, CanonicalPath.shown(p)));
      }
    }
    OutputContents.enclosing(fileSystem, target.path(), false)
        .ifPresent(
            words -> {
              throw new UserError("--output " + target + words);
            });
  }

  private void requireReplaceable(Path path, boolean own) {
    String shown = CanonicalPath.shown(path);
    if (status(path).filter(FileStatus::isDirectory).isPresent()) {
      throw new UserError("--output " + target + ": " + shown + " is a directory; name a file");
    }
    if (!own) {
      throw new UserError(
          String.format(
              "--output %s: %s was not written by export; choose another file", target, shown));
    }
    if (!overwrite) {
      throw new UserError(
          String.format(
              "--output %s: %s is an earlier export; add --overwrite to replace it",
              target, shown));
    }
  }

  /** True for a file whose first bytes are of the given kind. */
  private boolean isMarked(Path path, Mark mark) {
    if (status(path).filter(FileStatus::isFile).isEmpty()) {
      return false;
    }
    try (InputStream in = new BufferedInputStream(fileSystem.open(path))) {
      return mark.isIn(in);
    } catch (IOException e) {
      throw Storage.failure("read", path, e);
    }
  }

  private Optional<FileStatus> status(Path path) {
    try {
      return Optional.of(fileSystem.getFileStatus(path));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw Storage.failure("access", path, e);
    }
  }

  /** The result. */
  record Written(long bytes, OptionalLong dataBytes) {}

  /** Writes a single file and removes the data file of an earlier graph. */
  Written write(OutputFile.Content content) {
    try (OutputFile file = new OutputFile(fileSystem, target.path())) {
      long bytes = file.write(content);
      requireReplaceable();
      if (isMarked(data(), OnnxFile::isData)) {
        file.delete();
        Storage.delete(fileSystem, data());
      }
      file.commit();
      return new Written(bytes, OptionalLong.empty());
    }
  }

  /**
   * Writes a graph, with its data file if it has one. Two files cannot be replaced atomically, so
   * the earlier graph is removed first: a reader finds no graph, or a graph with its own data.
   */
  Written write(OnnxFile graph) {
    String name = data().getName();
    if (!graph.hasData()) {
      return write(out -> graph.write(out, name));
    }
    requireDataReplaceable();
    try (OutputFile data = new OutputFile(fileSystem, data());
        OutputFile file = new OutputFile(fileSystem, target.path())) {
      long dataBytes = data.write(graph::writeData);
      long bytes = file.write(out -> graph.write(out, name));
      requireReplaceable();
      requireDataReplaceable();
      file.delete();
      data.commit();
      file.commit();
      return new Written(bytes, OptionalLong.of(dataBytes));
    }
  }

  private void requireDataReplaceable() {
    if (status(data()).isPresent()) {
      requireReplaceable(data(), isMarked(data(), OnnxFile::isData));
    }
  }

  @Override
  public String toString() {
    return target.toString();
  }
}
