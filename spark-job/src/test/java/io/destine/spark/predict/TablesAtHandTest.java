package io.destine.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.artifact.ModelWriter;
import io.destine.param.Parameters;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.Split;
import io.destine.spark.encode.TableEncoder;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.sink.TableFiles;
import io.destine.spark.sink.TableFormat;
import io.destine.spark.sink.TableOutput;
import io.destine.spark.store.Storage;
import io.destine.spark.train.ModelTrainer;
import io.destine.spark.train.TrainJob;
import io.destine.spark.train.TrainResult;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Encoding, training and scoring as three calls on DataFrames, compared with the commands on files.
 */
class TablesAtHandTest {
  @TempDir static Path directory;

  private static TrainResult trained;
  private final SparkSession spark = SharedSpark.session();
  private final JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
  private Dataset<Row> clicks;
  private JobConfig config;

  @BeforeEach
  void makeTables() {
    Dataset<Row> left =
        spark.sql(
            "select id, cast(hash(id) % 3 = 0 as int) as y, concat('u', hash(id, 1) % 40) as user,"
                + " cast(hash(id, 2) % 50 as double) / 4 as price,"
                + " array(cast(hash(id, 3) % 3 as float), 1f) as place, id % 11 as item"
                + " from range(1500)");
    clicks =
        left.join(
            spark.sql("select id as item, concat('g', id % 4) as genre from range(11)"), "item");
    if (!Files.exists(directory.resolve("rows"))) {
      clicks.write().parquet(directory.resolve("rows").toString());
    }
    config =
        JobConfigReader.parse(
            """
            source { path = "%s", format = parquet }
            label = y
            fields = [
              user, genre, { name = price, kind = numeric, transform = linear }
              { name = place, kind = vector, length = 2 }
            ]
            split { train = 0.6, validation = 0.2, test = 0.2, seed = 3 }
            vocabulary { min-count = 1, oov-buckets = 2 }
            model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1, wide = true }
            train { batch-size = 64, epochs = 2, blocks-per-step = 3 }
            output { model = "%s", block-rows = 50 }
            """
                .formatted(directory.resolve("rows"), directory.resolve("by-job")),
            List.of());
  }

