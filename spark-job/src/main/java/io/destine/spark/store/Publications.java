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
 * written once, see {@link RecordLog}. The live model is that of the highest number.
 *
 * <p>A run notes the number when it begins and publishes as the next one. It fails when others have
 * published meanwhile, even if it does not know that its lock is lost: the model that it compared
 * its own with is not the live one any more. The next holder of a lock first closes the number that
 * its predecessor may still have in mind, see {@link #fence}.
 */
public final class Publications {
  /** The directory of the numbered files. */
  public static final String DIRECTORY = "published";

  /** Numbers that are kept, for people who want to know what was live when. */
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
   * @param number of the file that says so; 0 when there is none
   * @param live the model, if there is one
   */
  public record State(long number, Optional<CurrentModel> live) {}

  /**
   * The live model now.
   *
   * @throws UserError when the file that says so is damaged
   */
  public State state() {
    return state(
        damage -> {
          throw new UserError(damage.getMessage());
        });
  }

  /** As {@link #state}; nothing is live when the file that says so is damaged. */
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
   * @param after the number of the state that the caller knows
   * @throws LostLockException when others have published since; theirs stays
   */
  public void publish(long after, CurrentModel model) {
    if (!log.append(after, model.json().toPrettyString() + "\n")) {
      throw new LostLockException(
          "another run has published since this one began: "
              + log.path(after + 1)
              + " is taken; this run publishes nothing");
    }
    log.removeBelow(after + 1 - KEPT);
  }

  /**
   * Says again what is live, under the next number, which a stopped run may have in mind.
   *
   * @param state that the caller knows
   * @throws LostLockException when others have published since; theirs stays
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
          "another run has published just now: " + log.path(state.number() + 1) + " is taken");
    }
  }
}
