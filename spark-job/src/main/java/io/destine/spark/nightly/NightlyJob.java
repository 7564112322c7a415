package io.destine.spark.nightly;

import io.destine.config.TrainConfig;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.ModelSettings;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.SplitConfig;
import io.destine.spark.conf.TrainingConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.report.RunResult;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.MarkedFile;
import io.destine.spark.store.Owner;
import io.destine.spark.store.Publications;
import io.destine.spark.store.RunLock;
import io.destine.spark.store.Storage;
import io.destine.spark.train.Outputs;
import io.destine.train.TrainingListener;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.SparkSession;

/**
 * Retrains a model on the rows of a new day and publishes it if it is good enough:
 *
 * <ol>
 *   <li>the day's rows are checked: complete, enough, labels as usual;
 *   <li>the published model is scored on all of them, before anything trains on them: a forecast;
 *   <li>a candidate starts from the published model: its ids and new ones, its parameters and
 *       optimiser state;
 *   <li>both are scored on the same held-out rows, and the gate decides;
 *   <li>the candidate becomes the live model by one file, the next number in {@code published}.
 * </ol>
 *
 * <p>One run at a time, by a lock. A finished date is not run again. A run that was killed is
 * finished by the next one for its date, from its last checkpoint, or cleaned up by another's; the
 * live model is the old or the new one at any moment.
 */
public final class NightlyJob {
  private final NightlyContext context;
  private final JobConfig config;

  /**
   * How a date is run.
   *
   * @param force also when it is finished
   * @param start the start of the candidate
   * @param publishOlder also when it is before the newest day of the published model, whose place
   *     the older model may take
   */
  public record Options(boolean force, Start start, boolean publishOlder) {
    /** Goes on from the published model, for a date that is not older than it. */
    public Options(boolean force) {
      this(force, Start.WARM, false);
    }
  }

  /** The model that a candidate starts from. */
  public enum Start {
    /** The parameters and ids of the published model. */
    WARM,
    /** The ids of the published model. */
    FROM_SCRATCH,
    /** Nothing: crosses, label rates and ids are new. */
    NEW_CROSSES
  }

  /**
   * How a run ended.
   *
   * @param run its record
   * @param before true when it had been finished before, and nothing was done
   */
  public record Outcome(RunRecord run, boolean before) {}

  /**
   * A job.
   *
   * @param program name and version, for manifests
   * @param log takes lines for people
   * @param progress is told how training goes
   * @throws UserError when the configuration does not allow it
   */
  public NightlyJob(
      SparkSession spark,
      JobConfig config,
      String program,
      Consumer<String> log,
      Function<TrainConfig, TrainingListener> progress,
      Clock clock) {
    this(spark, config, program, log, progress, clock, NightListener.NONE);
  }

  /** As above; the listener is told what nights do. */
  public NightlyJob(
      SparkSession spark,
      JobConfig config,
      String program,
      Consumer<String> log,
      Function<TrainConfig, TrainingListener> progress,
      Clock clock,
      NightListener listener) {
    this.config = config;
    config
        .initModel()
        .ifPresent(
            model -> {
              throw new UserError(
                  TrainingConfig.INIT_MODEL
                      + ": nights start from their live model; leave out "
                      + model);
            });
    if (config.nightly().window().minCountDays() > 1 && config.vocabulary().limitsFrequency()) {
      throw new UserError(
          "vocabulary.max-frequency: nights with nightly.min-count-days above 1 count values over"
              + " several days, not in the training rows alone; leave one of the two out");
    }
    context = NightlyContext.of(spark, config, program, log, progress, clock, listener);
    if (!(config.split() instanceof SplitConfig.ByFraction split)
        || split.test() == 0
        || split.validation() == 0) {
      throw new UserError(
          "split: nightly needs fractions with validation and test rows, on which candidate and"
              + " published model are compared");
    }
  }

  /**
   * Runs a date.
   *
   * @throws UserError when the date or its rows are not fit
   * @throws io.destine.spark.store.LockedException when another run is under way
   */
  public Outcome run(LocalDate date, Options options) {
    if (date.isAfter(LocalDate.ofInstant(context.clock().instant(), ZoneOffset.UTC))) {
      throw new UserError("--date: " + date + " is in the future");
    }
    Outputs.checkNights(context.spark().sparkContext(), config);
    RunPages.metricsFile(config.nightly()).ifPresent(MarkedFile::requireReplaceable);
    try (RunLock lock = lock()) {
      NightlyContext locked = context.under(lock);
      requireLiveModel(locked);
      recover(locked);
      new ChangedInputs(locked).note(date);
      Optional<Outcome> done = finished(date, options);
      return done.isPresent() ? done.get() : new NightlyRun(locked, date, options, lock).go();
    }
  }

