package io.destine.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.predict.RowInput;
import io.destine.predict.Scorer;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.train.TrainJob;
import io.destine.train.TrainingListener;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model with crosses gives a row the same probability through every interface. */
class CrossedScoresTest {
  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "negatives = 0.5, positive-weight = 2",
        "train.calibration = platt",
        "negatives = 0.5, train.calibration = isotonic"
      })
  void tableMapAndRowSetFieldByFieldAgree(String settings) {
    Dataset<Row> rows =
        spark.sql(
            "select cast(hash(a, b) % 2 = 0 as int) as y, a, b, price, page from (select"
                + " nullif(concat('a', hash(id) % 7), 'a0') as a, concat('b', hash(id, 1) % 6) as b,"
                + " cast(hash(id, 2) % 50 as double) / 4 as price,"
                + " concat('p', hash(id, 3) % 40) as page from range(1500))");
    Path source = directory.resolve("rows");
    rows.write().parquet(source.toString());
    Path model = directory.resolve("model");
    JobConfig config =
        JobConfigReader.parse(
            """
            source { path = "%s", format = parquet }
            label = y
            fields = [ a, b, { name = price, kind = numeric, transform = quantile, buckets = 4 },
              { name = page, hash-buckets = 6 } ]
            crosses = [[a, b], [price, a, page], [b, page]]
            rates = all
            vocabulary.min-count = 3
            model { embedding-dim = 8, heads = 1, head-dim = 4, layers = 1, wide = true }
            train { batch-size = 64, epochs = 3, learning-rate = 0.01, blocks-per-step = 3 }
            output { model = "%s", block-rows = 50 }
            %s
            """
                .formatted(source, model, settings),
            List.of());
    assertThat(
            new TrainJob(spark, config, "test", line -> {})
                .run(new TrainingListener() {})
                .test()
                .auc()
                .orElseThrow())
        .isGreaterThan(0.8);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    try (LoadedModel loaded = LoadedModel.open(context, model.toString());
        Scorer scorer = Scorer.load(model)) {
      assertThat(scorer.verify()).isPositive();
      assertThat(scorer.fields()).hasSize(4);
      assertThat(scorer.explain(Map.of("a", "a1")).fields())
          .hasSize(7 + 6)
          .contains("price x a x page", "rate of price", "rate of b x page");
      RowInput input = scorer.newRow();
      for (Row row : loaded.score(rows).collectAsList()) {
        Map<String, Object> values = new HashMap<>();
        input.clear();
        for (int m = 0; m < scorer.fields().size(); m++) {
          String column = scorer.fields().get(m).column();
          Object value = row.getAs(column);
          values.put(column, value);
          if (value instanceof Double number) {
            input.set(m, number);
          } else {
            input.set(m, (String) value);
          }
        }
        double expected = row.getAs("probability");
        assertThat(scorer.score(values)).isEqualTo(expected);
        assertThat(input.probability()).isEqualTo(expected);
      }
    }
  }
}
