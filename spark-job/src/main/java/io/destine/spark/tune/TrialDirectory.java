package io.destine.spark.tune;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.store.AtomicFile;
import io.destine.spark.store.Fence;
import io.destine.spark.store.OutputContents;
import io.destine.spark.store.OutputKind;
import io.destine.spark.store.Storage;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The directory of a search: {@value OutputKind#TRIALS_FILE} with all trials, a table and a page of
 * them, a directory HASH for each training run, and a data set data-HASH for each encoding that
 * differs from the configuration's. All files are replaced atomically, under the lock of the
 * search.
 */
final class TrialDirectory {
  static final String TABLE = "tune.csv";
  static final String PAGE = "tune.html";
  private static final String RECORD = "trial.json";
  private static final String MODEL = "model";
  private static final int HASH_LETTERS = 12;

  private final FileSystem fileSystem;
  private final Path root;
  private final Fence fence;

  TrialDirectory(Configuration hadoop, String directory, Fence fence) {
    root = new Path(directory);
    fileSystem = Storage.of(hadoop, root);
    this.fence = fence;
  }

  /** Marks a new directory as a directory of trials. */
  void mark() {
    Path file = new Path(root, OutputKind.TRIALS_FILE);
    if (!Storage.exists(fileSystem, file)) {
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      write(file, json.put("format", OutputKind.TRIALS_FORMAT).toPrettyString() + "\n");
    }
  }

  String file(String name) {
    return root + "/" + name;
  }

  /** Replaces a file of the search as a whole. */
  void write(String name, String text) {
    write(new Path(root, name), text);
  }

  private void write(Path file, String text) {
    fence.requireHeld();
    try {
      fileSystem.mkdirs(file.getParent());
    } catch (IOException e) {
      throw Storage.failure("create", file.getParent(), e);
    }
    new AtomicFile(fileSystem, file).replace(text);
  }

  static String shortened(String hash) {
    return hash.substring(0, HASH_LETTERS);
  }

  /**
   * The directory of the encoded rows of trials whose encoding settings differ from the
   * configuration's.
   */
  String data(JobConfig trial) {
    return file("data-" + shortened(trial.encodingFingerprint()));
  }

  /** The model directory of a training run. */
  String model(String hash) {
    return file(hash) + "/" + MODEL;
  }

  Optional<TrialRecord> record(String hash) {
    return new AtomicFile(fileSystem, new Path(file(hash), RECORD))
        .read()
        .flatMap(TrialRecord::parse);
  }

  void write(TrialRecord record) {
    write(new Path(file(record.hash()), RECORD), record.toJson().toPrettyString() + "\n");
  }

  /** Removes the model of a training run; a directory with foreign files stays. */
  void deleteModel(String hash) {
    fence.requireHeld();
    Path model = new Path(model(hash));
    if (OutputContents.of(fileSystem, model).isReplaceableBy(OutputKind.MODEL)) {
      Storage.delete(fileSystem, model);
    }
  }
}
