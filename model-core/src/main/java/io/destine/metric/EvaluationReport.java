package io.destine.metric;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.config.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The metrics of predictions over the rows of a split. A metric that is undefined for these rows is
 * absent, with a warning that says why; no metric is ever NaN.
 *
 * @param rows number of rows
 * @param weight their weight
 * @param auc probability that a positive row is ranked above a negative one, ties counted half
 * @param prAuc average precision
 * @param logLoss weighted mean binary cross-entropy
 * @param normalizedEntropy log loss over the entropy of the base rate
 * @param calibration sum of probabilities over sum of labels
 * @param ece expected calibration error over {@value ProbabilitySums#BINS} bins of equal width
 * @param gauc AUC within groups, averaged with the groups' weights; absent without a group column
 * @param gaucGroups groups with both classes
 * @param gaucSkipped groups left out of gauc for having one class only
 * @param gaucRowsWithoutGroup rows left out of gauc for having no group
 * @param baseRate weighted share of label 1
 * @param meanPrediction weighted mean probability
 * @param minPrediction lowest probability
 * @param maxPrediction highest probability
 * @param constant true when there are at least two rows and all have the same prediction
 * @param reliability the reliability table
 * @param warnings why metrics are absent or unreliable
 */
public record EvaluationReport(
    long rows,
    double weight,
    OptionalDouble auc,
    OptionalDouble prAuc,
    OptionalDouble logLoss,
    OptionalDouble normalizedEntropy,
    OptionalDouble calibration,
    OptionalDouble ece,
    OptionalDouble gauc,
    long gaucGroups,
    long gaucSkipped,
    long gaucRowsWithoutGroup,
    OptionalDouble baseRate,
    OptionalDouble meanPrediction,
    OptionalDouble minPrediction,
    OptionalDouble maxPrediction,
    boolean constant,
    List<ReliabilityBin> reliability,
    List<String> warnings) {

  public EvaluationReport {
    reliability = List.copyOf(reliability);
    warnings = List.copyOf(warnings);
  }

  /**
   * The report of sums over the same rows.
   *
   * @param groups sums by group, or null without a group column
   */
  public static EvaluationReport of(ProbabilitySums sums, RankSums ranks, GroupAucSums groups) {
    ClassWeights weights = sums.weights();
    return new EvaluationReport(
        sums.rows(),
        sums.weight(),
        ranks.auc(weights),
        ranks.prAuc(weights),
        sums.logLoss(),
        sums.normalizedEntropy(),
        sums.calibration(),
        sums.ece(),
        groups == null ? OptionalDouble.empty() : groups.gauc(),
        groups == null ? 0 : groups.groups(),
        groups == null ? 0 : groups.skipped(),
        groups == null ? 0 : groups.rowsWithoutGroup(),
        sums.baseRate(),
        sums.meanPrediction(),
        sums.minPrediction(),
        sums.maxPrediction(),
        sums.constant(),
        sums.reliability(),
        warnings(sums, groups));
  }

  /**
   * Evaluates rows in one thread; distributed evaluation is tested against it.
   *
   * @param logits [N], finite
   * @param labels [N], 0 or 1
   * @param weights [N], or null when all are 1
   * @param groups [N] the group of each row, {@link GroupAucSums#NO_GROUP} for none, or null
   * @throws IllegalArgumentException naming the first row with a bad logit, label or weight
   */
  public static EvaluationReport of(
      double[] logits, float[] labels, float[] weights, long[] groups) {
    WeightTotals totals = new WeightTotals();
    totals.add(labels, weights);
    WeightUnit unit = WeightUnit.of(totals);
    ProbabilitySums sums = new ProbabilitySums(unit);
    sums.add(logits, labels, weights);
    GroupAucSums byGroup = null;
    if (groups != null) {
      byGroup = new GroupAucSums(unit);
      byGroup.add(groups, logits, labels, weights);
    }
    return of(sums, RankGroups.of(logits, labels, weights, unit).sums(), byGroup);
  }

  /** The metric by which training compares models; absent when it is undefined for these rows. */
  public OptionalDouble value(Metric metric) {
    return switch (metric) {
      case AUC -> auc;
      case LOG_LOSS -> logLoss;
    };
  }

  private static List<String> warnings(ProbabilitySums sums, GroupAucSums groups) {
    List<String> warnings = new ArrayList<>();
    ClassWeights weights = sums.weights();
    if (sums.rows() == 0) {
      warnings.add("there are no rows, so there are no metrics");
    } else if (weights.total() == 0) {
      warnings.add("all rows have weight 0, so there are no metrics");
    } else if (!weights.hasBoth()) {
      warnings.add(
          oneClass(sums)
              + (weights.positive() == 0
                  ? ", so auc, pr_auc, normalized_entropy and calibration are not defined"
                  : ", so auc, pr_auc and normalized_entropy are not defined"));
    }
    if (sums.constant()) {
      warnings.add(
          "all predictions are the same: the fields of all rows are equal, or the model has"
              + " collapsed to a constant");
    }
    if (sums.normalizedEntropy().orElse(0) > 1) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "the model is worse than guessing: always predicting the share of positives, %.4f,"
                  + " has a lower log loss (normalized entropy %.4f, above 1)",
              sums.baseRate().getAsDouble(),
              sums.normalizedEntropy().getAsDouble()));
    }
    if (groups != null && weights.hasBoth() && groups.groups() == 0) {
      warnings.add("no group has both labels, so gauc is not defined");
    }
    if (groups != null && groups.rowsWithoutGroup() > 0) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "%,d of %,d rows have no group, so gauc leaves them out",
              groups.rowsWithoutGroup(),
              sums.rows()));
    }
    return warnings;
  }

  /** A message that says which class has no weight, and whether it has rows. */
  private static String oneClass(ProbabilitySums sums) {
    int absent = sums.weights().positive() > 0 ? 0 : 1;
    long rows = absent == 1 ? sums.positiveRows() : sums.rows() - sums.positiveRows();
    return rows == 0
        ? "all labels are " + (1 - absent)
        : "all rows of label " + absent + " have weight 0";
  }

  /** The report as JSON; absent metrics are left out. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    put(json, "auc", auc);
    put(json, "log_loss", logLoss);
    put(json, "pr_auc", prAuc);
    put(json, "normalized_entropy", normalizedEntropy);
    put(json, "calibration", calibration);
    put(json, "ece", ece);
    if (gaucGroups + gaucSkipped + gaucRowsWithoutGroup > 0) {
      put(json, "gauc", gauc);
      json.put("gauc_groups", gaucGroups);
      json.put("gauc_skipped", gaucSkipped);
      json.put("gauc_rows_without_group", gaucRowsWithoutGroup);
    }
    json.put("rows", rows);
    json.put("weight", weight);
    put(json, "base_rate", baseRate);
    put(json, "mean_prediction", meanPrediction);
    put(json, "min_prediction", minPrediction);
    put(json, "max_prediction", maxPrediction);
    ArrayNode table = json.putArray("reliability");
    for (ReliabilityBin bin : reliability) {
      if (bin.rows() > 0) {
        table
            .addObject()
            .put("from", bin.from())
            .put("to", bin.to())
            .put("rows", bin.rows())
            .put("weight", bin.weight())
            .put("mean_prediction", bin.meanPrediction())
            .put("positive_rate", bin.positiveRate());
      }
    }
    ArrayNode texts = json.putArray("warnings");
    warnings.forEach(texts::add);
    return json;
  }

  private static void put(ObjectNode json, String key, OptionalDouble value) {
    value.ifPresent(v -> json.put(key, v));
  }
}
