package io.destine.spark.nightly;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.report.RunReport;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.Owner;
import io.destine.spark.store.Publications;
import io.destine.spark.store.RunLock;
import io.destine.spark.store.Storage;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Makes an earlier model the live one again, under the lock of nightly runs. */
public final class Rollback {
  private final Configuration hadoop;
  private final JobConfig config;
  private final Owner owner;
  private final Clock clock;
  private final NightlyPaths paths;
  private final FileSystem fileSystem;

  /**
   * The model to make live.
   *
   * @param date of the model
   * @param number of the run of this date; if empty, the newest kept model of the date apart from
   *     the live one
   */
  public record Target(LocalDate date, OptionalInt number) {
    /** Parses a date or, as {@code 2026-11-24.1}, a run of it; empty if the text is neither. */
    public static Optional<Target> parse(String text) {
      boolean first = text.endsWith(".1");
      return RunName.parse(first ? text.substring(0, text.length() - 2) : text)
          .filter(name -> !first || name.number() == 1)
          .map(name -> new Target(name.date(), number(name, first)));
    }

    private static OptionalInt number(RunName name, boolean first) {
      return first || name.number() > 1 ? OptionalInt.of(name.number()) : OptionalInt.empty();
    }

    private boolean fits(RunName name) {
      return name.date().equals(date) && name.number() == number.orElse(name.number());
    }

    private String missing(Optional<RunName> live) {
      if (number.isPresent() && live.filter(this::fits).isPresent()) {
        return "--to: " + live.get() + " is live already";
      }
      return "--to: no model "
          + (number.isPresent() ? new RunName(date, number.getAsInt()).exact() : "of " + date)
          + " is kept"
          + live.filter(name -> name.date().equals(date))
              .map(name -> " except the live one, " + name)
              .filter(words -> number.isEmpty())
              .orElse("");
    }
  }

  /** A rollback of the configured model. */
  public Rollback(SparkSession spark, JobConfig config, Clock clock) {
    hadoop = spark.sparkContext().hadoopConfiguration();
    owner = Owner.ofThisProcess(spark.sparkContext().applicationId());
    this.config = config;
    this.clock = clock;
    paths = new NightlyPaths(config.output().model());
    fileSystem = Storage.of(hadoop, new Path(paths.base()));
  }

  /**
   * Rolls back.
   *
   * @param to the model; if empty, the one before the live one
   * @return the model that is live now
   * @throws UserError if there is no such model, or if none is live and no target is given
   * @throws io.destine.artifact.ModelFormatException if the model is damaged
   * @throws io.destine.spark.store.LockedException if a run is in progress
   */
  public CurrentModel run(Optional<Target> to) {
    Publications publications = Publications.of(hadoop, paths.base());
    // With a target, the live model does not matter; a damaged file that should name it is ignored.
    Function<Publications, Publications.State> now =
        to.isPresent() ? Publications::stateDespiteDamage : Publications::state;
    // Checked before the lock, which would create a directory where there was none.
    target(now.apply(publications).live(), to);
    try (RunLock lock = NightlyJob.lock(hadoop, paths, owner, config.nightly(), clock, now)) {
      Publications.State state = now.apply(publications);
      RunHistory history = new RunHistory(fileSystem, paths).under(lock);
      state
          .live()
          .flatMap(live -> history.completed(live, clock))
          .ifPresent(run -> history.write(run.name(), run.report()));
      RunName target = target(state.live(), to);
      String directory = paths.model(target.toString());
      ModelBase.open(hadoop, directory)
          .read(
              reader -> {
                reader.verify();
                return reader;
              });
      lock.requireHeld();
      CurrentModel back =
          new CurrentModel(
              target.toString(),
              target.date(),
              clock.instant(),
              "rollback",
              state.live().map(CurrentModel::name).orElse(null));
      publications.publish(state.number(), back);
      note(state.live(), back, history);
      return back;
    }
  }

  /**
   * Updates the reports and pages of both runs, and the list of all runs, to show the live model.
   */
  private void note(Optional<CurrentModel> before, CurrentModel live, RunHistory history) {
    RunPages pages = new RunPages(fileSystem, paths, config.nightly(), line -> {});
    before
        .flatMap(model -> history.ofModel(model.name()))
        .ifPresent(run -> write(run, ReportBuilder.rolledBack(run.report(), live), history, pages));
    history
        .ofModel(live.name())
        .filter(run -> run.report().live().rolledBack() != null)
        .ifPresent(run -> write(run, ReportBuilder.notRolledBack(run.report()), history, pages));
    pages.index(history.all(), Optional.of(live.name()));
  }

  private static void write(RunRecord run, RunReport report, RunHistory history, RunPages pages) {
    history.write(run.name(), report);
    pages.page(run.name(), history.all());
  }

  private RunName target(Optional<CurrentModel> live, Optional<Target> to) {
    RunHistory history = new RunHistory(fileSystem, paths);
    List<RunName> models = history.models();
    if (live.isEmpty() && (models.isEmpty() || to.isEmpty())) {
      throw new UserError(
          "no live model in "
              + paths.base()
              + (models.isEmpty() ? "" : "; --to makes one of these live: " + names(models)));
    }
    Optional<RunName> now = live.map(CurrentModel::name).flatMap(RunName::parse);
    // Without a target: the newest model before the live one that no rollback has withdrawn.
    int place = now.map(models::indexOf).orElse(-1);
    List<RunName> fitting =
        models.subList(0, to.isPresent() || place < 0 ? models.size() : place).stream()
            .filter(m -> now.filter(m::equals).isEmpty())
            .filter(m -> to.isEmpty() || to.get().fits(m))
            .filter(m -> to.isPresent() || !m.date().isAfter(live.get().date()))
            .filter(m -> to.isPresent() || history.of(m).filter(RunRecord::withdrawn).isEmpty())
            .toList();
    if (fitting.isEmpty()) {
      throw new UserError(
          to.map(target -> target.missing(now))
                  .orElseGet(
                      () ->
                          "no model older than the live one, "
                              + live.get().name()
                              + ", is kept, apart from models that were rolled back")
              + "; kept models: "
              + (models.isEmpty() ? "none" : names(models)));
    }
    return fitting.get(fitting.size() - 1);
  }

  private static String names(List<RunName> models) {
    return String.join(", ", models.stream().map(RunName::toString).toList());
  }
}
