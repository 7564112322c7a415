package io.destine.spark.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.report.TrainingPage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * A training run in experiment tracking. Its methods return immediately and do not fail; only
 * {@link #close} waits for outstanding calls, for a limited time.
 */
public final class TrackedRun implements AutoCloseable {
  /** A training run that is not tracked. */
  public static final TrackedRun NONE = new TrackedRun(List.of(), "");

  /** Curves with more points than this per epoch are thinned out. */
  private static final int MOST_POINTS = 1000;

  private final List<Lane> lanes;
  private final String configuration;
  private boolean finished;

  /**
   * A run.
   *
   * @param lanes to the trackers
   * @param configuration as JSON, without secrets
   */
  TrackedRun(List<Lane> lanes, String configuration) {
    this.lanes = lanes;
    this.configuration = configuration;
  }

  private void say(Lane.Call call) {
    lanes.forEach(lane -> lane.add(call));
  }

  private void addFile(String name, Supplier<String> text) {
    lanes.forEach(lane -> lane.addFile(name, tracker -> tracker.file(name, text.get())));
  }

  /**
   * Training begins.
   *
   * @param report of the training so far
   * @param data fingerprint of the encoded rows
   * @param resumed true if it resumes from a checkpoint
   * @param earlier previous epochs
   */
  public void begin(
      ObjectNode report, String data, boolean resumed, List<Map<String, Object>> earlier) {
    if (!lanes.isEmpty()) {
      JsonNode now = report.deepCopy();
      say(tracker -> tracker.begin(now, data, resumed));
      file("configuration.json", configuration);
      earlier.forEach(this::evaluated);
    }
  }

  /** A step has been taken; the numbers are counted from 0. */
  public void stepped(int epoch, int step, int steps, double loss) {
    if (!lanes.isEmpty() && step % Math.max(1, (steps + MOST_POINTS - 1) / MOST_POINTS) == 0) {
      long now = System.currentTimeMillis();
      long taken = (long) epoch * steps + step;
      say(tracker -> tracker.step(now, taken, loss));
    }
  }

  /** An epoch has been evaluated. */
  public void evaluated(Map<String, Object> row) {
    long now = System.currentTimeMillis();
    Map<String, Double> figures = new TreeMap<>();
    row.forEach(
        (name, value) -> {
          if (value instanceof Number number) {
            figures.put(name, number.doubleValue());
          }
        });
    int epoch = figures.remove("epoch").intValue();
    say(tracker -> tracker.epoch(now, epoch, figures));
  }

  /**
   * The model is written.
   *
   * @param report of the training
   * @param manifestSha256 identifies the model; called only if the training is tracked
   */
  public void trained(ObjectNode report, Supplier<String> manifestSha256) {
    if (lanes.isEmpty()) {
      return;
    }
    JsonNode now = report.deepCopy();
    Map<String, Double> figures = new TreeMap<>();
    for (String split : List.of("validation", "test")) {
      putNumbers(now.at("/splits/" + split), split + "_", figures);
    }
    // These are already reported for each epoch, computed with the parameters of that epoch.
    figures.keySet().removeAll(List.of("validation_auc", "validation_log_loss"));
    figures.put("total_seconds", now.path("seconds").asDouble());
    if (now.has("best_epoch")) {
      figures.put("best_epoch", now.path("best_epoch").asDouble());
    }
    figures(now.path("epochs").asInt(), figures);
    note(Map.of("destine.model_sha256", textOf(manifestSha256)));
    addFile("report.html", () -> TrainingPage.render(now));
    addFile("report.json", () -> now.toPrettyString() + "\n");
  }

  /** A storage failure at this point must not fail a training run whose model is in place. */
  private static String textOf(Supplier<String> supplier) {
    try {
      return supplier.get();
    } catch (Exception e) {
      return "unknown";
    }
  }

  private static void putNumbers(JsonNode from, String prefix, Map<String, Double> figures) {
    from.fields()
        .forEachRemaining(
            field -> {
              if (field.getValue().isNumber()) {
                figures.put(prefix + field.getKey(), field.getValue().asDouble());
              }
            });
  }

  /** Adds figures of the training as a whole. */
  public void figures(int epoch, Map<String, Double> figures) {
    long now = System.currentTimeMillis();
    say(tracker -> tracker.figures(now, epoch, figures));
  }

  /** Adds tags to the training. */
  public void note(Map<String, String> tags) {
    say(tracker -> tracker.tags(tags));
  }

  /** Adds a file. */
  public void file(String name, String text) {
    addFile(name, () -> text);
  }

  /**
   * Registers the model. Its directory is read until {@link #close}.
   *
   * @param name its name among the models of this output
   * @param champion true if it is the live model from now on
   */
  public void register(String directory, String name, boolean champion) {
    lanes.forEach(lane -> lane.addOfModel(tracker -> tracker.register(directory, name, champion)));
  }

  /**
   * A model is the live one. If it is not registered yet, for instance because the process that
   * published it was killed, it gets a run and a version.
   */
  public void champion(String directory, String name) {
    lanes.forEach(lane -> lane.addOfModel(tracker -> tracker.champion(directory, name)));
  }

  /** The run has finished; a run that is closed without this call has failed. */
  public void finish() {
    finished = true;
  }

  @Override
  public void close() {
    boolean success = finished;
    say(tracker -> tracker.end(success));
    lanes.forEach(Lane::close);
  }
}
