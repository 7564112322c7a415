package io.destine.spark.tune;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.config.Components;
import io.destine.config.Metric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The figures of one training run of a trial.
 *
 * @param hash of its settings and encoded rows
 * @param seed of the training
 * @param state of the training
 * @param curve figures of the epochs so far
 * @param seconds of training time
 * @param test figures on the test rows as JSON if finished, otherwise null
 * @param failure why training could not continue, or ""
 * @param calibratedLogLoss of the best epoch; null if not finished or without calibration
 */
record TrialRecord(
    String hash,
    long seed,
    State state,
    List<EpochFigures> curve,
    double seconds,
    JsonNode test,
    String failure,
    Double calibratedLogLoss) {
  private static final String FORMAT = "destine-trial";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** The state of a training run. */
  enum State {
    TRAINING,
    FINISHED,
    FAILED;

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  TrialRecord {
    curve = curve.stream().sorted(Comparator.comparingInt(EpochFigures::epoch)).toList();
  }

  static TrialRecord begun(String hash, long seed) {
    return new TrialRecord(hash, seed, State.TRAINING, List.of(), 0, null, "", null);
  }

  /** The record after an epoch, which may be a repeated one. */
  TrialRecord after(EpochFigures epoch, double more) {
    List<EpochFigures> all = new ArrayList<>(curve);
    all.removeIf(known -> known.epoch() >= epoch.epoch());
    all.add(epoch);
    return Components.with(Components.with(this, "curve", all), "seconds", seconds + more);
  }

  TrialRecord finished(JsonNode figures, double more) {
    TrialRecord end = Components.with(this, "state", State.FINISHED);
    return Components.with(Components.with(end, "test", figures), "seconds", seconds + more);
  }

  /** The record with the log loss of the best epoch after calibration. */
  TrialRecord calibrated(double logLoss) {
    return Components.with(this, "calibratedLogLoss", logLoss);
  }

  TrialRecord failed(String why) {
    return Components.with(Components.with(this, "state", State.FAILED), "failure", why);
  }

  int epochs() {
    return curve.isEmpty() ? 0 : curve.get(curve.size() - 1).epoch();
  }

  /** True if no training is needed to reach this number of epochs. */
  boolean reached(int target) {
    return state != State.TRAINING || epochs() >= target;
  }

  /**
   * The best of the first {@code most} epochs; the earliest one in a tie. If these are all epochs,
   * its log loss is the calibrated one.
   *
   * @return empty if no epoch has a figure, or the training has failed
   */
  Optional<EpochFigures> best(Metric metric, int most) {
    Optional<EpochFigures> best = uncalibrated(metric, most);
    return calibratedLogLoss == null || most < epochs()
        ? best
        : best.map(epoch -> new EpochFigures(epoch.epoch(), epoch.auc(), calibratedLogLoss));
  }

  /** The same without calibration, to compare with the epochs of a running training. */
  Optional<EpochFigures> uncalibrated(Metric metric, int most) {
    EpochFigures best = null;
    for (EpochFigures epoch : state == State.FAILED ? List.<EpochFigures>of() : curve) {
      double least = best == null ? metric.worst() : best.value(metric);
      best = epoch.epoch() <= most && metric.better(epoch.value(metric), least) ? epoch : best;
    }
    return Optional.ofNullable(best);
  }

  ObjectNode toJson() {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("format", FORMAT);
    json.put("hash", hash);
    json.put("seed", seed);
    json.put("state", state.key());
    json.put("seconds", Math.round(seconds * 1000) / 1000.0);
    if (!failure.isEmpty()) {
      json.put("failure", failure);
    }
    if (calibratedLogLoss != null) {
      json.put("calibrated_log_loss", calibratedLogLoss);
    }
    curve.forEach(epoch -> epoch.putInto(json.withArray("learning").addObject()));
    if (test != null) {
      json.set("test", test);
    }
    return json;
  }

  /** Parses a record; empty if the text is not one. */
  static Optional<TrialRecord> parse(String text) {
    try {
      JsonNode json = MAPPER.readTree(text);
      if (!json.path("format").asText().equals(FORMAT)) {
        return Optional.empty();
      }
      List<EpochFigures> curve = new ArrayList<>();
      json.path("learning").forEach(epoch -> curve.add(EpochFigures.of(epoch)));
      return Optional.of(
          new TrialRecord(
              json.path("hash").asText(),
              json.path("seed").asLong(),
              State.valueOf(json.path("state").asText().toUpperCase(Locale.ROOT)),
              curve,
              json.path("seconds").asDouble(),
              json.get("test"),
              json.path("failure").asText(),
              json.has("calibrated_log_loss")
                  ? json.path("calibrated_log_loss").asDouble()
                  : null));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
