package io.destine.spark.nightly;

import io.destine.spark.conf.UserError;
import io.destine.spark.report.Advice;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.LockHolder;
import io.destine.spark.store.Storage;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The live model, the current run and past runs; read-only. */
public final class NightlyStatus {
  private final Configuration hadoop;
  private final NightlyPaths paths;
  private final FileSystem fileSystem;
  private final Clock clock;

  /**
   * The status of the model whose runs are in a directory.
   *
   * @throws UserError if the directory does not exist
   */
  public NightlyStatus(Configuration hadoop, String base) {
    this(hadoop, base, Clock.systemUTC());
  }

  /** The same with a clock, for the expiry of locks. */
  NightlyStatus(Configuration hadoop, String base, Clock clock) {
    this.hadoop = hadoop;
    this.clock = clock;
    paths = new NightlyPaths(base);
    Path directory = new Path(base);
    fileSystem = Storage.of(hadoop, directory);
    if (!Storage.exists(fileSystem, directory)) {
      throw new UserError("no model and no nightly run in " + base + ", which does not exist");
    }
  }

  /** The live model. */
  public Optional<CurrentModel> live() {
    return CurrentModel.read(hadoop, paths.base());
  }

  /** The line about a missing directory of the live model, with the remedy; empty if it exists. */
  public Optional<String> missing(CurrentModel live) {
    return history().missing(live);
  }

  /** The run that trained the live model, if its report is kept. */
  public Optional<RunRecord> liveRun() {
    return live().flatMap(live -> history().ofModel(live.name()));
  }

  /** The running process, in words; empty if there is none. */
  public Optional<String> lock() {
    return holder().map(LockHolder::words);
  }

  private Optional<LockHolder> holder() {
    return LockHolder.of(fileSystem, paths.lock(), clock.instant());
  }

  /**
   * For an unfinished run that is no longer in progress, the reason and how to continue; empty for
   * all others. A run that started before the lock was acquired is not the lock holder's.
   */
  public Optional<String> stopped(RunRecord run) {
    if (!run.result().underWay()) {
      return Optional.empty();
    }
    Optional<LockHolder> holder = holder();
    if (holder.isPresent() && !started(run).isBefore(seconds(holder.get().since()))) {
      return Optional.empty();
    }
    return Optional.of("the process ended before the run was finished" + howToGoOn(run));
  }

  private static Instant started(RunRecord run) {
    return Optional.ofNullable(run.report().progress().started()).orElse(Instant.MAX);
  }

  /** Truncates to the precision of reports. */
  private static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  private String howToGoOn(RunRecord run) {
    Optional<CurrentModel> live = live();
    if (live.isPresent() && run.is(live.get().run())) {
      return ", but its model is live: nightly --date " + run.date() + " completes its report";
    }
    boolean again = run.name().number() > 1;
    boolean older = Advice.publishesOlder(run.report(), run.date());
    if (!again && !older && live.isPresent() && !live.get().date().isBefore(run.date())) {
      return "; it will not be resumed, since the live model has been trained on that day or a later"
          + " one";
    }
    return ": " + Advice.again(run.report(), run.date(), again) + " resumes it";
  }

  /** The newest runs, oldest first. */
  public List<RunRecord> last(int most) {
    List<RunRecord> all = history().all();
    return all.subList(Math.max(0, all.size() - most), all.size());
  }

  private RunHistory history() {
    return new RunHistory(fileSystem, paths);
  }
}
