package io.destine.metric;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The metrics of some rows, together with the results of their {@link ThresholdSums}: confidence
 * intervals, curves and the most useful thresholds.
 *
 * @param report the metrics
 * @param sums of the same rows
 */
public record DetailedReport(EvaluationReport report, ThresholdSums sums) {
  private static final double[] SHARES = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5};

  /** Points of a curve in JSON differ by at least this in recall or false positive rate. */
  private static final double LEAST_DISTANCE = 1.0 / 128;

  /**
   * One threshold of the table.
   *
   * @param reason why it is in the table
   * @param point the selection at this threshold
   */
  public record Threshold(String reason, ThresholdPoint point) {}

  /** Evaluates rows in one thread; see {@link EvaluationReport#of}. */
  public static DetailedReport of(double[] logits, float[] labels, float[] weights, long[] groups) {
    WeightTotals totals = new WeightTotals();
    totals.add(labels, weights);
    ThresholdSums sums = new ThresholdSums(WeightUnit.of(totals));
    sums.add(logits, labels, weights);
    return new DetailedReport(EvaluationReport.of(logits, labels, weights, groups), sums);
  }

  /** The interval of the exact AUC, with DeLong's standard error. */
  public Optional<Interval> auc() {
    return interval(report.auc(), sums.aucError(), 1);
  }

  /** The interval of the log loss, a mean over rows. */
  public Optional<Interval> logLoss() {
    return interval(report.logLoss(), sums.logLossError(), Double.MAX_VALUE);
  }

  private static Optional<Interval> interval(
      OptionalDouble estimate, OptionalDouble error, double most) {
    return estimate.isPresent() && error.isPresent()
        ? Optional.of(Interval.around(estimate.getAsDouble(), error.getAsDouble(), 0, most))
        : Optional.empty();
  }

  /**
   * The thresholds nearest to given shares of the rows, the one with the highest F1, and the
   * probability 1/2; by descending threshold, each once.
   */
  public List<Threshold> thresholds() {
    List<ThresholdPoint> points = sums.points();
    List<Threshold> table = new ArrayList<>();
    if (points.isEmpty()) {
      return table;
    }
    ThresholdPoint best =
        points.stream().max(Comparator.comparingDouble(ThresholdPoint::f1)).orElseThrow();
    table.add(new Threshold("highest F1", best));
    points.stream()
        .filter(p -> p.threshold() >= 0.5)
        .reduce((higher, lower) -> lower)
        .ifPresent(p -> add(table, "probability 0.5", p));
    for (double share : SHARES) {
      points.stream()
          .min(Comparator.comparingDouble(p -> Math.abs(Math.log(p.selected() / share))))
          .ifPresent(p -> add(table, "about " + Math.round(100 * share) + "% of rows", p));
    }
    table.sort(Comparator.comparingDouble((Threshold t) -> t.point().threshold()).reversed());
    return table;
  }

  private static void add(List<Threshold> table, String reason, ThresholdPoint point) {
    if (table.stream().noneMatch(t -> t.point().equals(point))) {
      table.add(new Threshold(reason, point));
    }
  }

  /** The points of the curves, without those that differ little from the previous one. */
  private List<ThresholdPoint> curve() {
    List<ThresholdPoint> points = sums.points();
    List<ThresholdPoint> curve = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      ThresholdPoint point = points.get(i);
      ThresholdPoint last = curve.isEmpty() ? null : curve.get(curve.size() - 1);
      boolean far =
          last == null
              || point.recall() - last.recall() >= LEAST_DISTANCE
              || point.falsePositiveRate() - last.falsePositiveRate() >= LEAST_DISTANCE;
      if (far || i == points.size() - 1) {
        curve.add(point);
      }
    }
    return curve;
  }

  /** The report with its intervals as JSON, without curves. */
  public ObjectNode figures() {
    ObjectNode json = report.toJson();
    ObjectNode intervals = JsonNodeFactory.instance.objectNode();
    auc().ifPresent(interval -> put(intervals, "auc", interval));
    logLoss().ifPresent(interval -> put(intervals, "log_loss", interval));
    if (!intervals.isEmpty()) {
      json.set("intervals", intervals);
    }
    return json;
  }

  /** {@link #figures} with the points of the curves and the table of thresholds. */
  public ObjectNode toJson() {
    ObjectNode json = figures();
    ArrayNode curve = json.putArray("curve");
    curve().forEach(point -> put(curve.addObject(), point));
    ArrayNode thresholds = json.putArray("thresholds");
    thresholds().forEach(t -> put(thresholds.addObject().put("reason", t.reason()), t.point()));
    return json;
  }

  private static void put(ObjectNode json, String key, Interval interval) {
    json.putObject(key).put("low", interval.low()).put("high", interval.high());
  }

  private static void put(ObjectNode json, ThresholdPoint point) {
    json.put("threshold", point.threshold())
        .put("selected", point.selected())
        .put("recall", point.recall())
        .put("false_positive_rate", point.falsePositiveRate())
        .put("precision", point.precision());
  }
}
