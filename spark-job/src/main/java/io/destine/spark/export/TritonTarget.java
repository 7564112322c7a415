package io.destine.spark.export;

import io.destine.onnx.OnnxFile;
import io.destine.onnx.TritonConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.store.CanonicalPath;
import io.destine.spark.store.HadoopModelDirectory;
import io.destine.spark.store.OutputFile;
import io.destine.spark.store.Siblings;
import io.destine.spark.store.Storage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The directory of a model in a model repository of Triton: {@code config.pbtxt}, and a graph as
 * version 1. It is checked before a model is read. A directory with a foreign file is not changed.
 * {@link ExportTarget} replaces the graph; then the configuration is replaced atomically.
 */
final class TritonTarget {
  private static final String GRAPH = ExportFormat.TRITON_GRAPH;
  private static final Set<String> OWN =
      Set.of(TritonConfig.FILE, GRAPH, GRAPH + ExportTarget.DATA);

  private final FileSystem fileSystem;
  private final Path config;
  private final ExportTarget graph;

  /**
   * The target at a path.
   *
   * @param text the path as given by the user
   * @param overwrite whether an earlier export may be replaced
   * @throws UserError if it is not a path, is inside a file, a model or a data set, or has files
   *     that must not be replaced
   */
  TritonTarget(Configuration hadoop, String text, boolean overwrite) {
    CanonicalPath directory = ExportTarget.writable(hadoop, text);
    graph = new ExportTarget(hadoop, new Path(directory.path(), GRAPH).toString(), overwrite);
    fileSystem = directory.fileSystem();
    config = new Path(directory.path(), TritonConfig.FILE);
    for (String file : new HadoopModelDirectory(fileSystem, directory.path()).list()) {
      requireOwn(directory, file);
    }
  }

  private void requireOwn(CanonicalPath directory, String file) {
    boolean own = file.equals(TritonConfig.FILE) ? isOwnConfig() : isNamedAsOwn(file);
    if (!own) {
      throw new UserError(
          String.format(
              "--output %s has %s, which was not written by export; choose another directory",
              directory, file));
    }
  }

  /** Also true for leftovers of killed writers. Graph and data are checked by their own target. */
  private static boolean isNamedAsOwn(String file) {
    int name = file.lastIndexOf('/') + 1;
    String target = Siblings.targetOf(file.substring(name)).orElse(file.substring(name));
    return OWN.contains(file.substring(0, name) + target);
  }

  private boolean isOwnConfig() {
    try (InputStream in = fileSystem.open(config)) {
      return TritonConfig.isOwn(in);
    } catch (IOException e) {
      throw Storage.failure("read", config, e);
    }
  }

  private String earlier() {
    try (InputStream in = fileSystem.open(config)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (FileNotFoundException e) {
      return "";
    } catch (IOException e) {
      throw Storage.failure("read", config, e);
    }
  }

  /**
   * Writes the graph, then its configuration.
   *
   * @throws UncheckedIOException with the path, when storage fails
   */
  ExportTarget.Written write(OnnxFile file) {
    byte[] text = TritonConfig.of(file, earlier()).getBytes(StandardCharsets.UTF_8);
    ExportTarget.Written written = graph.write(file);
    try (OutputFile output = new OutputFile(fileSystem, config)) {
      output.write(out -> out.write(text));
      output.commit();
    }
    return written;
  }
}
