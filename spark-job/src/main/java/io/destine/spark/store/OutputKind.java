package io.destine.spark.store;

/** Kinds of directories of results, see {@link OutputContents}. */
public enum OutputKind {
  NOTHING("nothing"),
  EMPTY("an empty directory"),
  FILE("a file"),
  MODEL("a model"),
  DATA_SET("an encoded data set"),
  CHECKPOINTS("checkpoints of a training"),
  NIGHTS("the models of nightly runs"),
  /** Never found, for it has no marks: only what is in one is told from what is not. */
  RUN("a nightly run"),
  TRIALS("the trials of tune"),
  OTHER("other files");

  /** The format that the manifest of an encoded data set names. */
  public static final String DATA_SET_FORMAT = "destine-data-set";

  /** The file that marks the trials of tune, and the format that it names. */
  public static final String TRIALS_FILE = "tune.json";

  public static final String TRIALS_FORMAT = "destine-trials";

  /** The file that marks a table of a command, and names its kind. */
  public static final String TABLE_FILE = "_destine.json";

  /** Marks an encoded data set whose writer is at work or was killed, where it is not renamed. */
  public static final String UNFINISHED_DATA_SET = ".unfinished-data";

  private final String words;

  OutputKind(String words) {
    this.words = words;
  }

  /** In words, such as "a model". */
  public String words() {
    return words;
  }
}
