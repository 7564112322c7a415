package io.destine.spark.ml;

import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * The parameters of {@link DestineClassifier} and {@link DestineModel} that are not settings of a
 * configuration: field columns, validation rows, output columns. Parameters that are settings are
 * in {@link SettingParams}.
 */
public interface DestineParams extends SettingParams {
  /** Values of {@link #handleInvalid}. */
  String ERROR = "error";

  String SKIP = "skip";
  String KEEP = "keep";

  /** Columns that are fields of the network, in order. */
  default StringArrayParam inputCols() {
    return new StringArrayParam(
        this,
        "inputCols",
        "columns that are fields of the network, in order, categorical unless another parameter"
            + " names their kind; every column without another role when not set");
  }

  /** Fields that hold numbers. */
  default StringArrayParam numericCols() {
    return new StringArrayParam(this, "numericCols", "numeric fields, in buckets of ln(x)^2");
  }

  /** Fields that hold lists. */
  default StringArrayParam multiCols() {
    return new StringArrayParam(
        this,
        "multiCols",
        "fields that hold several values, as a list or as a string separated by |");
  }

  /** All other options of fields in a configuration. */
  default Param<String> fieldOptions() {
    return new Param<>(
        uid(),
        "fieldOptions",
        "options of fields by name, as an object in JSON or HOCON:"
            + " { price { kind = numeric, transform = quantile, buckets = 50 } }");
  }

  /** The definitions of the side tables whose rows are given to the classifier. */
  default Param<String> sideTables() {
    return new Param<>(
        uid(),
        "sideTables",
        "side tables by name, as an object in JSON or HOCON:"
            + " { item { key = item_id, fields = [genre] } }; setSideTable sets their rows");
  }

  /** The share of validation rows. */
  default DoubleParam validationFraction() {
    return new DoubleParam(
        uid(),
        "validationFraction",
        "share of the rows used for validation, which selects the best epoch and stops the"
            + " training; chosen by a hash of the row; not used with validationIndicatorCol",
        ParamValidators.inRange(0, 1, false, false));
  }

  /** The indicator column of validation rows. */
  default Param<String> validationIndicatorCol() {
    return new Param<>(
        uid(),
        "validationIndicatorCol",
        "column that is true for the rows used for validation, which selects the best epoch and"
            + " stops the training");
  }

  /** The prediction column, 0 or 1. */
  default Param<String> predictionCol() {
    return new Param<>(uid(), "predictionCol", "column of the prediction, 0 or 1; \"\" for none");
  }

  /** The column of the probabilities. */
  default Param<String> probabilityCol() {
    return new Param<>(
        uid(),
        "probabilityCol",
        "column of the probabilities of the labels 0 and 1, a vector; \"\" for none");
  }

  /** The column of the logits. */
  default Param<String> rawPredictionCol() {
    return new Param<>(
        uid(),
        "rawPredictionCol",
        "column of the logits -z and z of the labels 0 and 1, a vector; \"\" for none");
  }

  /** The column of explanations. */
  default Param<String> explanationCol() {
    return new Param<>(
        uid(),
        "explanationCol",
        "column that explains the row's logit: contributions to it by column of the input, and"
            + " attention weights by layer and head; \"\" for none");
  }

  /** The probability threshold for a prediction of 1. */
  default DoubleParam threshold() {
    return new DoubleParam(
        uid(),
        "threshold",
        "the prediction is 1 when the probability of the label 1 is above this threshold; not used"
            + " with thresholds",
        ParamValidators.inRange(0, 1));
  }

  /** Thresholds by label. */
  default DoubleArrayParam thresholds() {
    return new DoubleArrayParam(
        this,
        "thresholds",
        "two numbers >= 0, at most one of them 0: the prediction is the label with the largest"
            + " probability divided by its threshold",
        new ThresholdCheck());
  }

  /** The treatment of unreadable rows. */
  default Param<String> handleInvalid() {
    return new Param<>(
        uid(),
        "handleInvalid",
        "handling of a row with an unreadable value: error fails the job, skip drops the row, keep"
            + " leaves its outputs null",
        ParamValidators.inArray(new String[] {ERROR, SKIP, KEEP}));
  }

  /** The directory to which fits write. */
  default Param<String> workingDirectory() {
    return new Param<>(
        uid(),
        "workingDirectory",
        "directory for the encoded rows and the model of a fit, on storage that all executors"
            + " reach; when not set, Spark's checkpoint directory; without one, the directory of"
            + " temporary files in local mode, otherwise .destine in the user's home on the default"
            + " file system");
  }

  default String[] getInputCols() {
    return (String[]) getOrDefault(inputCols());
  }

  default String[] getNumericCols() {
    return (String[]) getOrDefault(numericCols());
  }

  default String[] getMultiCols() {
    return (String[]) getOrDefault(multiCols());
  }

  default String getSideTables() {
    return getOrDefault(sideTables());
  }

  default String getFieldOptions() {
    return getOrDefault(fieldOptions());
  }

  default double getValidationFraction() {
    return (double) getOrDefault(validationFraction());
  }

  default String getValidationIndicatorCol() {
    return getOrDefault(validationIndicatorCol());
  }

  default String getWorkingDirectory() {
    return getOrDefault(workingDirectory());
  }

  default String getPredictionCol() {
    return getOrDefault(predictionCol());
  }

  default String getProbabilityCol() {
    return getOrDefault(probabilityCol());
  }

  default String getRawPredictionCol() {
    return getOrDefault(rawPredictionCol());
  }

  default String getExplanationCol() {
    return getOrDefault(explanationCol());
  }

  default double getThreshold() {
    return (double) getOrDefault(threshold());
  }

  default double[] getThresholds() {
    return (double[]) getOrDefault(thresholds());
  }

  default String getHandleInvalid() {
    return getOrDefault(handleInvalid());
  }
}
