package io.destine.spark.nightly;

import io.destine.config.Components;
import io.destine.config.TrainConfig;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.Fence;
import io.destine.spark.store.Publications;
import io.destine.spark.store.Storage;
import io.destine.train.TrainingListener;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * The common part of all runs of a job.
 *
 * @param input location of the rows of days
 * @param program name and version, for manifests
 * @param log receives lines for people
 * @param progress receives training events
 * @param listener receives events of nightly runs
 */
record NightlyContext(
    SparkSession spark,
    JobConfig config,
    DayInput input,
    String program,
    Consumer<String> log,
    Function<TrainConfig, TrainingListener> progress,
    Clock clock,
    FileSystem fileSystem,
    NightlyPaths paths,
    RunHistory history,
    NightListener listener) {

  static NightlyContext of(
      SparkSession spark,
      JobConfig config,
      String program,
      Consumer<String> log,
      Function<TrainConfig, TrainingListener> progress,
      Clock clock,
      NightListener listener) {
    NightlyPaths paths = new NightlyPaths(config.output().model());
    FileSystem fileSystem =
        Storage.of(spark.sparkContext().hadoopConfiguration(), new Path(paths.base()));
    return new NightlyContext(
        spark,
        config,
        DayInput.of(spark, config),
        program,
        log,
        progress,
        clock,
        fileSystem,
        paths,
        new RunHistory(fileSystem, paths),
        listener);
  }

  /** The same for a run that holds a lock; once it has lost the lock, it writes nothing more. */
  NightlyContext under(Fence lock) {
    return Components.with(this, "history", history.under(lock));
  }

  NightlyConfig nightly() {
    return config.nightly();
  }

  Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  /** The live model, read from storage now. */
  Optional<CurrentModel> live() {
    return publications().state().live();
  }

  /** The history of live models. */
  Publications publications() {
    return Publications.of(hadoop(), paths.base());
  }

  /** Writes the report of a run and the files derived from it. */
  void write(RunRecord run) {
    history.write(run.name(), run.report());
    history.requireHeld();
    List<RunRecord> all = history.all();
    pages().page(run.name(), all);
    pages().index(all, live().map(CurrentModel::name));
    metrics(run);
  }

  /** Rewrites the list of all runs, for example after some have been removed. */
  void index() {
    history.requireHeld();
    pages().index(history.all(), live().map(CurrentModel::name));
  }

  /** Publishes the figures of a run to monitoring. */
  void metrics(RunRecord run) {
    pages().metrics(run);
  }

  RunPages pages() {
    return new RunPages(fileSystem, paths, nightly(), log);
  }
}
