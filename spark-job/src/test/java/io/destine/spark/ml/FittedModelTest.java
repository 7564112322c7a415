package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.artifact.LocalModelDirectory;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import io.destine.spark.store.TinyModel;
import io.destine.spark.train.TrainJob;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The properties of a fitted model. */
class FittedModelTest {
  @TempDir static Path directory;

  private final SparkSession spark = SharedSpark.session();

  @Test
  void fieldsAreAsImportantAsTheClicksDependOnThem() throws IOException {
    Dataset<Row> clicks =
        spark
            .read()
            .option("header", true)
            .csv(ClickTable.write(directory).toString())
            .withColumn("clicked", functions.col("clicked").cast("double"));
    DestineModel model = ClickTable.classifier().setCrosses("none").fit(clicks);
    Map<?, ?> validation = (Map<?, ?>) model.metrics().get("validation");
    assertThat(model)
        .hasToString(
            String.format(
                Locale.ROOT,
                "DestineModel: uid=%s, 4 fields (user, item, price, tags), embeddingDim=8, layers=1,"
                    + " heads=2, deep=[8], wide, validation AUC %.4f, log loss %.4f",
                model.uid(),
                (Double) validation.get("auc"),
                (Double) validation.get("log_loss")));
    List<Row> table = model.featureImportances(clicks).collectAsList();
    assertThat(table)
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrder("user", "item", "price", "tags")
        .startsWith("item");
    assertThat(table).extracting(row -> -row.getDouble(1)).isSorted();
    // Clicks depend on the item alone: without it the model is as good as a guess.
    double auc =
        new BinaryClassificationEvaluator()
            .setLabelCol("clicked")
            .evaluate(model.transform(clicks));
    assertThat(table.get(0).getDouble(3)).isCloseTo(auc - 0.5, within(0.1));
    assertThat(table.get(1).getDouble(3)).isLessThan(0.1);
    assertThatThrownBy(() -> model.featureImportances(clicks, "clikced", 100, 1, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("column \"clikced\"")
        .hasMessageContaining("did you mean \"clicked\"?");
  }

  @Test
  void fieldsOfSideTablesHaveAnImportanceAndAContribution() {
    Dataset<Row> items = spark.sql("select concat('i', id) as item, id % 2 as kind from range(30)");
    Dataset<Row> rows =
        spark.sql(
            "select concat('i', id % 30) as item, concat('u', id % 7) as user, cast(id % 30 % 2 as"
                + " int) as clicked from range(900)");
    DestineModel model =
        new DestineClassifier()
            .setLabelCol("clicked")
            .setInputCols("user")
            .setSideTables("\"shop:all.items\" { key = item, fields = [kind] }")
            .setSideTable("shop:all.items", items)
            .setEpochs(3)
            .setBatchSize(64)
            .setLearningRate(0.02)
            .fit(rows);
    // The kind is the label.
    assertThat(model.featureImportances(rows).first().getString(0)).isEqualTo("kind");

    // That of the kind is that of its key.
    Dataset<Row> some = rows.coalesce(1).limit(60);
    double[] whole = logits(model, some);
    double[] without = logits(model, some.withColumn("item", functions.lit(null).cast("string")));
    List<Row> explained =
        model
            .copy(ParamMap.empty())
            .setExplanationCol("why")
            .transform(some)
            .select("why.contributions")
            .collectAsList();
    for (int n = 0; n < whole.length; n++) {
      Map<String, Double> contributions = explained.get(n).getJavaMap(0);
      assertThat(contributions).containsOnlyKeys("item", "user");
      assertThat(contributions.get("item")).isEqualTo(whole[n] - without[n]).isNotZero();
    }
  }

  @Test
  void aModelOfTheCommandTrainHasTheColumnsOfItsConfiguration(@TempDir Path own)
      throws IOException {
    Path clicks = ClickTable.write(own);
    String config =
        """
        source.path = "%s"
        label = clicked, weight = weight
        fields = [ { name = user }, { name = item } ]
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 2, learning-rate = 0.05 }
        output.model = "%s"
        """
            .formatted(clicks, own.resolve("model"));
    new TrainJob(spark, JobConfigReader.parse(config, List.of()), "test", line -> {})
        .run(new TrainingListener() {});
    DestineModel model = DestineModel.load(own.resolve("model").toString());
    assertThat(model.getLabelCol()).isEqualTo("clicked");
    assertThat(model.getWeightCol()).isEqualTo("weight");
    Dataset<Row> rows = spark.read().option("header", true).csv(clicks.toString());
    assertThat(model.featureImportances(rows).first().getString(0)).isEqualTo("item");
  }

  @Test
  void aManifestWithoutMetricsHasTheKernelAlone(@TempDir Path own) throws IOException {
    TinyModel.write(new LocalModelDirectory(own), 1);
    assertThat(DestineModel.load(own.toString()).metrics()).containsOnlyKeys("kernel");
  }

  private static double[] logits(DestineModel model, Dataset<Row> rows) {
    return model.transform(rows).select("rawPrediction").collectAsList().stream()
        .mapToDouble(row -> row.<Vector>getAs(0).apply(1))
        .toArray();
  }

  @Test
  void aModelWithoutFilesHasItsNameOnly() {
    assertThat(new DestineModel("some")).hasToString("some");
  }
}
