package io.destine.spark.nightly;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.Owner;
import io.destine.spark.store.Publications;
import io.destine.spark.store.RunLock;
import io.destine.spark.store.Storage;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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

  /** A rollback of the configured model. */
  public Rollback(SparkSession spark, JobConfig config, Clock clock) {
    hadoop = spark.sparkContext().hadoopConfiguration();
    owner = Owner.ofThisProcess(spark.sparkContext().applicationId());
    this.config = config;
    this.clock = clock;
    paths = new NightlyPaths(config.output().model());
    fileSystem = Storage.of(hadoop, new Path(paths.base()));
  }

  private record Earlier(String name, LocalDate date) {}

  /**
   * Rolls back.
   *
   * @param to date of the model; the one before the live one when empty
   * @return what is live now
   * @throws UserError when there is no such model, or it is damaged
   * @throws io.destine.spark.store.LockedException when a run is under way
   */
  public CurrentModel run(Optional<LocalDate> to) {
    Publications publications = Publications.of(hadoop, paths.base());
    // Before the lock, which would leave a directory where there was none.
    live(publications.state());
    try (RunLock lock = NightlyJob.lock(hadoop, paths, owner, config.nightly(), clock)) {
      Publications.State state = publications.state();
      CurrentModel live = live(state);
      Earlier target = target(live, to);
      String directory = paths.model(target.name());
      ModelBase.open(hadoop, directory)
          .read(
              reader -> {
                reader.verify();
                return reader;
              });
      lock.requireHeld();
      CurrentModel back =
          new CurrentModel(target.name(), target.date(), clock.instant(), "rollback", live.name());
      publications.publish(state.number(), back);
      note(live, back, new RunHistory(fileSystem, paths).under(lock));
      return back;
    }
  }

  /** Has the reports and pages of both runs, and the list of all, show what is live. */
  private void note(CurrentModel before, CurrentModel live, RunHistory history) {
    RunPages pages = new RunPages(fileSystem, paths, config.nightly(), line -> {});
    history
        .ofModel(before.name())
        .ifPresent(
            run -> {
              RunReport.rolledBack(run.report(), live);
              history.write(run.name(), run.report());
              pages.page(run.name(), history.all());
            });
    history
        .ofModel(live.name())
        .filter(run -> run.report().has(RunReport.ROLLED_BACK))
        .ifPresent(
            run -> {
              run.report().remove(RunReport.ROLLED_BACK);
              history.write(run.name(), run.report());
              pages.page(run.name(), history.all());
            });
    pages.index(history.all(), Optional.of(live.name()));
  }

  private CurrentModel live(Publications.State state) {
    return state.live().orElseThrow(() -> new UserError("no live model in " + paths.base()));
  }

  private Earlier target(CurrentModel live, Optional<LocalDate> to) {
    List<Earlier> models = models();
    Earlier now = new Earlier(live.name(), live.date());
    // Without a date: what was published before the live model, never what came after it.
    int place = models.indexOf(now);
    List<Earlier> fitting =
        models.subList(0, to.isPresent() || place < 0 ? models.size() : place).stream()
            .filter(m -> !m.equals(now))
            .filter(m -> to.map(m.date()::equals).orElse(!m.date().isAfter(live.date())))
            .toList();
    if (fitting.isEmpty()) {
      throw new UserError(
          to.map(date -> "--to: no model of " + date + " is kept beside the live one, ")
                  .orElse("no model is kept from before the live one, ")
              + live.name()
              + "; kept are "
              + String.join(", ", models.stream().map(Earlier::name).toList()));
    }
    return fitting.get(fitting.size() - 1);
  }

  /** Published models that are still kept, oldest first. */
  private List<Earlier> models() {
    List<Earlier> models = new ArrayList<>();
    for (RunRecord run : new RunHistory(fileSystem, paths).all()) {
      List<String> names = new ArrayList<>(run.models());
      Collections.reverse(names);
      for (String name : names) {
        if (ModelBase.open(hadoop, paths.model(name)).exists()) {
          models.add(new Earlier(name, run.date()));
        }
      }
    }
    return models;
  }
}
