package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.Lineage;
import io.destine.artifact.ModelReader;
import io.destine.feature.Vocabulary;
import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.encode.TableEncoder;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.Publications;
import io.destine.spark.train.ModelTrainer;
import io.destine.spark.train.Retraining;
import io.destine.spark.train.TrainJob;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fits that start from a model. */
class InitModelTest {
  /** Parameters of 32 bits do not move by it. */
  private static final double NO_RATE = 1e-30;

  @TempDir static Path directory;
  private static SparkSession spark;
  private static Dataset<Row> clicks;
  private static Dataset<Row> earlier;
  private static DestineModel initial;
  private static DestineModel started;

  @BeforeAll
  static void fit() throws IOException {
    spark = SharedSpark.session();
    clicks =
        spark.read().option("header", true).csv(ClickTable.write(directory).toString()).cache();
    // A part of the users, and one item less.
    earlier = clicks.filter("user < 'u25' and item <> 'i19'");
    initial = classifier().setOovBuckets(2).fit(earlier);
    started = going().fit(clicks);
  }

  private static DestineClassifier classifier() {
    return ClickTable.classifier()
        .setCrosses("none")
        .setWorkingDirectory(directory.resolve("fits").toString());
  }

  private static DestineClassifier going() {
    return classifier().setOovBuckets(2).setEpochs(1).setInitModel(initial);
  }

  private static List<Row> scored(DestineModel model, Dataset<Row> rows) {
    return model.transform(rows).select("rawPrediction").collectAsList();
  }

  private static Vocabulary vocabulary(DestineModel model) {
    return StoredVocabulary.open(hadoop(), model.directory() + "/vocabulary").load();
  }

  private static Configuration hadoop() {
    return spark.sparkContext().hadoopConfiguration();
  }

  private static Map<String, String> tensors(String model) throws IOException {
    return ModelDigests.of(
        Path.of(model.replace("file:", "")), name -> name.endsWith(".safetensors"));
  }

  @Test
  void itsParametersAndIdsAreThoseThatTheFitBeginsWith() {
    DestineModel same = going().setLearningRate(NO_RATE).fit(clicks);
    assertThat(scored(same, earlier)).isEqualTo(scored(initial, earlier));

    Vocabulary before = vocabulary(initial);
    Vocabulary after = vocabulary(same);
    for (int user = 0; user < 40; user++) {
      String value = "u" + user;
      if (before.knows(0, value)) {
        assertThat(after.id(0, value)).isEqualTo(before.id(0, value));
      } else {
        assertThat(after.id(0, value)).isGreaterThanOrEqualTo(before.size());
      }
    }
    assertThat(before.knows(1, "i19")).isFalse();
    assertThat(after.id(1, "i19")).isGreaterThanOrEqualTo(before.size());
    assertThat(after.id(1, "i3")).isEqualTo(before.id(1, "i3"));
    assertThat(scored(started, earlier)).isNotEqualTo(scored(initial, earlier));
  }

  private static final String CONFIG =
      """
      source.path = "%s"
      label = clicked
      fields = [ user, item, { name = price, kind = numeric, transform = quantile, buckets = 8 },
                 { name = tags, kind = multi } ]
      crosses = none
      split { train = 0.9, validation = 0.1, test = 0 }
      vocabulary.oov-buckets = 2
      model { embedding-dim = 8, head-dim = 4, layers = 1, deep = [8], attention-dropout = 0.1 }
      train { batch-size = 128, epochs = 1, learning-rate = 0.01 }
      output.model = "%s"
      """;

  /** The learning rates of the epochs of a training with a cosine. */
  private static List<JsonNode> rates(String name, String... settings) throws IOException {
    List<String> all = new ArrayList<>(List.of("train.schedule=cosine", "train.epochs=3"));
    all.addAll(List.of(settings));
    String model = trained(name, job -> job, all.toArray(String[]::new));
    return new ObjectMapper()
        .readTree(Path.of(model, "report.json").toFile())
        .path("learning")
        .findValues("learning_rate");
  }

  @Test
  void aCosineFallsOverTheStepsOfTheRunItself() throws IOException {
    assertThat(rates("cosine-started", "init-model=" + initial.directory()))
        .hasSize(3)
        .isEqualTo(rates("cosine"));
  }

  private static String trained(String name, UnaryOperator<TrainJob> with, String... settings) {
    String model = directory.resolve(name).toString();
    String config = CONFIG.formatted(directory.resolve("clicks.csv"), model);
    with.apply(
            new TrainJob(
                spark, JobConfigReader.parse(config, List.of(settings)), "test", line -> {}))
        .run(new TrainingListener() {});
    return model;
  }

  @Test
  void theCommandTrainStartsInTheSameWayAlsoFromNightsAndWhereExecutorsOwnTheTables()
      throws IOException {
    Path nights = directory.resolve("nights");
    String live = nights.resolve("models/2024-03-01").toString();
    initial.write().save(live);
    Publications.of(hadoop(), nights.toString())
        .publish(
            0,
            new CurrentModel("2024-03-01", LocalDate.of(2024, 3, 1), Instant.EPOCH, "run", null));
    String trained =
        trained("trained", job -> job, "init-model=" + nights, "compute.owners=executors");
    assertThat(tensors(trained)).isEqualTo(tensors(started.directory()));
    ModelReader reader = ModelBase.open(hadoop(), trained).read(r -> r);
    Lineage lineage = reader.manifest().lineage();
    assertThat(lineage.parent()).isEqualTo(live);
    assertThat(lineage.parentManifestSha256())
        .isEqualTo(ModelBase.open(hadoop(), live).read(ModelReader::manifestSha256));
    assertThat(lineage.date()).isNull();
    assertThat(reader.manifest().job()).containsEntry("init-model", live);
  }

