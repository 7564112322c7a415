package io.destine.spark.conf;

import io.destine.config.Meaning;
import io.destine.config.SettingProblem;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * Output paths. They have no trailing '/', so that appending a suffix gives the name of a sibling.
 */
public record OutputConfig(
    @Meaning(value = "directory of the model", required = "a directory") String model,
    @Meaning(
            value = "directory of the encoded data set; by default output.model + \".data\"",
            key = "data")
        Optional<String> dataDirectory,
    @Meaning(
            value =
                "approximate number of rows in a block of the encoded data set; a split has at "
                    + "least 16 blocks",
            preset = "" + DEFAULT_BLOCK_ROWS)
        int blockRows) {
  /** Default number of rows of a block: a few megabytes. */
  public static final int DEFAULT_BLOCK_ROWS = 1 << 15;

  /** The suffix of the directory of a model's checkpoints. */
  public static final String CHECKPOINTS = ".checkpoints";

  /** The suffix of the directory of a search's trials. */
  public static final String TRIALS = ".tune";

  private static final int MOST_BLOCK_ROWS = 1 << 20;

  public OutputConfig {
    if (blockRows < 1 || blockRows > MOST_BLOCK_ROWS) {
      throw SettingProblem.must("output.block-rows", "from 1 to " + MOST_BLOCK_ROWS, blockRows);
    }
    model = model == null ? null : trimmed("output.model", model);
    dataDirectory = dataDirectory.map(data -> trimmed("output.data", data));
  }

  private static String trimmed(String key, String path) {
    PathText.check(key, path);
    // Normalised twice: the first pass turns a trailing "." into a trailing '/'.
    String plain = new Path(new Path(path).toString()).toString();
    return path.matches("(?s).*/\\.{0,2}") ? plain : path;
  }

  /** The same blocks in other directories. */
  public OutputConfig at(String otherModel, Optional<String> otherData) {
    return new OutputConfig(otherModel, otherData, blockRows);
  }

  /** Directory of the encoded data set. */
  public String data() {
    return dataDirectory.orElse(model + ".data");
  }

  /** Directory of the trials of a search for settings. */
  public String trials() {
    return model + TRIALS;
  }

  /** Directory of the checkpoints of a training run that is in progress or was interrupted. */
  public String checkpoints() {
    return model + CHECKPOINTS;
  }
}
