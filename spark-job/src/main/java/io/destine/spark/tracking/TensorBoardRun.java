package io.destine.spark.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.store.Storage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Scalars of a training run in a TensorBoard file, in a separate directory for each run. A resumed
 * run writes another file into its newest directory, which is recognised by its name and by a file
 * of the same output; repeated steps have the same values there.
 */
final class TensorBoardRun implements Tracker {
  /** Directories of this process: two runs may begin in the same second. */
  private static final Set<Path> TAKEN = ConcurrentHashMap.newKeySet();

  private final Configuration hadoop;
  private final Path root;
  private final String name;
  private final String time;

  /** The end of the names of its files, which tells outputs with equal names apart. */
  private final String end;

  private FSDataOutputStream out;
  private EventFile events;
  private int lastEpoch;

  /**
   * A run.
   *
   * @param directory of all runs
   * @param name of the training
   * @param output full path of the model
   * @param time makes the name of the directory unique
   */
  TensorBoardRun(Configuration hadoop, String directory, String name, String output, String time) {
    this.hadoop = hadoop;
    root = new Path(directory);
    this.name = name;
    this.time = time;
    end = "." + JobConfig.sha256(output).substring(0, 8) + ".destine";
  }

  @Override
  public String place() {
    return "TensorBoard in " + root;
  }

  /** A failure is final: records after a partly written one cannot be read. */
  @Override
  public boolean isFinal(Exception failure) {
    return true;
  }

  @Override
  public void begin(JsonNode report, String data, boolean resumed) throws IOException {
    if (events != null) {
      return;
    }
    FileSystem storage = Storage.of(hadoop, root);
    // Use the raw file system: with Hadoop's checksums, partial blocks of local files are held
    // back.
    FileSystem plain = storage instanceof LocalFileSystem local ? local.getRaw() : storage;
    Optional<Path> before = resumed ? newest(plain) : Optional.empty();
    Path directory = before.isPresent() ? before.get() : free(plain);
    long now = System.currentTimeMillis();
    long process = ProcessHandle.current().pid();
    String file =
        "events.out.tfevents.%010d.%03d.%d".formatted(now / 1000, now % 1000, process) + end;
    out = plain.create(new Path(directory, file), false);
    events = new EventFile(out, now);
    out.hflush();
  }

  private Path free(FileSystem storage) throws IOException {
    Path first = new Path(root, name + "-" + time);
    Path directory = first;
    for (int n = 2; !TAKEN.add(directory) || storage.exists(directory); n++) {
      directory = first.suffix("-" + n);
    }
    return directory;
  }

  private Optional<Path> newest(FileSystem storage) {
    Pattern own = Pattern.compile(Pattern.quote(name) + "-\\d{8}-\\d{6}(-\\d+)?");
    return Arrays.stream(Storage.list(storage, root))
        .map(FileStatus::getPath)
        .filter(path -> own.matcher(path.getName()).matches())
        .filter(path -> Arrays.stream(Storage.list(storage, path)).anyMatch(this::isOwn))
        .max(Path::compareTo);
  }

  private boolean isOwn(FileStatus file) {
    return file.getPath().getName().endsWith(end);
  }

  @Override
  public void step(long millis, long step, double loss) throws IOException {
    events.add(millis, step, Map.of("step/loss", loss));
  }

  @Override
  public void epoch(long millis, int epoch, Map<String, Double> figures) throws IOException {
    if (epoch > lastEpoch) {
      add(millis, epoch, "epoch/", figures);
      lastEpoch = epoch;
    }
  }

  @Override
  public void figures(long millis, int epoch, Map<String, Double> figures) throws IOException {
    if (events != null) {
      add(millis, epoch, "end/", figures);
    }
  }

  private void add(long millis, int epoch, String group, Map<String, Double> figures)
      throws IOException {
    Map<String, Double> scalars = new TreeMap<>();
    figures.forEach((figure, value) -> scalars.put(group + figure, value));
    events.add(millis, epoch, scalars);
    out.hflush();
  }

  @Override
  public void end(boolean finished) throws IOException {
    if (events != null) {
      events.close();
    }
  }
}
