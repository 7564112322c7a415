import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log;
import static org.apache.spark.sql.functions.when;

import io.destine.spark.ml.DestineClassifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import ml.dmlc.xgboost4j.scala.spark.XGBoostClassifier;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.FMClassifier;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.feature.OneHotEncoder;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Fits DestineClassifier and other estimators for Spark ML to the same flights and prints a row of
 * a table for each: AUC and log loss on held-out flights, seconds of the fit, including the
 * encoding of the columns, and seconds of scoring. Arguments: the flights, and names of the
 * estimators to compare, by default all.
 */
public final class Peers {
  private static final String LABEL = "delayed";

  private Peers() {}

  /** Runs the comparison. */
  public static void main(String[] arguments) {
    SparkSession spark = SparkSession.builder().appName("peers").getOrCreate();
    Dataset<Row> flights =
        spark.read().parquet(arguments[0]).withColumn(LABEL, col(LABEL).cast("double"));
    for (String column : flights.columns()) {
      if (!column.equals(LABEL)) {
        flights = flights.withColumn(column, col(column).cast("string"));
      }
    }
    Dataset<Row>[] parts = flights.randomSplit(new double[] {0.9, 0.1}, 1);
    Dataset<Row> train = parts[0].cache();
    Dataset<Row> test = parts[1].cache();
    System.err.printf("%d rows train, %d test%n", train.count(), test.count());
    String[] fields =
        Arrays.stream(flights.columns()).filter(c -> !c.equals(LABEL)).toArray(String[]::new);
    Map<String, Pipeline> peers = new LinkedHashMap<>();
    peers.put("DestineClassifier", destine(fields));
    peers.put("LogisticRegression, one-hot", oneHot(fields, logisticRegression()));
    peers.put("FMClassifier, one-hot", oneHot(fields, factorizationMachine()));
    peers.put("XGBoostClassifier, indexed", indexed(fields, trees()));
    System.out.println("| estimator | AUC | log loss | fit, s | transform, s |");
    System.out.println("|---|---|---|---|---|");
    List<String> chosen = Arrays.asList(arguments).subList(1, arguments.length);
    peers.keySet().removeIf(name -> !chosen.isEmpty() && !chosen.contains(name.split(",")[0]));
    peers.forEach((name, pipeline) -> System.out.println(measured(name, pipeline, train, test)));
    spark.stop();
  }

  private static Pipeline pipeline(PipelineStage... stages) {
    return new Pipeline().setStages(stages);
  }

  /** The network, learning rate, penalty and epochs of conf/flights.conf; defaults otherwise. */
  private static Pipeline destine(String[] fields) {
    return pipeline(
        new DestineClassifier()
            .setLabelCol(LABEL)
            .setInputCols(fields)
            .setLayers(3)
            .setWide(true)
            .setDeep(128, 64)
            .setLearningRate(0.003)
            .setEmbeddingL2(4e-4)
            .setEpochs(14));
  }

  private static LogisticRegression logisticRegression() {
    return new LogisticRegression().setLabelCol(LABEL).setMaxIter(100);
  }

  private static FMClassifier factorizationMachine() {
    return new FMClassifier().setLabelCol(LABEL).setFactorSize(8).setMaxIter(100).setStepSize(0.05);
  }

  private static XGBoostClassifier trees() {
    return new XGBoostClassifier()
        .setLabelCol(LABEL)
        .setFeaturesCol("features")
        .setNumRound(300)
        .setMaxDepth(8)
        .setNumWorkers(2)
        .setNthread(1);
  }

  private static StringIndexer indexer(String[] fields) {
    return new StringIndexer()
        .setInputCols(fields)
        .setOutputCols(named(fields, "_id"))
        .setHandleInvalid("keep");
  }

  private static Pipeline oneHot(String[] fields, PipelineStage estimator) {
    return pipeline(
        indexer(fields),
        new OneHotEncoder()
            .setInputCols(named(fields, "_id"))
            .setOutputCols(named(fields, "_hot"))
            .setDropLast(false),
        new VectorAssembler().setInputCols(named(fields, "_hot")).setOutputCol("features"),
        estimator);
  }

  private static Pipeline indexed(String[] fields, PipelineStage estimator) {
    return pipeline(
        indexer(fields),
        new VectorAssembler().setInputCols(named(fields, "_id")).setOutputCol("features"),
        estimator);
  }

  private static String[] named(String[] fields, String suffix) {
    return Arrays.stream(fields).map(field -> field + suffix).toArray(String[]::new);
  }

  private static String measured(
      String name, Pipeline pipeline, Dataset<Row> train, Dataset<Row> test) {
    long start = System.nanoTime();
    PipelineModel model = pipeline.fit(train);
    double fit = (System.nanoTime() - start) / 1e9;
    start = System.nanoTime();
    Dataset<Row> scored =
        model.transform(test).select(LABEL, "rawPrediction", "probability").cache();
    scored.count();
    double transform = (System.nanoTime() - start) / 1e9;
    double auc = new BinaryClassificationEvaluator().setLabelCol(LABEL).evaluate(scored);
    Column p = functions.vector_to_array(col("probability"), "float64").getItem(1);
    Column bounded = least(greatest(p, lit(1e-15)), lit(1 - 1e-15));
    Column loss = when(col(LABEL).equalTo(1), log(bounded)).otherwise(log(lit(1).minus(bounded)));
    double logLoss = -scored.select(org.apache.spark.sql.functions.avg(loss)).first().getDouble(0);
    return String.format("| %s | %.4f | %.4f | %.1f | %.1f |", name, auc, logLoss, fit, transform);
  }
}
