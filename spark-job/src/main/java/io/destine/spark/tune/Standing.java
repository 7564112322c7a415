package io.destine.spark.tune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.config.Metric;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * The result of a trial.
 *
 * @param number of the trial, counted from 1
 * @param metric that compares trials
 * @param epochs maximum number of epochs that count
 * @param records of its training runs, one for each seed
 */
record Standing(int number, Trial trial, Metric metric, int epochs, List<TrialRecord> records) {

  /**
   * Best first by the value of the metric, then by number. Trials with fewer epochs are included:
   * more epochs never make the best one worse.
   */
  static final Comparator<Standing> BEST_FIRST =
      Comparator.comparing((Standing s) -> s.value().isEmpty())
          .thenComparing(Standing::compareValue)
          .thenComparing(Standing::number);

  private static int compareValue(Standing a, Standing b) {
    if (a.value().isEmpty() || b.value().isEmpty()) {
      return 0;
    }
    double mine = a.value().getAsDouble();
    double theirs = b.value().getAsDouble();
    return a.metric.better(mine, theirs) ? -1 : a.metric.better(theirs, mine) ? 1 : 0;
  }

  Standing {
    records = List.copyOf(records);
  }

  /** True if none of its training runs can continue. */
  boolean finished() {
    return records.stream().allMatch(r -> r.state() != TrialRecord.State.TRAINING);
  }

  /**
   * The mean of the metric over the seeds; empty if a training run has failed or has no figure yet.
   */
  OptionalDouble value() {
    return mean(epoch -> epoch.value(metric));
  }

  OptionalDouble auc() {
    return mean(EpochFigures::auc);
  }

  OptionalDouble logLoss() {
    return mean(EpochFigures::logLoss);
  }

  private OptionalDouble mean(ToDoubleFunction<EpochFigures> figure) {
    List<Optional<EpochFigures>> best =
        records.stream().map(record -> record.best(metric, epochs)).toList();
    return best.stream().anyMatch(Optional::isEmpty)
        ? OptionalDouble.empty()
        : best.stream().map(Optional::get).mapToDouble(figure).average();
  }

  /** The standard deviation of the metric over the seeds; empty for a single one. */
  OptionalDouble spread() {
    OptionalDouble mean = value();
    if (mean.isEmpty() || records.size() < 2) {
      return OptionalDouble.empty();
    }
    double squares = 0;
    for (TrialRecord record : records) {
      double value = record.best(metric, epochs).orElseThrow().value(metric);
      squares += (value - mean.getAsDouble()) * (value - mean.getAsDouble());
    }
    return OptionalDouble.of(StrictMath.sqrt(squares / (records.size() - 1)));
  }

  /** Maximum number of epochs of its training runs. */
  int trained() {
    return records.stream().mapToInt(record -> Math.min(epochs, record.epochs())).max().orElse(0);
  }

  double seconds() {
    return records.stream().mapToDouble(TrialRecord::seconds).sum();
  }

  /** The reason why a training run failed; "" if none did. */
  String failure() {
    return records.stream()
        .map(TrialRecord::failure)
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse("");
  }

  /** Its state in a word: finished, failed, or stopped before its last epoch. */
  String state() {
    return !failure().isEmpty()
        ? TrialRecord.State.FAILED.key()
        : finished() ? TrialRecord.State.FINISHED.key() : "stopped";
  }

  /** The mean of a figure of the test rows over the seeds. */
  OptionalDouble test(String key) {
    return DoubleStream.of(tests(key)).average();
  }

  /** A figure of the test rows for each seed; empty if a training run does not have it. */
  double[] tests(String key) {
    List<JsonNode> figures =
        records.stream().map(TrialRecord::test).filter(test -> test != null).toList();
    return figures.size() < records.size() || figures.stream().anyMatch(f -> !f.has(key))
        ? new double[0]
        : figures.stream().mapToDouble(f -> f.path(key).asDouble()).toArray();
  }

  /** The figures in one line, such as {@code log loss 0.4412 AUC 0.7361}. */
  String words() {
    if (value().isEmpty()) {
      String name = metric == Metric.AUC ? "AUC" : "log loss";
      return failure().isEmpty() ? "no finite " + name : "failed: " + failure();
    }
    String loss = "log loss " + text(logLoss());
    String auc = "AUC " + text(auc());
    String spread = spread().isPresent() ? " ± " + text(spread()) : "";
    return metric == Metric.AUC ? auc + spread + "  " + loss : loss + spread + "  " + auc;
  }

  static String text(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.4f", value.getAsDouble()) : "-";
  }

  /**
   * The result as JSON, without figures of the test rows: a search shows only those of its winner.
   */
  ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("trial", number);
    trial.values().forEach(json.putObject("values")::put);
    json.put("state", state());
    json.put("epochs", trained());
    put(json, "validation_log_loss", logLoss());
    put(json, "validation_auc", auc());
    put(json, "spread", spread());
    if (!failure().isEmpty()) {
      json.put("failure", failure());
    }
    json.put("seconds", Math.round(seconds() * 1000) / 1000.0);
    for (TrialRecord record : records) {
      ObjectNode training = json.withArray("trainings").addObject();
      training.put("hash", record.hash());
      training.put("seed", record.seed());
      record.best(metric, epochs).ifPresent(best -> best.putInto(training));
    }
    return json;
  }

  static void put(ObjectNode json, String key, OptionalDouble value) {
    if (value.isPresent() && Double.isFinite(value.getAsDouble())) {
      json.put(key, value.getAsDouble());
    }
  }
}
