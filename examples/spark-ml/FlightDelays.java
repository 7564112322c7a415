import io.destine.spark.ml.DestineClassifier;
import io.destine.spark.ml.DestineModel;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Fits a model to the flights and evaluates it on held-out ones. */
public final class FlightDelays {
  private FlightDelays() {}

  /** Runs the example. */
  public static void main(String[] arguments) {
    SparkSession spark = SparkSession.builder().getOrCreate();
    Dataset<Row> flights = spark.read().parquet("examples/flights/flights.parquet");
    Dataset<Row>[] parts = flights.randomSplit(new double[] {0.9, 0.1}, 1);
    DestineModel model =
        new DestineClassifier()
            .setLabelCol("delayed")
            .setWide(true)
            .setLayers(1)
            .setDeep(64, 32)
            .setLearningRate(0.003)
            .setEpochs(4)
            .fit(parts[0]);
    double auc =
        new BinaryClassificationEvaluator()
            .setLabelCol("delayed")
            .evaluate(model.transform(parts[1]));
    System.out.printf("AUC %.4f%n", auc);
    spark.stop();
  }
}
