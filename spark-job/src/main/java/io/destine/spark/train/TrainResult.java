package io.destine.spark.train;

import io.destine.metric.EvaluationReport;

/**
 * What came out of a training.
 *
 * @param test metrics of the best epoch on the test rows
 * @param validation metrics of the best epoch on the validation rows
 * @param model the model directory
 * @param kernel name of the kernel
 * @param trainRows training rows of an epoch
 * @param epochs epochs trained
 * @param rowsPerSecond training rows per second over the steps, without the first of each epoch
 * @param parameters trainable numbers
 */
public record TrainResult(
    EvaluationReport test,
    EvaluationReport validation,
    String model,
    String kernel,
    long trainRows,
    int epochs,
    double rowsPerSecond,
    long parameters) {}
