package io.destine.spark.store;

/** Kinds of directories of results, see {@link OutputContents}. */
public enum OutputKind {
  NOTHING("nothing"),
  EMPTY("an empty directory"),
  FILE("a file"),
  MODEL("a model"),
  DATA_SET("an encoded data set"),
  CHECKPOINTS("checkpoints of a training run"),
  NIGHTS("the models of nightly runs"),
  /**
   * Never detected, since it has no marker file; used only to recognise files of such a directory.
   */
  RUN("a nightly run"),
  TRIALS("the trials of tune"),
  OTHER("other files");

  /** The format name in the manifest of an encoded data set. */
  public static final String DATA_SET_FORMAT = "destine-data-set";

  /** The marker file of the trials of tune; the next constant is the format name in it. */
  public static final String TRIALS_FILE = "tune.json";

  public static final String TRIALS_FORMAT = "destine-trials";

  /** The marker file of a table written by a command; it names the kind of the table. */
  public static final String TABLE_FILE = "_destine.json";

  /**
   * Marks an encoded data set whose writer is running or was killed, on storage without renames.
   */
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
