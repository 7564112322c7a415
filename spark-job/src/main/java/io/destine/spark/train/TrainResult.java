package io.destine.spark.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.metric.EvaluationReport;
import java.util.List;
import java.util.Map;

/**
 * The result of a training run.
 *
 * @param test metrics of the best epoch on the test rows
 * @param validation metrics of the best epoch on the validation rows
 * @param model the model directory
 * @param kernel name of the kernel
 * @param trainRows training rows of an epoch
 * @param epochs epochs trained
 * @param learning one JSON object for each epoch, including epochs before a resumed checkpoint
 * @param stepTime breakdown of the step time
 * @param parameters number of trainable parameters
 * @param vocabularySize V
 * @param quarantined rows that could not be used
 * @param encodeSeconds time until {@link TrainJob} had the encoded rows; 0 without a job
 * @param testFigures {@link #test} with its confidence intervals as JSON
 */
public record TrainResult(
    EvaluationReport test,
    EvaluationReport validation,
    String model,
    String kernel,
    long trainRows,
    int epochs,
    List<Map<String, Object>> learning,
    StepTime stepTime,
    long parameters,
    int vocabularySize,
    long quarantined,
    double encodeSeconds,
    ObjectNode testFigures) {

  /** The same with the time until the rows were encoded. */
  TrainResult encodedIn(double seconds) {
    return new TrainResult(
        test,
        validation,
        model,
        kernel,
        trainRows,
        epochs,
        learning,
        stepTime,
        parameters,
        vocabularySize,
        quarantined,
        seconds,
        testFigures);
  }

  /** The report page for people, in the model directory. */
  public String page() {
    return model + "/" + TrainingReport.PAGE_FILE;
  }
}
