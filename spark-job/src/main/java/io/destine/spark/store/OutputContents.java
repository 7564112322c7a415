package io.destine.spark.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.Manifest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The contents of an output path. A directory of results is replaced or removed only by results of
 * the same kind, and only if it contains no foreign files.
 *
 * @param kind of the directory, by the marker files of each kind
 * @param foreign the first file that no writer of this kind writes, as a path inside the directory;
 *     empty when there is none
 */
public record OutputContents(OutputKind kind, Optional<String> foreign) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> MODEL_FILES =
      Set.of(Manifest.FILE, Manifest.DIGEST_FILE, UnfinishedModelDirectory.MARK);

  /** Files that Spark ML adds to a saved model. */
  private static final Pattern METADATA = Pattern.compile("metadata/(part-\\d+|_SUCCESS)");

  /** Files of a model whose manifest is missing or damaged. */
  private static final Pattern UNLISTED =
      Pattern.compile("(vocabulary/)?[^./][^/]*\\.(json|html|md|sha256|safetensors|parquet)");

  private static final Pattern OF_A_CHECKPOINT =
      Pattern.compile(
          "[^/]+/("
              + UNLISTED.pattern()
              + "|"
              + Pattern.quote(UnfinishedModelDirectory.MARK)
              + ")");

  private static final Pattern DATA_SET =
      Pattern.compile(
          "manifest\\.json|"
              + Pattern.quote(OutputKind.UNFINISHED_DATA_SET)
              + "|rows/part-\\d+\\.blocks"
              + "|vocabulary/(_fields\\.json|_vocabulary\\.json|_SUCCESS"
              + "|(part|pending|keys|table)-[^/]*\\.(safetensors|parquet))"
              + "|quarantine(-of-failed-run)?/"
              + "(_SUCCESS|part-[^/]*\\.json(\\.[a-z0-9]+)?|_temporary/.*)");

  /**
   * Checksum files of a local disk; leftovers of a lock, of a manifest that was not put in place,
   * and of tasks.
   */
  private static final Pattern REMAINS =
      Pattern.compile(
          "\\..*\\.crc|\\.LOCK\\..*|"
              + TaskDirectory.UNFINISHED.pattern()
              + "|"
              + Pattern.quote("." + Manifest.FILE + AtomicFile.CLAIM)
              + ".*");

  /** The report of a nightly run, which exists from the start of the run. */
  private static final String REPORT = "report.json";

  private static final Pattern CHECKPOINT = Pattern.compile("step-\\d{10}");

  /**
   * The contents of a path.
   *
   * @throws java.io.UncheckedIOException with the path, when storage fails
   */
  public static OutputContents of(FileSystem fileSystem, Path path) {
    try {
      if (fileSystem.getFileStatus(path).isFile()) {
        return purely(OutputKind.FILE);
      }
    } catch (FileNotFoundException e) {
      return purely(OutputKind.NOTHING);
    } catch (IOException e) {
      throw Storage.failure("access", path, e);
    }
    Set<String> names = new HashSet<>();
    for (FileStatus status : Storage.list(fileSystem, path)) {
      names.add(status.getPath().getName());
    }
    names.removeIf(name -> REMAINS.matcher(name).matches());
    if (names.isEmpty()) {
      return purely(OutputKind.EMPTY);
    }
    if (Publications.areIn(fileSystem, path)
        || names.contains("LOCK")
        || hasRuns(fileSystem, path)) {
      return purely(OutputKind.NIGHTS);
    }
    if (names.contains(OutputKind.TRIALS_FILE)
        && json(fileSystem, new Path(path, OutputKind.TRIALS_FILE))
            .path("format")
            .asText()
            .equals(OutputKind.TRIALS_FORMAT)) {
      return purely(OutputKind.TRIALS);
    }
    if (names.stream().allMatch(OutputContents::isCheckpoint)) {
      List<String> files = new HadoopModelDirectory(fileSystem, path).list();
      return found(OutputKind.CHECKPOINTS, files, name -> OF_A_CHECKPOINT.matcher(name).matches());
    }
    return ofFiles(fileSystem, path, names);
  }

  private static OutputContents purely(OutputKind kind) {
    return new OutputContents(kind, Optional.empty());
  }

  private static OutputContents ofFiles(FileSystem fileSystem, Path path, Set<String> names) {
    JsonNode manifest =
        names.contains(Manifest.FILE)
            ? json(fileSystem, new Path(path, Manifest.FILE))
            : JSON.missingNode();
    String format = manifest.path("format").asText();
    // Damaged outputs, and data sets whose manifests do not name a format, are recognised by their
    // files.
    boolean model =
        format.equals(Manifest.FORMAT)
            || names.contains(Manifest.DIGEST_FILE)
            || names.contains(UnfinishedModelDirectory.MARK);
    boolean dataSet =
        format.equals(OutputKind.DATA_SET_FORMAT)
            || names.contains(OutputKind.UNFINISHED_DATA_SET)
            || manifest.has("encoding_fingerprint")
            || (names.contains(Manifest.FILE) && manifest.isMissingNode() && names.contains("rows"))
            || names.equals(Set.of("quarantine"));
    if (!model && !dataSet) {
      return purely(OutputKind.OTHER);
    }
    List<String> files = new HadoopModelDirectory(fileSystem, path).list();
    if (model) {
      JsonNode listed = manifest.path("files");
      return found(
          OutputKind.MODEL,
          files,
          name ->
              listed.isObject()
                  ? listed.has(name) || isBesideListed(name)
                  : isNamedAs(OutputKind.MODEL, name));
    }
    return found(OutputKind.DATA_SET, files, name -> isNamedAs(OutputKind.DATA_SET, name));
  }

  /** True for a file name used by writers of a kind. */
  private static boolean isNamedAs(OutputKind kind, String name) {
    return switch (kind) {
      case MODEL -> UNLISTED.matcher(name).matches() || isBesideListed(name);
      case DATA_SET -> DATA_SET.matcher(name).matches();
      case RUN -> isOfRun(name);
      default -> false;
    };
  }

  /** True for names of reports, of encoded rows, and of leftovers of their writers. */
  private static boolean isOfRun(String name) {
    int slash = name.indexOf('/');
    String first = slash < 0 ? name : name.substring(0, slash);
    String target = Siblings.targetOf(first).orElse(first);
    return slash < 0
        ? target.equals(REPORT) || target.equals("report.html")
        : target.equals("data") && isNamedAs(OutputKind.DATA_SET, name.substring(slash + 1));
  }

  /**
   * The first file in a directory of a kind that no writer of this kind writes. The directory may
   * be partly removed and lack its marker files.
   */
  public static Optional<String> foreign(FileSystem fileSystem, Path path, OutputKind kind) {
    OutputContents there = of(fileSystem, path);
    if (there.isFree() || there.kind == kind) {
      return there.foreign;
    }
    List<String> files = new HadoopModelDirectory(fileSystem, path).list();
    return found(kind, files, name -> isNamedAs(kind, name)).foreign;
  }

  /**
   * The nearest directory above a path that a command would replace as a whole.
   *
   * @param nights whether directories of nightly runs count, too: nightly runs remove files in them
   * @return words such as {@code " lies inside /data/model, which holds a model"}; empty if there
   *     is none
   * @throws java.io.UncheckedIOException with the path, when storage fails
   */
  public static Optional<String> enclosing(FileSystem fileSystem, Path path, boolean nights) {
    for (Path p = path.getParent(); p != null; p = p.getParent()) {
      Optional<String> held = whole(fileSystem, p, nights);
      if (held.isPresent()) {
        return Optional.of(
            " lies inside " + CanonicalPath.shown(p) + ", which holds " + held.get());
      }
    }
    return Optional.empty();
  }

  /** The kind of table in a directory, in words; empty if no command has written one there. */
  public static Optional<String> table(FileSystem fileSystem, Path directory) {
    Path marker = new Path(directory, OutputKind.TABLE_FILE);
    return Storage.exists(fileSystem, marker)
        ? Optional.of(json(fileSystem, marker).path("kind").asText("other output"))
        : Optional.empty();
  }

  /** The results in a directory, in words. */
  private static Optional<String> whole(FileSystem fileSystem, Path directory, boolean nights) {
    Optional<String> table = table(fileSystem, directory);
    if (table.isPresent()) {
      return table;
    }
    boolean marked =
        Storage.exists(fileSystem, new Path(directory, Manifest.FILE))
            || nights && Storage.exists(fileSystem, new Path(directory, Publications.DIRECTORY));
    return Optional.of(marked ? of(fileSystem, directory).kind() : OutputKind.OTHER)
        .filter(kind -> kind != OutputKind.OTHER)
        .map(OutputKind::words);
  }

  private static boolean isBesideListed(String name) {
    return MODEL_FILES.contains(name) || METADATA.matcher(name).matches();
  }

  private static OutputContents found(OutputKind kind, List<String> files, Predicate<String> own) {
    Predicate<String> remains = name -> REMAINS.matcher(new Path(name).getName()).matches();
    return new OutputContents(kind, files.stream().filter(remains.or(own).negate()).findFirst());
  }

  /** True for the name of a checkpoint, or of a checkpoint that is being written or replaced. */
  public static boolean isCheckpoint(String name) {
    String target = Siblings.targetOf(name).orElse(name.replaceFirst("^\\.(.*)\\.old$", "$1"));
    return CHECKPOINT.matcher(target).matches();
  }

  private static boolean hasRuns(FileSystem fileSystem, Path base) {
    return Stream.of(Storage.list(fileSystem, new Path(base, "runs")))
        .anyMatch(status -> Storage.exists(fileSystem, new Path(status.getPath(), REPORT)));
  }

  private static JsonNode json(FileSystem fileSystem, Path path) {
    try (InputStream in = fileSystem.open(path)) {
      return JSON.readTree(in.readAllBytes());
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    } catch (IOException e) {
      throw Storage.failure("read", path, e);
    }
  }

  /** True if nothing would be lost by writing here. */
  public boolean isFree() {
    return kind == OutputKind.NOTHING || kind == OutputKind.EMPTY;
  }

  /** True if results of a kind may replace these contents. */
  public boolean isReplaceableBy(OutputKind other) {
    return isFree() || (kind == other && foreign.isEmpty());
  }

  /** In words, such as "a model". */
  public String words() {
    return kind.words()
        + foreign.map(file -> " together with " + file + ", which is not part of it").orElse("");
  }
}
