package io.destine.spark.nightly;

import io.destine.spark.conf.OutputConfig;
import io.destine.spark.store.CurrentModel;
import org.apache.hadoop.fs.Path;

/**
 * Paths of nightly runs, below the directory of output.model: {@code published}, {@code
 * models/NAME}, {@code runs/NAME/report.json} and {@code report.html}, {@code runs/index.html},
 * {@code LOCK}.
 *
 * @param base the directory
 */
record NightlyPaths(String base) {

  Path lock() {
    return new Path(base, "LOCK");
  }

  String model(String name) {
    return CurrentModel.directory(base, name);
  }

  /** The checkpoints of a run. */
  Path checkpoints(RunName name) {
    return new Path(model(name.toString()) + OutputConfig.CHECKPOINTS);
  }

  Path models() {
    return new Path(base, CurrentModel.MODELS);
  }

  Path runs() {
    return new Path(base, "runs");
  }

  Path run(RunName name) {
    return new Path(runs(), name.toString());
  }

  Path report(RunName name) {
    return new Path(run(name), "report.json");
  }

  Path page(RunName name) {
    return new Path(run(name), "report.html");
  }

  /** The list of all runs. */
  Path index() {
    return new Path(runs(), "index.html");
  }

  /** The encoded rows of a run in progress. */
  String data(RunName name) {
    return run(name) + "/data";
  }
}