  private RunLock lock() {
    Owner owner = Owner.ofThisProcess(context.spark().sparkContext().applicationId());
    return lock(
        context.hadoop(),
        context.paths(),
        owner,
        config.nightly(),
        context.clock(),
        Publications::state);
  }

  /**
   * The lock of nightly runs. A holder before that may come back cannot publish any more.
   *
   * @param state reads what is live when the holder before may come back
   * @throws UserError when the storage cannot hold it
   */
  static RunLock lock(
      Configuration hadoop,
      NightlyPaths paths,
      Owner owner,
      NightlyConfig config,
      Clock clock,
      Function<Publications, Publications.State> state) {
    FileSystem fileSystem = Storage.of(hadoop, paths.lock());
    RunLock lock;
    try {
      lock = RunLock.acquire(fileSystem, paths.lock(), owner, lease(config), clock);
    } catch (IllegalArgumentException e) {
      throw new UserError("output.model: " + e.getMessage());
    }
    if (lock.takenOver()) {
      try {
        Publications publications = Publications.of(hadoop, paths.base());
        publications.fence(state.apply(publications));
      } catch (Exception e) {
        // Not given up: the next run would find a free lock, and leave the holder before alone.
        lock.abandon();
        throw e;
      }
    }
    return lock;
  }

  private static Duration lease(NightlyConfig config) {
    return Duration.ofMillis((long) (config.keeping().lockMinutes() * 60_000));
  }

  /** Completes the report of a run that published its model and could not say so any more. */
  private static void recover(NightlyContext locked) {
    Optional<CurrentModel> current = locked.live();
    if (current.isEmpty()) {
      return;
    }
    CurrentModel live = current.get();
    for (RunRecord run : locked.history().of(live.date())) {
      if (run.result() != RunResult.PROMOTED && run.is(live.run())) {
        String directory = locked.paths().model(live.name());
        locked.write(
            new RunRecord(
                run.name(), ReportBuilder.finished(run.report(), directory, live, locked.clock())));
      }
    }
  }

  /** Without the record of the live model, a run would train from scratch beside the models. */
  private static void requireLiveModel(NightlyContext locked) {
    Optional<CurrentModel> live = locked.live();
    live.flatMap(locked.history()::missing)
        .ifPresent(
            problem -> {
              throw new UserError("output.model: " + problem);
            });
    List<RunName> models = live.isPresent() ? List.of() : locked.history().models();
    if (!models.isEmpty()) {
      RunName newest = models.get(models.size() - 1);
      throw new UserError(
          "output.model: "
              + locked.paths().base()
              + " has models, but "
              + Publications.DIRECTORY
              + "/, which names the live one, is missing; restore it, or make a model live with"
              + " rollback --to "
              + newest.date());
    }
  }

  /** The result of a date that needs no run. */
  private Optional<Outcome> finished(LocalDate date, Options options) {
    Optional<CurrentModel> current = context.live();
    boolean older = current.isPresent() && date.isBefore(current.get().date());
    if (options.force() || options.publishOlder()) {
      if (older && !options.publishOlder()) {
        throw new UserError(
            notAfter(date, current.get())
                + "; --publish-older runs it anyway and may replace the live model by an older "
                + "one");
      }
      return Optional.empty();
    }
    Optional<RunRecord> before = context.history().standing(date);
    if (before.isPresent() && before.get().result().finished()) {
      requireSameSettings(before.get());
      return Optional.of(new Outcome(before.get(), true));
    }
    if (current.isPresent() && !current.get().date().isBefore(date)) {
      throw new UserError(
          notAfter(date, current.get())
              + (older ? "; --publish-older" : "; --force")
              + " runs it anyway");
    }
    return Optional.empty();
  }

  private static String notAfter(LocalDate date, CurrentModel live) {
    return "--date: "
        + date
        + " is not after "
        + live.date()
        + ", the newest day of the live model "
        + live.name();
  }

  private void requireSameSettings(RunRecord before) {
    List<String> differences =
        before.settings().map(then -> ModelSettings.of(config).differences(then)).orElse(List.of());
    if (!differences.isEmpty()) {
      throw new UserError(
          before.date()
              + " was "
              + before.result().key()
              + " with other settings: "
              + String.join("; ", differences)
              + "; --force runs it again with these");
    }
  }
}
