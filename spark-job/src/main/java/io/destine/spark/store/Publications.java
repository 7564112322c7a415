package io.destine.spark.store;

import io.destine.artifact.ModelFormatException;
import io.destine.spark.conf.UserError;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The models that have been live in a directory: numbered files {@code published/000042.json}, each
 * written once, see {@link RecordLog}. The file with the highest number names the live model.
 *
 * <p>A run reads the number when it begins and publishes under the next one. This fails if others
 * have published meanwhile, even if the run does not know that it has lost its lock: the model with
 * which it compared its own is no longer live. The next holder of a lock first takes the number
 * that its predecessor might still use, see {@link #fence}.
 */
public final class Publications {
  /** The directory of the numbered files. */
  public static final String DIRECTORY = "published";

  /** Number of files that are kept as a history of live models. */
  private static final int KEPT = 100;

  private final RecordLog log;

  private Publications(FileSystem fileSystem, Path base) {
    log = new RecordLog(fileSystem, new Path(base, DIRECTORY));
  }

  /** The publications of a directory, which need not exist. */
  public static Publications of(Configuration hadoop, String base) {
    Path path = new Path(base);
    return new Publications(Storage.of(hadoop, path), path);
  }

  /** True when a directory has publications. */
  static boolean areIn(FileSystem fileSystem, Path base) {
    return new Publications(fileSystem, base).log.highest() > 0;
  }

  /**
   * The live model.
   *
   * @param number of the file that names it; 0 if there is none
   * @param live the model, if there is one
   */
  public record State(long number, Optional<CurrentModel> live) {}

  /**
   * The current live model.
   *
   * @throws UserError if the file that names it is damaged
   */
  public State state() {
    return state(
        damage -> {
          throw new UserError(damage.getMessage());
        });
  }

  /** Like {@link #state}, but without a live model if the file that names it is damaged. */
  public State stateDespiteDamage() {
    return state(damage -> Optional.empty());
  }

  private State state(Function<ModelFormatException, Optional<CurrentModel>> damaged) {
    Optional<RecordLog.Entry> last = log.last();
    long number = last.map(RecordLog.Entry::number).orElse(0L);
    try {
      return new State(
          number,
          last.flatMap(entry -> CurrentModel.parse(entry.text(), log.path(number).toString())));
    } catch (ModelFormatException e) {
      return new State(number, damaged.apply(e));
    }
  }

  /**
   * Makes a model the live one.
   *
   * @param after the number of the state known to the caller
   * @throws LostLockException if others have published since; their model stays live
   */
  public void publish(long after, CurrentModel model) {
    if (!log.append(after, model.json().toPrettyString() + "\n")) {
      throw new LostLockException(
          "another run has published since this one began: "
              + log.path(after + 1)
              + " is taken; this run publishes nothing");
    }
    log.removeBelow(after + 2 - KEPT);
  }

  /**
   * Records the live model again under the next number, so that a stopped run can no longer publish
   * under it.
   *
   * @param state known to the caller
   * @throws LostLockException if others have published since; their model stays live
   */
  public void fence(State state) {
    String text =
        state
            .live()
            .map(CurrentModel::json)
            .orElseGet(CurrentModel::none)
            .put("fence", UUID.randomUUID().toString())
            .toPrettyString();
    if (!log.append(state.number(), text + "\n")) {
      throw new LostLockException(
          "another run has published just now: "
              + log.path(state.number() + 1)
              + " is taken; run the command again");
    }
  }
}
