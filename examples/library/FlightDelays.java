import io.destine.config.ModelConfig;
import io.destine.config.TrainConfig;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.TrainingConfig;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.TableEncoder;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.train.ModelTrainer;
import io.destine.spark.train.TrainResult;
import io.destine.train.TrainingListener;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Encodes the result of a query, trains a model on it and scores it. Arguments: the flights, a
 * directory.
 */
public final class FlightDelays {
  private FlightDelays() {}

  /** Runs the example. */
  public static void main(String[] arguments) {
    SparkSession spark = SparkSession.builder().appName("flight delays").getOrCreate();
    spark.read().parquet(arguments[0]).createOrReplaceTempView("flights");
    Dataset<Row> flights =
        spark.sql(
            "select delayed, day, origin, destination, concat_ws(' ', weekday, origin) as start"
                + " from flights where distance > 200");

    // The fields are chosen from the values of all columns except the label.
    EncodedDataSet rows =
        new TableEncoder(spark, EncodingConfig.of("delayed"))
            .encode(flights, arguments[1] + ".data");

    TrainingConfig training =
        TrainingConfig.of(ModelConfig.builder().build(), TrainConfig.defaults().withEpochs(2));
    TrainResult result =
        new ModelTrainer(spark, training).train(rows, arguments[1], false, TrainingListener.NONE);
    System.out.printf("test AUC %.4f%n", result.test().auc().orElseThrow());

    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    try (LoadedModel model = LoadedModel.open(context, arguments[1])) {
      model.score(flights).select("day", "start", "destination", "probability").show(3);
    }
    spark.stop();
  }
}
