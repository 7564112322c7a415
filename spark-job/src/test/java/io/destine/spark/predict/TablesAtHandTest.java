package io.destine.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.TableEncoder;
import io.destine.spark.sink.TableFormat;
import io.destine.spark.sink.TableOutput;
import io.destine.spark.train.ModelTrainer;
import io.destine.spark.train.TrainJob;
import io.destine.spark.train.TrainResult;
import io.destine.train.TrainingListener;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encode, train and score as three calls on tables, beside the commands on files. */
class TablesAtHandTest {
  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();
  private final JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
  private Dataset<Row> clicks;
  private JobConfig config;

  @BeforeEach
  void makeTables() {
    Dataset<Row> left =
        spark.sql(
            "select id, cast(hash(id) % 3 = 0 as int) as y, concat('u', hash(id, 1) % 40) as user,"
                + " cast(hash(id, 2) % 50 as double) / 4 as price, id % 11 as item"
                + " from range(1500)");
    clicks =
        left.join(
            spark.sql("select id as item, concat('g', id % 4) as genre from range(11)"), "item");
    clicks.write().parquet(directory.resolve("rows").toString());
    config =
        JobConfigReader.parse(
            """
            source { path = "%s", format = parquet }
            label = y
            fields = [ user, genre, { name = price, kind = numeric, transform = linear } ]
            split { train = 0.6, validation = 0.2, test = 0.2, seed = 3 }
            vocabulary { min-count = 1, oov-buckets = 2 }
            model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1, wide = true }
            train { batch-size = 64, epochs = 2, blocks-per-step = 3 }
            output { model = "%s", block-rows = 50 }
            """
                .formatted(directory.resolve("rows"), directory.resolve("by-job")),
            List.of());
  }

  private TrainResult trainTable() {
    EncodedDataSet data =
        new TableEncoder(spark, config.encoding()).encode(clicks, path("encoded"));
    return new ModelTrainer(spark, config.training())
        .train(data, path("by-calls"), false, new TrainingListener() {});
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private Map<Long, Double> probabilities(Dataset<Row> scored) {
    Map<Long, Double> byId = new TreeMap<>();
    scored
        .select("id", "probability")
        .collectAsList()
        .forEach(row -> byId.put(row.getLong(0), row.isNullAt(1) ? null : row.getDouble(1)));
    return byId;
  }

  @Test
  void threeCallsGiveTheModelAndTheProbabilitiesOfTheCommands() {
    TrainResult byCalls = trainTable();
    TrainResult byJob =
        new TrainJob(spark, config, "test", line -> {}).run(new TrainingListener() {});
    assertThat(byCalls.test()).isEqualTo(byJob.test());
    assertThat(byCalls.epochs()).isEqualTo(2);
    try (LoadedModel ofCalls = LoadedModel.open(context, path("by-calls"));
        LoadedModel ofJob = LoadedModel.open(context, path("by-job"));
        TableOutput output =
            new TableOutput(
                context.hadoopConfiguration(),
                TableOutput.Kind.PREDICTIONS,
                path("predictions"),
                false)) {
      output.begin(line -> {});
      new PredictJob(spark, ofJob, config.source()).run(output, TableFormat.PARQUET);
      Map<Long, Double> expected = probabilities(spark.read().parquet(path("predictions")));
      Dataset<Row> scored = ofCalls.score(clicks);
      assertThat(scored.columns())
          .startsWith(clicks.columns())
          .endsWith("probability", "probability_reason");
      assertThat(probabilities(scored)).hasSize(1500).isEqualTo(expected);
      assertThat(expected.values().stream().distinct().count()).isGreaterThan(500);
    }
  }

  @Test
  void rowsThatCannotBeReadKeepTheirPlaceAndSayWhy() {
    trainTable();
    Dataset<Row> odd = clicks.selectExpr("id", "user", "genre", "if(id = 7, 'dear', price) price");
    try (LoadedModel model = LoadedModel.open(context, path("by-calls"))) {
      List<Row> without = model.score(odd).filter("probability is null").collectAsList();
      assertThat(without).hasSize(1);
      assertThat(without.get(0).getLong(0)).isEqualTo(7);
      assertThat(without.get(0).<String>getAs("probability_reason")).contains("price", "dear");
      assertThatThrownBy(() -> model.score(clicks.drop("user")))
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("column \"user\" not found in the table; columns: item, id,");
      assertThatThrownBy(() -> model.score(model.score(clicks)))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("the table has a column \"probability\"");
    }
  }

  /** A model of a program has no source, which the commands would read. */
  @Test
  void aModelWithoutConfigurationIsNamed() {
    trainTable();
    assertThatThrownBy(
            () ->
                StoredJob.open(
                    context.hadoopConfiguration(), path("by-calls"), List.of(), Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("by-calls/manifest.json holds no configuration");
  }
}