  /** Trains the model that all tests use, once. */
  private TrainResult trainTable() {
    if (trained == null) {
      EncodedDataSet data =
          new TableEncoder(spark, config.encoding()).encode(clicks, path("encoded"));
      trained =
          new ModelTrainer(spark, config.training())
              .train(data, path("by-calls"), false, new TrainingListener() {});
    }
    return trained;
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
      new PredictJob(spark, ofJob, config.source())
          .run(output, TableFiles.of(TableFormat.PARQUET), PredictionSettings.all());
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
  void aSlashAtTheEndOfTheModelsPathChangesNothing() {
    trainTable();
    EncodedDataSet data = EncodedDataSet.load(spark, path("encoded"));
    new ModelTrainer(spark, config.training())
        .train(data, path("slashed") + "/", false, new TrainingListener() {});
    assertThat(directory.resolve("slashed/dense.safetensors"))
        .hasSameBinaryContentAs(directory.resolve("by-calls/dense.safetensors"));
    assertThat(directory.resolve("slashed.checkpoints")).doesNotExist();
  }

  @Test
  void rowsThatCannotBeReadKeepTheirPlaceAndSayWhy() {
    trainTable();
    Dataset<Row> odd =
        clicks.selectExpr(
            "id", "user", "genre", "if(id = 7, 'dear', cast(price as string)) price", "place");
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

  /** The usual number for missing data, with which the network would compute NaN. */
  @Test
  void aRowWithAHugeNumberInAVectorIsUnreadable() {
    trainTable();
    Dataset<Row> huge =
        clicks.selectExpr(
            "id",
            "user",
            "genre",
            "price",
            "if(id = 7, array(-3.4e38f, 1f), if(id = 8, array(1e15f, -1e15f), place)) place");
    try (LoadedModel model = LoadedModel.open(context, path("by-calls"))) {
      List<Row> without = model.score(huge).filter("probability is null").collectAsList();
      assertThat(without).hasSize(1);
      assertThat(without.get(0).getLong(0)).isEqualTo(7);
      assertThat(without.get(0).<String>getAs("probability_reason"))
          .isEqualTo(
              "field place: number 0 must be at most 1.0E15 in magnitude, got"
                  + " -3.3999999521443642E38");
    }
  }

  /** Spark sorts NaN before all probabilities. */
  @Test
  void aRowForWhichTheNetworkGivesNoNumberHasAReasonAndIsNotAmongTheBest() {
    trainTable();
    overflowing(directory.resolve("by-calls"), directory.resolve("overflowing"));
    EncodedDataSet data = EncodedDataSet.load(spark, path("encoded"));
    try (LoadedModel model = LoadedModel.open(context, path("overflowing"))) {
      EvaluateJob job = new EvaluateJob(spark, model);
      assertThatThrownBy(() -> job.run(data, Split.TEST))
          .isInstanceOf(UserError.class)
          .hasMessage("evaluation: partition 0, row 0: logit must be finite, got NaN");
      List<Row> without = model.score(clicks).filter("probability is null").collectAsList();
      assertThat(without).hasSize(1500);
      assertThat(without.get(0).<String>getAs("probability_reason")).contains("not a number");
      TopRows top = new TopRows(1500, Optional.empty());
      assertThat(
              new TableScorer(model, clicks, "clicks", settings(List.of("id"), Optional.of(top)))
                  .scored()
                  .count())
          .isZero();
    }
  }

  /** Copies a model with dense parameters so large that logits are NaN. */
  private void overflowing(Path from, Path to) {
    Storage.copy(
        context.hadoopConfiguration(),
        new org.apache.hadoop.fs.Path(from.resolve("vocabulary").toString()),
        new org.apache.hadoop.fs.Path(to.resolve("vocabulary").toString()));
    ModelReader model = ModelReader.open(new LocalModelDirectory(from));
    Manifest manifest = model.manifest();
    Parameters parameters = model.parameters();
    Arrays.fill(parameters.dense(), (float) 1e30);
    new ModelWriter(new LocalModelDirectory(to))
        .write(
            Manifest.describe(manifest.network())
                .train(manifest.train())
                .job(manifest.job())
                .vocabularyFingerprint(manifest.vocabularyFingerprint()),
            parameters,
            null);
  }

  @Test
  void aModelLargerThanTheHeapIsRefused() {
    trainTable();
    ModelBase.open(context.hadoopConfiguration(), path("by-calls"))
        .read(
            reader -> {
              int rows = reader.manifest().vocabularySize();
              long bytes = 4 * reader.network().layout().parameterCount(rows);
              LoadedModel.requireRoom(reader, bytes + 1, true);
              LoadedModel.requireRoom(reader, bytes + 1, false);
              assertThatThrownBy(() -> LoadedModel.requireRoom(reader, bytes, false))
                  .isInstanceOf(UserError.class)
                  .hasMessageMatching(
                      ".*by-calls: the parameters of the model take \\d+ MiB, more than the heap of"
                          + " an executor, \\d+ MiB; raise it with --executor-memory");
              assertThatThrownBy(() -> LoadedModel.requireRoom(reader, bytes, true))
                  .hasMessageContaining("of this process")
                  .hasMessageEndingWith("--driver-memory");
              return null;
            });
  }

  @Full(from = 2)
  @ParameterizedTest
  @ValueSource(strings = {"parquet", "orc"})
  void onlyTheColumnsOfTheFieldsAndTheKeptOnesAreRead(String format) {
    trainTable();
    String rows = path("many columns in " + format);
    clicks.withColumn("note", functions.lit("x")).write().format(format).save(rows);
    Dataset<Row> table = spark.read().format(format).load(rows);
    try (LoadedModel model = LoadedModel.open(context, path("by-calls"))) {
      assertThat(columnsRead(model, table, PredictionSettings.all()))
          .containsExactlyInAnyOrder(table.columns());
      assertThat(columnsRead(model, table, settings(List.of("id"), Optional.empty())))
          .containsExactlyInAnyOrder("user", "genre", "price", "place", "id");
      assertThat(columnsRead(model, table, settings(List.of(), Optional.empty())))
          .containsExactlyInAnyOrder("user", "genre", "price", "place");
      assertThat(
              columnsRead(
                  model,
                  table,
                  settings(List.of("id"), Optional.of(new TopRows(2, Optional.of("item"))))))
          .containsExactlyInAnyOrder("user", "genre", "price", "place", "id", "item");
    }
  }

  private static PredictionSettings settings(List<String> kept, Optional<TopRows> top) {
    return new PredictionSettings(Optional.of(kept), "probability", true, top);
  }

  /** The columns that Spark's reader of files gives when the table is scored. */
  private static List<String> columnsRead(
      LoadedModel model, Dataset<Row> table, PredictionSettings settings) {
    // Spark cuts longer lists of columns.
    SharedSpark.session().conf().set("spark.sql.maxMetadataStringLength", "1000");
    String plan =
        new TableScorer(model, table, "the table", settings)
            .scored()
            .queryExecution()
            .executedPlan()
            .toString();
    Matcher read = Pattern.compile("ReadSchema: struct<(.*)>").matcher(plan);
    assertThat(read.find()).as(plan).isTrue();
    return Arrays.stream(read.group(1).split(",")).map(c -> c.replaceFirst(":.*", "")).toList();
  }

  /** Like tasks before a shuffle that Spark runs again because their output was lost. */
  @Test
  void rowsThatAreScoredAgainCountOnce() {
    trainTable();
    try (LoadedModel model = LoadedModel.open(context, path("by-calls"))) {
      TableScorer scorer =
          new TableScorer(model, clicks.repartition(3), "the table", PredictionSettings.all());
      Dataset<Row> scored = scorer.scored();
      scored.foreach(row -> {});
      String once = scorer.outcome().scores().toJson().toString();
      scored.foreach(row -> {});
      assertThat(scorer.outcome().rows()).isEqualTo(1500);
      assertThat(scorer.outcome().scores().toJson()).hasToString(once);
    }
  }

  @Test
  void aColumnThatCannotBeComparedMakesNoGroups() {
    trainTable();
    TopRows top = new TopRows(2, Optional.of("tags"));
    try (LoadedModel model = LoadedModel.open(context, path("by-calls"))) {
      assertThatThrownBy(
              () ->
                  new TableScorer(
                      model,
                      clicks.withColumn("tags", functions.expr("map('a', 1)")),
                      "the table",
                      settings(List.of(), Optional.of(top))))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "--by: column \"tags\" has type map<string,int>, whose values Spark cannot compare;"
                  + " name another column");
    }
  }

  /** A model trained by a program has no source configuration, which the commands need. */
  @Test
  void aModelWithoutConfigurationIsNamed() {
    trainTable();
    assertThatThrownBy(
            () ->
                StoredJob.open(
                    context.hadoopConfiguration(), path("by-calls"), List.of(), false, own -> own))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("by-calls/manifest.json holds no configuration");
  }
}
