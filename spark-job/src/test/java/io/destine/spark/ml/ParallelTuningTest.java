package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fits of one estimator at the same time, more of them than there are cores. */
@Full
class ParallelTuningTest {
  private static final int FOLDS = 2;
  private static final double[] RATES = {1e-7, 0.01, 0.03, 0.1};

  @TempDir static Path directory;

  private static CrossValidatorModel tuned(
      DestineClassifier classifier, ParamMap[] grid, Dataset<Row> clicks, int parallelism) {
    return new CrossValidator()
        .setEstimator(classifier)
        .setEstimatorParamMaps(grid)
        .setEvaluator(new BinaryClassificationEvaluator())
        .setNumFolds(FOLDS)
        .setSeed(1)
        .setParallelism(parallelism)
        .setCollectSubModels(true)
        .fit(clicks);
  }

  private static Map<String, String> tensors(DestineModel model) {
    return ModelDigests.of(
        Path.of(model.directory().replace("file:", "")), name -> name.endsWith(".safetensors"));
  }

  @Test
  void fourFitsAtOnceGiveTheModelsAndMetricsOfOneAfterTheOther() throws IOException {
    SparkSession spark = SharedSpark.session();
    Dataset<Row> clicks =
        spark
            .read()
            .option("header", true)
            .csv(ClickTable.write(directory).toString())
            .withColumn("label", functions.col("clicked").cast("double"))
            .drop("clicked")
            .limit(800)
            .cache();
    Path fits = directory.resolve("fits");
    DestineClassifier classifier =
        new DestineClassifier()
            .setInputCols("user", "item")
            .setEmbeddingDim(4)
            .setHeadDim(4)
            .setLayers(1)
            .setBatchSize(128)
            .setEpochs(1)
            .setWorkingDirectory(fits.toString());
    ParamMap[] grid = new ParamGridBuilder().addGrid(classifier.learningRate(), RATES).build();
    CrossValidatorModel single = tuned(classifier, grid, clicks, 1);
    CrossValidatorModel parallel = tuned(classifier, grid, clicks, RATES.length);
    assertThat(parallel.avgMetrics()).containsExactly(single.avgMetrics());
    assertThat(single.avgMetrics()).hasSize(RATES.length).doesNotHaveDuplicates();
    DestineModel best = (DestineModel) parallel.bestModel();
    assertThat(tensors(best)).isEqualTo(tensors((DestineModel) single.bestModel())).isNotEmpty();
    assertThat(best.getLearningRate()).isGreaterThan(1e-7);
    for (int fold = 0; fold < FOLDS; fold++) {
      for (int n = 0; n < RATES.length; n++) {
        DestineModel one = (DestineModel) single.subModels()[fold][n];
        DestineModel other = (DestineModel) parallel.subModels()[fold][n];
        assertThat(tensors(other)).as("fold %d, model %d", fold, n).isEqualTo(tensors(one));
      }
    }
    try (Stream<Path> left = Files.list(fits)) {
      assertThat(left)
          .as("a directory of each fit, and no rows")
          .hasSize(2 * (FOLDS * RATES.length + 1));
    }
    try (Stream<Path> left = Files.walk(fits)) {
      assertThat(left).noneMatch(path -> path.endsWith("rows"));
    }
  }
}
