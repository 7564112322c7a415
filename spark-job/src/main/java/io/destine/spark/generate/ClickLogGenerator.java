package io.destine.spark.generate;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/** Makes the rows of a click log in the tasks of Spark. */
public final class ClickLogGenerator {
  private final SparkSession spark;
  private final ClickLog log;
  private final TeacherScale scale;

  /** Fits the teacher's scale, which takes a second. */
  public ClickLogGenerator(SparkSession spark, ClickLog log) {
    this.spark = spark;
    this.log = log;
    scale = TeacherScale.of(log);
  }

  /**
   * The rows, in order of their numbers: a partition holds consecutive ones.
   *
   * @param partitions tasks, and files when written
   * @param listsAsText whether lists are texts, joined by "|", for formats without lists
   */
  public Dataset<Row> rows(int partitions, boolean listsAsText) {
    return rows(partitions, listsAsText, accumulator());
  }

  /**
   * The rows, whose scores are added up while a job takes them.
   *
   * @param accumulator gets the scores of every task of a job that has taken all its rows
   */
  Dataset<Row> rows(int partitions, boolean listsAsText, ScoreAccumulator accumulator) {
    ClickLog settings = log;
    TeacherScale fitted = scale;
    Function2<Integer, Iterator<Object>, Iterator<InternalRow>> generate =
        (partition, none) ->
            new ClickLogRows(
                settings,
                fitted,
                listsAsText,
                start(settings, partition, partitions),
                start(settings, partition + 1, partitions),
                accumulator);
    JavaRDD<InternalRow> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(List.of(), partitions)
            .mapPartitionsWithIndex(generate, true);
    return spark.internalCreateDataFrame(rows.rdd(), log.schema(listsAsText), false);
  }

  ScoreAccumulator accumulator() {
    ScoreAccumulator accumulator = new ScoreAccumulator();
    spark.sparkContext().register(accumulator, "scores of the teacher");
    return accumulator;
  }

  /** N p / P rounded down, without the product. */
  private static long start(ClickLog log, int partition, int partitions) {
    long whole = log.rows() / partitions;
    long rest = log.rows() % partitions;
    return whole * partition + rest * partition / partitions;
  }
}