  @Test
  void whereExecutorsOwnTheTablesAnotherOptimiserIsRefusedInTheSameWay() {
    assertThatThrownBy(
            () ->
                trained(
                    "adagrad",
                    job -> job,
                    "init-model=" + initial.directory(),
                    "train.optimizer=adagrad",
                    "compute.owners=executors"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("train.optimizer or train.wide.optimizer differs from that of ");
  }

  @Test
  void aNightStartsInTheSameWay() throws IOException {
    Optional<String> parent = Optional.of(initial.directory());
    LocalDate day = LocalDate.of(2024, 3, 1);
    String night =
        trained(
            "night",
            job -> job.on(new Retraining(day, parent, true, parent, Optional.empty(), 0, 1)));
    assertThat(tensors(night))
        .containsAllEntriesOf(parametersAlone(tensors(started.directory())))
        .hasSizeGreaterThan(1);
  }

  private static Map<String, String> parametersAlone(Map<String, String> files) {
    files.keySet().removeIf(name -> name.contains("optimizer"));
    return files;
  }

  @Test
  void aSavedClassifierHasItsDirectoryAndFieldsWithoutNamesAreTheModels() throws IOException {
    String kept = directory.resolve("kept").toString();
    String saved = directory.resolve("classifier").toString();
    initial.write().overwrite().save(kept);
    DestineClassifier classifier = going().setInitModel(kept);
    classifier.clear(classifier.inputCols());
    classifier.clear(classifier.numericCols());
    classifier.clear(classifier.multiCols());
    classifier.clear(classifier.fieldOptions());
    classifier.save(saved);
    DestineClassifier loaded = DestineClassifier.load(saved);
    assertThat(loaded.getInitModel()).isEqualTo(kept);
    assertThat(tensors(loaded.fit(clicks).directory())).isEqualTo(tensors(started.directory()));
  }

  private static void assertRefused(DestineClassifier classifier, String message) {
    assertThatThrownBy(() -> classifier.fit(clicks))
        .isInstanceOf(UserError.class)
        .hasMessage(message);
  }

  @Test
  void modelsOfAnotherNetworkOrOtherFieldsAreRefused() {
    String place = initial.directory();
    String network = ": a warm start needs the same network; use the model's value";
    assertRefused(
        going().setEmbeddingDim(4),
        "embeddingDim is 4, but the model " + place + " has 8" + network);
    assertRefused(
        going().setUnary("linear"),
        "unary is linear, but the model " + place + " has mean_query" + network);
    // Before the rows are read, which have no label.
    assertThatThrownBy(
            () -> going().setLayers(5).fit(clicks.withColumn("clicked", functions.lit("none"))))
        .hasMessageStartingWith("layers is 5, but the model ");
    assertThatThrownBy(() -> going().setOptimizer("adagrad").fit(clicks))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "optimizer or wideOptimizer differs from that of the model "
                + place
                + ", so a warm start from it is not possible; use the model's values: ");
    String vocabulary = "the vocabulary " + place + "/vocabulary";
    assertRefused(
        going().setOovBuckets(1),
        "oovBuckets is 1, but "
            + vocabulary
            + " has 2, and it cannot change for existing ids; set it to 2 or train a new model");
    assertRefused(
        going().setInputCols("user", "price", "tags"),
        "column \"item\" is missing: it is a field of "
            + vocabulary
            + "; add it, or train a new model");
    assertRefused(
        going().setInitModel(directory.resolve("nowhere").toString()),
        "initModel: no model at file:" + directory.resolve("nowhere"));
  }

  @Test
  void rowsWithIdsOfTheirOwnAreRefused() {
    var config =
        JobConfigReader.parse(
            CONFIG.formatted(directory.resolve("clicks.csv"), directory.resolve("library")),
            List.of());
    EncodedDataSet rows =
        new TableEncoder(spark, config.encoding())
            .encode(clicks, directory.resolve("rows").toString());
    ModelTrainer trainer =
        new ModelTrainer(spark, config.training().withInitModel(initial.directory()));
    assertThatThrownBy(
            () ->
                trainer.train(
                    rows,
                    directory.resolve("library").toString(),
                    false,
                    new TrainingListener() {}))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "init-model: the rows are not encoded with the ids of "
                + initial.directory()
                + "; encode them with its vocabulary");
  }

  @Test
  void aCrossThatTheModelLacksIsRefused() {
    assertThatThrownBy(
            () ->
                trained(
                    "crossed",
                    job -> job,
                    "init-model=" + initial.directory(),
                    "crosses=[[user,item]]"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "crosses: [user, item] is not a cross of init-model "
                + initial.directory()
                + ", whose crosses are kept; leave it out or train a new model");
  }
}
