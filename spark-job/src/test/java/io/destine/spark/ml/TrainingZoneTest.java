package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.train.TrainJob;
import io.destine.train.TrainingListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program scores timestamps in the time zone of the training, whatever its session's is. */
class TrainingZoneTest {
  private static final String ZONE = "spark.sql.session.timeZone";
  private static final String ELSEWHERE = "Pacific/Kiritimati";

  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();
  private String before;
  private Dataset<Row> rows;

  /** Each hour of a day comes often, as text of one zone; in another they are other texts. */
  @BeforeEach
  void writeRows() {
    before = spark.conf().get(ZONE);
    String path = directory.resolve("rows").toString();
    spark
        .sql(
            "select id, cast(pmod(id * 7, 24) < 9 as double) as label, concat('u', id % 5) as user,"
                + " timestamp_seconds(1767225600 + pmod(id * 7, 24) * 3600) as at"
                + " from range(600)")
        .write()
        .parquet(path);
    rows = spark.read().parquet(path);
    spark.conf().set(ZONE, "UTC");
  }

  @AfterEach
  void resetZone() {
    spark.conf().set(ZONE, before);
  }

  private static Map<Long, Double> transformed(DestineModel model, Dataset<Row> rows) {
    Map<Long, Double> scores = new TreeMap<>();
    for (Row row : model.transform(rows).select("id", "rawPrediction").collectAsList()) {
      scores.put(row.getLong(0), ((Vector) row.get(1)).apply(1));
    }
    return scores;
  }

  private static Map<Long, Double> probabilities(LoadedModel model, Dataset<Row> rows) {
    Map<Long, Double> scores = new TreeMap<>();
    for (Row row : model.score(rows).select("id", "probability").collectAsList()) {
      scores.put(row.getLong(0), row.getDouble(1));
    }
    return scores;
  }

  @Test
  void aFittedModelKeepsTheZoneOfItsFitAlsoWhenItIsSavedAndCopied() throws Exception {
    DestineModel model =
        new DestineClassifier()
            .setInputCols("user", "at")
            .setEmbeddingDim(4)
            .setHeadDim(4)
            .setLayers(1)
            .setBatchSize(64)
            .setEpochs(2)
            .setLearningRate(0.05)
            .setWorkingDirectory(directory.resolve("fits").toString())
            .fit(rows);
    Map<Long, Double> expected = transformed(model, rows);
    assertThat(expected).hasSize(600);
    assertThat(expected.values().stream().distinct()).hasSizeGreaterThan(24);
    spark.conf().set(ZONE, ELSEWHERE);
    assertThat(transformed(model, rows)).isEqualTo(expected);
    String saved = directory.resolve("saved").toString();
    model.save(saved);
    DestineModel loaded = DestineModel.load(saved);
    assertThat(transformed(loaded, rows)).isEqualTo(expected);
    String again = directory.resolve("again").toString();
    loaded.copy(org.apache.spark.ml.param.ParamMap.empty()).save(again);
    assertThat(transformed(DestineModel.load(again), rows)).isEqualTo(expected);
  }

  @Test
  void aModelOfTheCommandTrainIsScoredInTheZoneThatItRecords() {
    String path = directory.resolve("model").toString();
    String config =
        """
        source { path = "%s", format = parquet }
        label = label
        fields = [ { name = user }, { name = at } ]
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 2, learning-rate = 0.05 }
        output.model = "%s"
        """
            .formatted(directory.resolve("rows"), path);
    new TrainJob(spark, JobConfigReader.parse(config, List.of()), "test", line -> {})
        .run(new TrainingListener() {});
    try (LoadedModel model = LoadedModel.open(SharedSpark.context(), path)) {
      Map<Long, Double> expected = probabilities(model, rows);
      Map<Long, Double> logits = transformed(DestineModel.load(path), rows);
      assertThat(expected.values().stream().distinct()).hasSizeGreaterThan(24);
      spark.conf().set(ZONE, ELSEWHERE);
      assertThat(probabilities(model, rows)).isEqualTo(expected);
      assertThat(transformed(DestineModel.load(path), rows)).isEqualTo(logits);
    }
  }
}
