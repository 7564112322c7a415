package io.destine.spark.app;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.nightly.NightListener;
import io.destine.spark.nightly.RunName;
import io.destine.spark.nightly.RunRecord;
import io.destine.spark.report.RunReport;
import io.destine.spark.report.RunResult;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.tracking.TrackedRun;
import io.destine.spark.tracking.Tracking;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;

/** Tracks each nightly run as a run, and the live model as the champion of a registered model. */
final class TrackedNights implements NightListener, AutoCloseable {
  private final Tracking tracking;
  private final String base;
  private TrackedRun run = TrackedRun.NONE;

  /** Tracks the nightly runs in the given directory. */
  TrackedNights(Tracking tracking, String base) {
    this.tracking = tracking;
    this.base = base;
  }

  @Override
  public TrackedRun training(RunName name) {
    run = named(name.toString());
    return run;
  }

  @Override
  public void ended(RunRecord night, String directory) {
    try (TrackedRun ended = run) {
      run = TrackedRun.NONE;
      RunReport report = night.report();
      Map<String, Double> figures = new TreeMap<>();
      put(figures, "forecast", report.comparison().forecast());
      put(figures, "published_same_rows", report.comparison().publishedSameRows());
      Integer epochs = report.training().epochs();
      ended.figures(epochs == null ? 0 : epochs, figures);
      String name = night.name().toString();
      boolean same = night.result() == RunResult.PROMOTED && !night.published(name);
      ended.note(
          Map.of("destine.night", name, "destine.result", same ? "same" : night.result().key()));
      if (!night.reasons().isEmpty()) {
        ended.note(Map.of("destine.reasons", night.reasons()));
      }
      ended.file("night.json", report.json().toPrettyString() + "\n");
      if (night.published(name)) {
        ended.register(directory, name, true);
      }
      if (night.result().finished()) {
        ended.finish();
      }
    }
  }

  private static void put(Map<String, Double> figures, String part, JsonNode metrics) {
    for (String figure : List.of("auc", "log_loss", "calibration")) {
      RunReport.Comparison.figure(metrics, figure)
          .ifPresent(value -> figures.put(part + "_" + figure, value));
    }
  }

  @Override
  public void live(CurrentModel model) {
    try (TrackedRun registry = named(model.name())) {
      registry.champion(CurrentModel.directory(base, model.name()), model.name());
      registry.finish();
    }
  }

  /** Ends the tracked run of a night that has lost its lock: {@link #ended} is not called. */
  @Override
  public void close() {
    run.close();
  }

  private TrackedRun named(String night) {
    return tracking.run(
        new Path(base).getName() + "-" + night, CurrentModel.directory(base, night));
  }
}
