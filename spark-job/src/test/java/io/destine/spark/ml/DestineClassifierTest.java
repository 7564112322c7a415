package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.predict.Scorer;
import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import io.destine.spark.train.TrainJob;
import io.destine.testing.Full;
import io.destine.testing.Serialized;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DestineClassifierTest {
  @TempDir static Path directory;
  private static SparkSession spark;
  private static Dataset<Row> clicks;

  @BeforeAll
  static void writeClicks() throws IOException {
    spark = SharedSpark.session();
    clicks =
        spark.read().option("header", true).csv(ClickTable.write(directory).toString()).cache();
  }

  private static DestineClassifier classifier() {
    return ClickTable.classifier().setWorkingDirectory(directory.resolve("fits").toString());
  }

  private static final String CONFIG =
      """
      source.path = "%s"
      label = clicked
      fields = [ user, item, { name = price, kind = numeric, transform = quantile, buckets = 8 },
                 { name = tags, kind = multi } ]
      model { embedding-dim = 8, head-dim = 4, layers = 1, deep = [8], attention-dropout = 0.1 }
      train { batch-size = 128, epochs = 3, learning-rate = 0.01 }
      output.model = "%s"
      """;

  private static Map<String, String> tensors(String model) throws IOException {
    return ModelDigests.of(
        Path.of(model.replace("file:", "")), name -> name.endsWith(".safetensors"));
  }

  private static Map<String, String> trained(String name, String... settings) throws IOException {
    String model = directory.resolve(name).toString();
    String config = CONFIG.formatted(directory.resolve("clicks.csv"), model);
    new TrainJob(spark, JobConfigReader.parse(config, List.of(settings)), "test", line -> {})
        .run(new TrainingListener() {});
    return tensors(model);
  }

  @Test
  void fitGivesTheBitsOfTheCommandTrain() throws IOException {
    Map<String, String> expected =
        trained(
            "trained", "split.train=0.9", "split.validation=0.1", "split.test=0", "weight=weight");
    assertThat(expected).containsKeys("dense.safetensors", "embedding.safetensors");
    DestineModel model = classifier().setWeightCol("weight").fit(clicks);
    assertThat(tensors(model.directory())).isEqualTo(expected);
    DestineModel shuffled =
        classifier().setWeightCol("weight").fit(clicks.repartition(3).orderBy("item"));
    assertThat(tensors(shuffled.directory())).isEqualTo(expected);
    assertThat(tensors(classifier().fit(clicks).directory())).isNotEqualTo(expected);
  }

  @Test
  void sampledRowsAndCalibrationAreThoseOfTheCommandTrain() throws IOException {
    String[] splits = {"split.train=0.9", "split.validation=0.1", "split.test=0"};
    Map<String, String> expected =
        trained(
            "calibrated",
            splits[0],
            splits[1],
            splits[2],
            "negatives=0.5",
            "positive-weight=2",
            "train.calibration=platt");
    DestineModel model =
        classifier().setNegatives(0.5).setPositiveWeight(2).setCalibration("platt").fit(clicks);
    assertThat(tensors(model.directory())).isEqualTo(expected);
    Path fitted = Path.of(model.directory().replace("file:", ""));
    try (Scorer ofFit = Scorer.load(fitted);
        Scorer ofCommand = Scorer.load(directory.resolve("calibrated"))) {
      Map<String, String> row = Map.of("user", "u1", "item", "i2", "price", "3", "tags", "t1");
      assertThat(ofFit.score(row)).isEqualTo(ofCommand.score(row));
      assertThat(ofFit.verify()).isPositive();
    }
  }

  @Test
  void rowsThatValidateAreThoseOfTheIndicator() throws IOException {
    Map<String, String> expected =
        trained("by-date", "split.by-date.column=late", "split.by-date.validation-from=1");
    Dataset<Row> marked = clicks.withColumn("late", functions.col("late").equalTo("1"));
    assertThat(tensors(classifier().setValidationIndicatorCol("late").fit(marked).directory()))
        .isEqualTo(expected);
    Map<String, String> dated =
        trained(
            "dated", "split.by-date.column=late", "split.by-date.validation-from=1", "date=user");
    DestineClassifier beside = classifier().setValidationIndicatorCol("late").setDateCol("user");
    assertThat(tensors(beside.fit(marked).directory())).isEqualTo(dated);
  }

  @Full
  @Test
  void aPipelineIsTunedSavedAndLoaded() throws IOException {
    DestineClassifier classifier = classifier();
    ParamMap[] grid =
        new ParamGridBuilder()
            .addGrid(classifier.learningRate(), new double[] {1e-7, 0.01})
            .build();
    CrossValidator validator =
        new CrossValidator()
            .setEstimator(new Pipeline().setStages(new PipelineStage[] {classifier}))
            .setEstimatorParamMaps(grid)
            .setEvaluator(new BinaryClassificationEvaluator().setLabelCol("label"))
            .setNumFolds(2)
            .setSeed(1);
    classifier.setLabelCol("label");
    Dataset<Row> labelled =
        clicks.withColumn("label", functions.col("clicked").cast("double")).drop("clicked");
    CrossValidatorModel tuned = validator.fit(labelled);
    double[] metrics = tuned.avgMetrics();
    assertThat(metrics[1]).isGreaterThan(metrics[0]).isGreaterThan(0.6);
    PipelineModel best = (PipelineModel) tuned.bestModel();
    DestineModel stage = (DestineModel) best.stages()[0];
    assertThat(stage.getLearningRate()).isEqualTo(0.01);
    List<Row> expected = rows(best.transform(labelled));

    String path = directory.resolve("pipeline").toString();
    best.write().overwrite().save(path);
    PipelineModel loaded = PipelineModel.load(path);
    assertThat(rows(loaded.transform(labelled))).isEqualTo(expected);
    DestineModel again = (DestineModel) loaded.stages()[0];
    assertThat(parameters(again)).isEqualTo(parameters(stage)).contains("\"learningRate\":0.01");

    tuned.write().overwrite().save(path);
    assertThat(rows(CrossValidatorModel.load(path).transform(labelled))).isEqualTo(expected);
    Pipeline unfitted = new Pipeline().setStages(new PipelineStage[] {classifier});
    unfitted.write().overwrite().save(path);
    assertThat(parameters(Pipeline.load(path).getStages()[0])).isEqualTo(parameters(classifier));
  }

  /** Class, uid, parameters and defaults. */
  private static String parameters(Params stage) {
    return ParamMetadata.of(stage, "").replaceFirst("\"timestamp\":\\d+", "");
  }

  private static List<Row> rows(Dataset<Row> scored) {
    List<Row> rows =
        new ArrayList<>(
            scored.select("user", "item", "rawPrediction", "prediction").collectAsList());
    rows.sort((a, b) -> a.toString().compareTo(b.toString()));
    return rows;
  }

  @Test
  void outputsAreLogitsProbabilitiesAndPredictions() throws IOException {
    DestineModel model = classifier().fit(clicks);
    String saved = directory.resolve("saved").toString();
    model.save(saved);
    Scorer scorer = Scorer.load(Path.of(saved));
    Dataset<Row> scored = model.transform(clicks);
    assertThat(scored.schema()).isEqualTo(model.transformSchema(clicks.schema()));
    assertThat(scored.columns())
        .startsWith(clicks.columns())
        .endsWith("rawPrediction", "probability", "prediction");
    int positive = 0;
    for (Row row : scored.collectAsList()) {
      double[] probability = row.<Vector>getAs("probability").toArray();
      double[] raw = row.<Vector>getAs("rawPrediction").toArray();
      double prediction = row.<Double>getAs("prediction");
      double expected =
          scorer.score(
              Map.of(
                  "user", row.getAs("user"),
                  "item", row.getAs("item"),
                  "price", row.getAs("price"),
                  "tags", row.getAs("tags")));
      assertThat(probability[1]).isEqualTo(expected);
      assertThat(probability[0] + probability[1]).isCloseTo(1, within(1e-15));
      assertThat(raw[0]).isEqualTo(-raw[1]);
      assertThat(1 / (1 + Math.exp(-raw[1]))).isCloseTo(expected, within(1e-12));
      assertThat(prediction).isEqualTo(expected > 0.5 ? 1 : 0);
      positive += (int) prediction;
    }
    assertThat(positive).isBetween(100, ClickTable.ROWS - 100);
    assertThat(ones(model.copy(ParamMap.empty()).setThreshold(0.9))).isLessThan(positive);
    assertThat(ones(model.copy(ParamMap.empty()).setThresholds(0.5, 0.5))).isEqualTo(positive);
    assertThat(ones(model.copy(ParamMap.empty()).setThresholds(0.1, 0.9)))
        .isEqualTo(ones(model.copy(ParamMap.empty()).setThreshold(0.9)));
    assertThat(ones(model.copy(ParamMap.empty()).setThresholds(0, 1))).isZero();
    assertThat(model.setProbabilityCol("").transform(clicks).columns())
        .doesNotContain("probability");
  }

  private static org.assertj.core.data.Offset<Double> within(double offset) {
    return org.assertj.core.data.Offset.offset(offset);
  }

  private static long ones(DestineModel model) {
    return model.transform(clicks).filter("prediction = 1").count();
  }

  /** As in {@code classifier.fit(a).transform(b)}, where no reference to the model remains. */
  @Full
  @Test
  void filesOfAFitStayAsLongAsAScoredTableAndNoLonger() throws Exception {
    List<Path> files = new ArrayList<>();
    Dataset<Row> scored = scored(files);
    for (int n = 0; n < 10; n++) {
      System.gc();
      Thread.sleep(50);
    }
    assertThat(files.get(0)).isDirectory();
    assertThat(scored.filter("prediction is not null").count()).isEqualTo(ClickTable.ROWS);
    scored = null;
    for (int n = 0; n < 100 && Files.exists(files.get(0)); n++) {
      System.gc();
      Thread.sleep(50);
    }
    assertThat(files.get(0)).doesNotExist();
  }

  private static Dataset<Row> scored(List<Path> files) {
    DestineModel model = classifier().setEpochs(1).fit(clicks);
    files.add(Path.of(model.directory().replace("file:", "")));
    return model.transform(clicks);
  }

  @Test
  void aSavedModelIsReplacedWholeAndOtherFilesAreNot() throws IOException {
    DestineModel model = classifier().setEpochs(1).fit(clicks);
    Path path = directory.resolve("replaced");
    model.save(path.toString());
    Map<String, String> first = tensors(path.toString());
    assertThatThrownBy(() -> model.save(path.toString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("already exists");
    DestineModel other = classifier().setEpochs(2).fit(clicks);
    other.write().overwrite().save(path.toString());
    assertThat(tensors(path.toString())).isNotEqualTo(first);
    DestineModel loaded = DestineModel.load(path.toString());
    assertThat(loaded.uid()).isEqualTo(other.uid());
    loaded.setThreshold(0.75).write().overwrite().save(path.toString());
    assertThat(DestineModel.load(path.toString()).getThreshold()).isEqualTo(0.75);
    Path text = Files.createDirectories(directory.resolve("texts"));
    Files.writeString(text.resolve("notes.txt"), "mine");
    assertThatThrownBy(() -> model.write().overwrite().save(text.toString()))
        .hasMessageContaining("only a model can be overwritten");
    assertThat(text.resolve("notes.txt")).hasContent("mine");
  }

  @Test
  void aModelOfTheCommandTrainIsLoaded() throws IOException {
    trained("command");
    DestineModel model = DestineModel.load(directory.resolve("command").toString());
    assertThat(model.transform(clicks).filter("prediction = 1").count()).isPositive();
    assertThat(model.metrics()).containsKey("test");
    assertThat(model.numFeatures()).isEqualTo(4);
    assertThat(model.estimatedSize()).isEqualTo(sizeOf(directory.resolve("command")));
    assertThatThrownBy(() -> DestineClassifier.load(directory.resolve("command").toString()))
        .hasMessageContaining("must hold a saved DestineClassifier, got a model");
    assertThatThrownBy(() -> DestineModel.load(directory.resolve("nowhere").toString()))
        .hasMessageContaining("must hold a saved DestineModel, got nothing");
  }

  @Test
  void rowsThatCannotBeReadFailAreSkippedOrKept() {
    DestineModel model = classifier().setEpochs(1).fit(clicks);
    Dataset<Row> bad =
        clicks.withColumn(
            "price",
            functions
                .when(functions.col("user").equalTo("u7"), "cheap")
                .otherwise(functions.col("price")));
    long sevens = clicks.filter("user = 'u7'").count();
    assertThat(sevens).isPositive();
    assertThatThrownBy(() -> model.transform(bad).collectAsList())
        .rootCause()
        .hasMessageContaining("price")
        .hasMessageContaining("cheap");
    model.setHandleInvalid("skip");
    assertThat(model.transform(bad).count()).isEqualTo(ClickTable.ROWS - sevens);
    model.setHandleInvalid("keep");
    assertThat(model.transform(bad).count()).isEqualTo(ClickTable.ROWS);
    assertThat(model.transform(bad).filter("prediction is null and probability is null").count())
        .isEqualTo(sevens);
  }

  private static long sizeOf(Path model) throws IOException {
    try (Stream<Path> files = Files.walk(model)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().endsWith(".crc"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  @Test
  void itemsHaveASideTable() throws Exception {
    Dataset<Row> items =
        spark
            .sql(
                "select concat('i', id) as id, concat('k', id % 2) as kind, id % 3 as x from range(40)")
            .select(
                functions.col("id"),
                functions.col("kind"),
                org.apache
                    .spark
                    .ml
                    .functions
                    .array_to_vector(
                        functions.array(functions.col("x").cast("double"), functions.lit(1.0)))
                    .as("image"));
    Dataset<Row> rows =
        spark.sql(
            "select concat('i', id % 30) as item, concat('u', id % 7) as user, cast(id % 30 % 2 as"
                + " int) as clicked from range(900)");
    DestineClassifier classifier =
        new DestineClassifier()
            .setLabelCol("clicked")
            .setInputCols("user")
            .setSideTables(
                "item { key = item, column = id, fields = [kind, { name = image, kind = vector,"
                    + " length = 2 }] }")
            .setWorkingDirectory(directory.resolve("sides").toString())
            .setEpochs(6)
            .setBatchSize(64)
            .setLearningRate(0.02);
    assertThatThrownBy(() -> classifier.fit(rows))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("setSideTable");
    DestineClassifier received = Serialized.copy(classifier.setSideTable("item", items));
    assertThatThrownBy(() -> received.fit(rows))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("setSideTable");
    DestineModel model = received.copy(ParamMap.empty()).setSideTable("item", items).fit(rows);
    assertThat(model.numFeatures()).isEqualTo(3);
    // Items 30 to 39 are in no row.
    List<Row> scored =
        model
            .transform(
                spark.sql("select concat('i', id) as item, 'u1' as user, id from range(30, 40)"))
            .orderBy("id")
            .select("prediction")
            .collectAsList();
    for (int n = 0; n < scored.size(); n++) {
      assertThat(scored.get(n).getDouble(0)).as("item %d", 30 + n).isEqualTo(n % 2);
    }
  }

  /** The names of temporary columns begin with the uid. */
  @Test
  void aUidMayHaveDots() {
    DestineModel model =
        new DestineClassifier("nightly.v1")
            .setLabelCol("clicked")
            .setInputCols("user", "item")
            .setEpochs(1)
            .setHandleInvalid("skip")
            .setWorkingDirectory(directory.resolve("fits").toString())
            .fit(clicks);
    assertThat(model.transform(clicks).filter("prediction is not null").count())
        .isEqualTo(clicks.count());
  }

  @Test
  void vectorsOfSparkAreFields() {
    Dataset<Row> vectors =
        clicks.withColumn(
            "shape",
            org.apache.spark.ml.functions.array_to_vector(
                functions.expr("array(cast(price as double), 1.0D, cast(weight as double))")));
    DestineModel model =
        classifier()
            .setInputCols("user", "shape")
            .setNumericCols()
            .setMultiCols()
            .setFieldOptions("shape { kind = vector, length = 3 }")
            .fit(vectors);
    Dataset<Row> scored = model.transform(vectors);
    assertThat(Arrays.asList(scored.columns()).indexOf("shape"))
        .isEqualTo(Arrays.asList(vectors.columns()).indexOf("shape"));
    assertThat(scored.filter("prediction is null").count()).isZero();
    assertThat(scored.select("shape").first().get(0)).isInstanceOf(Vector.class);
  }

  @Test
  void aValueOutOfBoundsIsRefusedWhereItIsSet() {
    DestineClassifier classifier = new DestineClassifier();
    assertThatThrownBy(() -> classifier.setEmbeddingDim(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("embeddingDim is 0; it must be at least 1");
    assertThatThrownBy(() -> classifier.setAttention("some"))
        .hasMessageContaining("one of both, pairwise, unary, plain");
    assertThatThrownBy(() -> classifier.setBatchSize(100)).hasMessageContaining("multiple of 16");
    assertThatThrownBy(() -> classifier.setValidationFraction(1.5))
        .hasMessageContaining("validationFraction");
    assertThatThrownBy(() -> classifier.setThresholds(0, 0)).hasMessageContaining("thresholds");
    assertThatThrownBy(() -> classifier.setHandleInvalid("drop"))
        .hasMessageContaining("handleInvalid");
    classifier.setHeads(4096).setHeadDim(1).setBatchNorm(true).setLayers(0);
  }

  @Test
  void whatDoesNotFitIsSaidBeforeRowsAreRead() {
    assertThatThrownBy(() -> classifier().setInputCols("usr").fit(clicks))
        .hasMessageContaining("column \"usr\" not found");
    assertThatThrownBy(() -> classifier().setInputCols("user", "item", "user").fit(clicks))
        .hasMessage("inputCols names \"user\" twice");
    assertThatThrownBy(() -> classifier().setLabelCol("click").fit(clicks))
        .hasMessageContaining("column \"click\" (labelCol) not found");
    assertThatThrownBy(() -> classifier().setMultiCols("late").fit(clicks))
        .hasMessageContaining("multiCols names \"late\", which is not a field");
    assertThatThrownBy(() -> classifier().setFieldOptions("price { size = 3 }").fit(clicks))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("size");
    assertThatThrownBy(() -> classifier().setFieldOptions("price {").fit(clicks))
        .hasMessageContaining("fieldOptions");
    assertThatThrownBy(() -> classifier().setValidationIndicatorCol("late").fit(clicks))
        .hasMessageContaining("column \"late\" must be boolean, got STRING");
    assertThatThrownBy(() -> classifier().setPredictionCol("user").fit(clicks))
        .hasMessageContaining("already has a column \"user\"");
    assertThatThrownBy(() -> classifier().setBatchNorm(true).setDeep().fit(clicks))
        .hasMessage("batchNorm is true; it must be false when deep is empty");
  }
}
