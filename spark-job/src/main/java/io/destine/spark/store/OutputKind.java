package io.destine.spark.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.Manifest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What is at a path to which results are to go, told by the marks that each kind of output has.
 * Whoever replaces a directory asks first: only one of its own kind may go.
 */
public enum OutputKind {
  NOTHING("nothing"),
  EMPTY("an empty directory"),
  FILE("a file"),
  MODEL("a model"),
  DATA_SET("an encoded data set"),
  CHECKPOINTS("checkpoints of a training"),
  NIGHTS("the models of nightly runs"),
  OTHER("other files");

  /** The format that the manifest of an encoded data set names. */
  public static final String DATA_SET_FORMAT = "destine-data-set";

  /** Marks an encoded data set whose writer is at work or was killed, where it is not renamed. */
  public static final String UNFINISHED_DATA_SET = ".unfinished-data";

  /** What Spark ML adds to a model that it saves. */
  private static final String SPARK_METADATA = "metadata";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> DATA_SET_PARTS =
      Set.of(Manifest.FILE, "vocabulary", "rows", "quarantine");

  private final String words;

  OutputKind(String words) {
    this.words = words;
  }

  /** What there is, in words such as "a model". */
  public String words() {
    return words;
  }

  /** True when nothing would be lost. */
  public boolean isFree() {
    return this == NOTHING || this == EMPTY;
  }

  /**
   * What is at a path.
   *
   * @throws java.io.UncheckedIOException with the path, when storage does not tell
   */
  public static OutputKind of(FileSystem fileSystem, Path path) {
    try {
      if (fileSystem.getFileStatus(path).isFile()) {
        return FILE;
      }
    } catch (FileNotFoundException e) {
      return NOTHING;
    } catch (IOException e) {
      throw Storage.failure("look into", path, e);
    }
    Set<String> names = new HashSet<>();
    for (FileStatus status : Storage.list(fileSystem, path)) {
      names.add(status.getPath().getName());
    }
    // Checksums of a local disk; remains of a lock, and of a manifest that was not put in place.
    names.removeIf(
        name ->
            name.matches("\\..*\\.crc|\\.LOCK\\..*")
                || name.startsWith("." + Manifest.FILE + AtomicFile.CLAIM));
    if (names.isEmpty()) {
      return EMPTY;
    }
    if (Publications.areIn(fileSystem, path)
        || names.contains("CURRENT")
        || names.contains("LOCK")
        || hasRuns(fileSystem, path)) {
      return NIGHTS;
    }
    if (names.contains(UnfinishedModelDirectory.MARK)
        && names.stream().allMatch(OutputKind::isPartOfModel)) {
      return MODEL;
    }
    if (names.remove(UNFINISHED_DATA_SET) && DATA_SET_PARTS.containsAll(names)) {
      return DATA_SET;
    }
    if (names.contains(Manifest.FILE)) {
      return ofManifest(fileSystem, path, names);
    }
    if (names.equals(Set.of("quarantine"))) {
      return DATA_SET;
    }
    return names.stream().allMatch(name -> name.matches("\\.?step-\\d{10}.*"))
        ? CHECKPOINTS
        : OTHER;
  }

  /** The report of a run is there from its beginning on. */
  private static boolean hasRuns(FileSystem fileSystem, Path base) {
    return Stream.of(Storage.list(fileSystem, new Path(base, "runs")))
        .anyMatch(status -> Storage.exists(fileSystem, new Path(status.getPath(), "report.json")));
  }

  /** A directory with a manifest of ours, unless there is something in it that no such one has. */
  private static OutputKind ofManifest(FileSystem fileSystem, Path path, Set<String> names) {
    JsonNode manifest = manifest(fileSystem, new Path(path, Manifest.FILE));
    String format = manifest.path("format").asText();
    // Damaged ones, and data sets whose manifests do not name a format, are told by their files.
    if (format.equals(Manifest.FORMAT) || names.contains(Manifest.DIGEST_FILE)) {
      return names.stream().allMatch(OutputKind::isPartOfModel) ? MODEL : OTHER;
    }
    boolean dataSet =
        format.equals(DATA_SET_FORMAT)
            || manifest.has("encoding_fingerprint")
            || (manifest.isMissingNode() && names.contains("rows"));
    return dataSet && DATA_SET_PARTS.containsAll(names) ? DATA_SET : OTHER;
  }

  private static boolean isPartOfModel(String name) {
    return name.equals("vocabulary")
        || name.equals(SPARK_METADATA)
        || name.startsWith("_")
        || name.equals(UnfinishedModelDirectory.MARK)
        || name.matches("[^.].*\\.(json|html|sha256|safetensors)");
  }

  private static JsonNode manifest(FileSystem fileSystem, Path path) {
    try (InputStream in = fileSystem.open(path)) {
      return JSON.readTree(in.readAllBytes());
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    } catch (IOException e) {
      throw Storage.failure("read", path, e);
    }
  }
}
