package io.destine.spark.nightly;

import io.destine.config.TrainConfig;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.ModelSettings;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.SplitConfig;
import io.destine.spark.conf.TrainingConfig;
import io.destine.spark.conf.UserError;
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
import java.util.Locale;
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
 *   <li>the day's rows are checked: complete, enough, usual label rate;
 *   <li>the published model is evaluated on all of them, before any training on them: a forecast;
 *   <li>a candidate starts from the published model: its ids plus new ones, its parameters and its
 *       optimiser state;
 *   <li>both are evaluated on the same held-out rows, and the gate decides;
 *   <li>one file, the next number in {@code published}, makes the candidate the live model.
 * </ol>
 *
 * <p>A lock allows one run at a time. A finished date is not run again. A killed run is resumed
 * from its last checkpoint by the next run for the same date, or cleaned up by a run for another
 * date. At any moment the live model is the old one or the new one.
 */
public final class NightlyJob {
  private final NightlyContext context;
  private final JobConfig config;

  /**
   * Options for running a date.
   *
   * @param force runs the date even if it is finished
   * @param start the state that the candidate takes over
   * @param publishOlder runs the date even if it is before the newest day of the published model;
   *     the older model may then replace it
   */
  public record Options(boolean force, Start start, boolean publishOlder) {
    /** Continues the published model, for a date that is not older than it. */
    public Options(boolean force) {
      this(force, Start.WARM, false);
    }
  }

  /** The state that a candidate takes over from the published model. */
  public enum Start {
    /** Its parameters, optimiser state and ids. */
    WARM,
    /** Only its ids. */
    FROM_SCRATCH,
    /** Nothing: new crosses, label rates and ids. */
    NEW_CROSSES
  }

  /**
   * How a run ended.
   *
   * @param run its record
   * @param before true if no result was recorded: the date had already been finished, or the
   *     candidate is identical to the live model
   */
  public record Outcome(RunRecord run, boolean before) {}

  /**
   * A job.
   *
   * @param program name and version, for manifests
   * @param log receives lines for people
   * @param progress receives training events
   * @throws UserError if the configuration does not allow nightly runs
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

  /** As above, with a listener for events of nightly runs. */
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
                      + ": nightly runs start from the live model; remove the setting (it is "
                      + model
                      + ")");
            });
    if (config.nightly().window().minCountDays() > 1 && config.vocabulary().limitsFrequency()) {
      throw new UserError(
          "vocabulary.max-frequency cannot be combined with nightly.min-count-days above 1 (it is "
              + config.nightly().window().minCountDays()
              + "), which counts values over several days; remove vocabulary.max-frequency or set"
              + " nightly.min-count-days = 1");
    }
    context = NightlyContext.of(spark, config, program, log, progress, clock, listener);
    SplitConfig split = config.split();
    if (!(split instanceof SplitConfig.ByFraction) || !split.hasValidation() || !split.hasTest()) {
      throw new UserError(
          "split: nightly needs fractions with validation rows, which select the epoch, and test"
              + " rows, on which candidate and published model are compared");
    }
  }

  /**
   * Runs a date.
   *
   * @throws UserError if the date or its rows are not suitable
   * @throws io.destine.spark.store.LockedException if another run is in progress
   */
  public Outcome run(LocalDate date, Options options) {
    LocalDate today = LocalDate.ofInstant(context.clock().instant(), ZoneOffset.UTC);
    if (date.isAfter(today)) {
      throw new UserError("date " + date + " is in the future: today is " + today + " in UTC");
    }
    Outputs.checkNights(context.spark().sparkContext(), config);
    RunPages.metricsFile(config.nightly()).ifPresent(MarkedFile::requireReplaceable);
    try (RunLock lock = lock()) {
      NightlyContext locked = context.under(lock);
      requireLiveModel(locked);
      recover(locked);
      new ChangedInputs(locked).note(date);
      Optional<Outcome> done = finished(date, options);
      Outcome outcome =
          done.isPresent() ? done.get() : new NightlyRun(locked, date, options, lock).go();
      locked.live().ifPresent(locked.listener()::live);
      return outcome;
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
   * The lock of nightly runs. A previous holder that may come back can no longer publish.
   *
   * @param state reads the live model if the previous holder may come back
   * @throws UserError if the storage does not support locks
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
        // Not released: the next run would find a free lock and not stop the previous holder.
        lock.abandon();
        throw e;
      }
    }
    return lock;
  }

  private static Duration lease(NightlyConfig config) {
    return Duration.ofMillis((long) (config.keeping().lockMinutes() * 60_000));
  }

  /**
   * Completes the report of a run that ended after publishing its model but before recording the
   * publication.
   */
  private static void recover(NightlyContext locked) {
    locked
        .live()
        .flatMap(live -> locked.history().completed(live, locked.clock()))
        .ifPresent(locked::write);
  }

  /**
   * Checks the live model and the record of it: without the record, a run would ignore the existing
   * models and train from scratch.
   */
  private static void requireLiveModel(NightlyContext locked) {
    Optional<CurrentModel> live = locked.live();
    live.flatMap(locked.history()::missing)
        .ifPresent(
            problem -> {
              throw new UserError("output.model: " + problem);
            });
    Optional<RunName> best = live.isPresent() ? Optional.empty() : locked.history().bestModel();
    best.ifPresent(
        name -> {
          throw new UserError(
              "output.model: "
                  + locked.paths().base()
                  + " has models, but "
                  + Publications.DIRECTORY
                  + "/, which names the live one, is missing; restore it, or make a model live with"
                  + " rollback --to "
                  + name.exact());
        });
  }

  /** The result of a date that needs no run. */
  private Optional<Outcome> finished(LocalDate date, Options options) {
    Optional<CurrentModel> current = context.live();
    boolean older = current.isPresent() && date.isBefore(current.get().date());
    if (options.force()) {
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
      requireSameSettings(before.get(), older);
      return Optional.of(new Outcome(before.get(), true));
    }
    boolean seen = current.isPresent() && !current.get().date().isBefore(date);
    if (seen && !(older && options.publishOlder())) {
      throw new UserError(
          notAfter(date, current.get())
              + (older ? "; --publish-older" : "; --force")
              + " runs it anyway");
    }
    return Optional.empty();
  }

  private static String notAfter(LocalDate date, CurrentModel live) {
    return "date "
        + date
        + " is not after "
        + live.date()
        + ", the newest day of the live model "
        + live.name();
  }

  private void requireSameSettings(RunRecord before, boolean older) {
    List<String> differences =
        before.settings().map(then -> ModelSettings.of(config).differences(then)).orElse(List.of());
    if (!differences.isEmpty()) {
      throw new UserError(
          before.date()
              + " was "
              + before.result().title().toLowerCase(Locale.ROOT)
              + " with other settings: "
              + String.join("; ", differences)
              + (older ? "; --force --publish-older" : "; --force")
              + " runs it again with the current settings");
    }
  }
}
