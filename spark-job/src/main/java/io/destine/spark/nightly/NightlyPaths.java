package io.destine.spark.nightly;

import io.destine.spark.store.CurrentModel;
import java.time.LocalDate;
import org.apache.hadoop.fs.Path;

/**
 * Where nightly runs keep things, below the directory that output.model names: {@code CURRENT},
 * {@code models/NAME}, {@code runs/DATE/report.json} and {@code report.html}, {@code LOCK}.
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

  Path models() {
    return new Path(base, CurrentModel.MODELS);
  }

  Path runs() {
    return new Path(base, "runs");
  }

  Path run(LocalDate date) {
    return new Path(runs(), date.toString());
  }

  Path report(LocalDate date) {
    return new Path(run(date), "report.json");
  }

  Path page(LocalDate date) {
    return new Path(run(date), "report.html");
  }

  /** The encoded rows of a run under way. */
  String data(LocalDate date) {
    return run(date) + "/data";
  }
}
