package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.calibration.Calibration;
import io.destine.metric.EvaluationReport;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.predict.LoadedModel;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibratedModelTest {
  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();
  private final List<String> log = new ArrayList<>();

  /** Labels by two fields, a quarter of them 1; some rows weigh twice as much. */
  private Dataset<Row> rows() {
    return spark.sql(
        "select cast(rand(5) < 0.1 + 0.3 * pmod(a, 2) as int) as y, a, b, 1 + pmod(id, 2) as w"
            + " from (select id, pmod(hash(id, 1), 20) as a, pmod(hash(id, 2), 50) as b"
            + " from range(0, 16000, 1, 2))");
  }

  private TrainResult train(String name, int partitions, String settings) {
    Path source = directory.resolve("rows-" + partitions);
    if (!Files.exists(source)) {
      rows().repartition(partitions).write().parquet(source.toString());
    }
    JobConfig config =
        JobConfigReader.parse(
            """
            source { path = "%s", format = parquet }
            label = y
            fields = [ a, b ]
            crosses = none
            model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1, wide = true, deep = [] }
            train { batch-size = 512, epochs = 5, learning-rate = 0.05, blocks-per-step = 4 }
            output { model = "%s", block-rows = 500 }
            %s
            """
                .formatted(source, directory.resolve(name), settings),
            List.of());
    return new TrainJob(spark, config, "test", log::add).run(new TrainingListener() {});
  }

  private Manifest manifest(String name) {
    return ModelReader.open(new LocalModelDirectory(directory.resolve(name))).manifest();
  }

  /**
   * The difference of mean prediction and label rate in standard errors, including that of the
   * training rows.
   */
  private static double distance(EvaluationReport report) {
    double rate = report.baseRate().orElseThrow();
    return (report.meanPrediction().orElseThrow() - rate)
        / Math.sqrt(2 * rate * (1 - rate) / report.rows());
  }

  @Test
  void theMeanPredictionIsTheLabelRateHoweverTrainingRowsAreSampled() {
    for (String settings :
        List.of(
            "negatives = 0.3", "positive-weight = 4", "negatives = 0.5, positive-weight = 0.5")) {
      log.clear();
      TrainResult result = train(settings, 2, settings);
      assertThat(distance(result.test())).as(settings).isBetween(-3.0, 3.0);
      assertThat(distance(result.validation())).as(settings).isBetween(-3.0, 3.0);
      // The best epoch was found by these figures, too.
      double best =
          result.learning().stream()
              .mapToDouble(epoch -> (double) epoch.get("validation_log_loss"))
              .min()
              .orElseThrow();
      assertThat(result.validation().logLoss().orElseThrow()).isEqualTo(best);
      assertThat(log).anyMatch(line -> line.startsWith("training rows: "));
      assertThat(manifest(settings).logitMap()).isInstanceOf(Calibration.Affine.class);
    }
  }

  @Full
  @Test
  void aFittedCalibrationIsTheSameForAnyPartitioningAndSaidEverywhere() throws IOException {
    for (String method : List.of("platt", "isotonic")) {
      log.clear();
      String settings =
          "weight = w, negatives = 0.5, train { epochs = 3, learning-rate = 0.3, average = 0, calibration = %s }"
              .formatted(method);
      TrainResult one = train(method + "-1", 1, settings);
      train(method + "-7", 7, settings);
      Manifest manifest = manifest(method + "-1");
      assertThat(manifest(method + "-7").logitMap()).isEqualTo(manifest.logitMap());
      assertThat(manifest.logitMap())
          .isInstanceOf(
              method.equals("platt") ? Calibration.Affine.class : Calibration.Isotonic.class);
      @SuppressWarnings("unchecked")
      Map<String, Object> said = (Map<String, Object>) manifest.metrics().get("calibration");
      assertThat(said).containsEntry("method", method);
      double after = one.validation().logLoss().orElseThrow();
      assertThat((double) said.get("validation_log_loss")).isEqualTo(after);
      assertThat((double) said.get("validation_log_loss_before")).isGreaterThan(after);
      assertThat(log).anyMatch(line -> line.startsWith("calibration " + method + ": "));
      assertThat(Files.readString(directory.resolve(method + "-1/report.json")))
          .contains("validation_log_loss_before");
      assertThat(Files.readString(directory.resolve(method + "-1/report.html")))
          .contains("<dd>" + method + ", ", "Training rows left out");
      assertThat(distance(one.validation())).isBetween(-0.2, 0.2);
    }
  }

  /** The calibration measured on test rows during training is that of the published model. */
  @Test
  void theRowsOfATableHaveTheCalibratedProbabilities() {
    TrainResult result = train("table", 2, "negatives = 0.3, train.calibration = temperature");
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    try (LoadedModel model = LoadedModel.open(context, directory.resolve("table").toString())) {
      double mean = model.score(rows()).selectExpr("avg(probability)").first().getDouble(0);
      double rate = rows().selectExpr("avg(y)").first().getDouble(0);
      assertThat(mean).isCloseTo(rate, within(0.015));
      assertThat(result.test().calibration().orElseThrow()).isCloseTo(1, within(0.1));
    }
  }
}
