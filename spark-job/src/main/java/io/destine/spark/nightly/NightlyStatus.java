package io.destine.spark.nightly;

import io.destine.spark.conf.UserError;
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
import org.apache.spark.sql.SparkSession;

/** The live model, the run under way and past runs; reads only. */
public final class NightlyStatus {
  private final Configuration hadoop;
  private final NightlyPaths paths;
  private final FileSystem fileSystem;
  private final Clock clock;

  /**
   * The status of the model whose runs are below a directory.
   *
   * @throws UserError when there is no such directory
   */
  public NightlyStatus(Configuration hadoop, String base) {
    this(hadoop, base, Clock.systemUTC());
  }

  /** The same by a clock that tells whether a lock has expired. */
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

  /**
   * The line about a missing directory of the live model, with the remedy; empty when it exists.
   */
  public Optional<String> missing(CurrentModel live) {
    return history().missing(live);
  }

  /** The run that made the live model, as far as its report is kept. */
  public Optional<RunRecord> liveRun() {
    return live().flatMap(live -> history().ofModel(live.name()));
  }

  /** The changes of the input of a run since it was read. */
  public Optional<String> changedInput(SparkSession spark, RunRecord run) {
    return run.changedInput(spark);
  }

  /** The running process, in words; empty when there is none. */
  public Optional<String> lock() {
    return holder().map(LockHolder::words);
  }

  private Optional<LockHolder> holder() {
    return LockHolder.of(fileSystem, paths.lock(), clock.instant());
  }

  /**
   * Why a run that had not ended is not under way any more, and how to go on; empty for all others.
   * The holder of the lock has begun no run before that.
   */
  public Optional<String> stopped(RunRecord run) {
    if (!run.result().underWay()) {
      return Optional.empty();
    }
    Optional<LockHolder> holder = holder();
    if (holder.isPresent() && !started(run).isBefore(seconds(holder.get().since()))) {
      return Optional.empty();
    }
    return Optional.of("its process ended before the end of the run" + howToGoOn(run));
  }

  private static Instant started(RunRecord run) {
    return Optional.ofNullable(run.report().progress().started()).orElse(Instant.MAX);
  }

  /** As precise as reports are. */
  private static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  private String howToGoOn(RunRecord run) {
    String call = "nightly --date " + run.date();
    Optional<CurrentModel> live = live();
    if (live.isPresent() && run.is(live.get().run())) {
      return ", but its model is live: " + call + " completes its report";
    }
    if (live.isEmpty() || live.get().date().isBefore(run.date())) {
      return ": " + call + " resumes it";
    }
    return run.name().number() > 1
        ? ": " + call + " --force resumes it"
        : "; later rows have been trained on since";
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
