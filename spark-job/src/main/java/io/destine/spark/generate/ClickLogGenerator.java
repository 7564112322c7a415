package io.destine.spark.generate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.sink.TableFiles;
import io.destine.spark.sink.TableFormat;
import io.destine.spark.sink.TableOutput;
import io.destine.spark.source.InternalRows;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Generates the rows of a click log in Spark tasks; the rows do not depend on the number of tasks.
 */
public final class ClickLogGenerator {
  private final SparkSession spark;
  private final ClickLog log;
  private final TeacherScale scale;

  /** A generator; fits the teacher's scale, which takes about a second. */
  public ClickLogGenerator(SparkSession spark, ClickLog log) {
    this.spark = spark;
    this.log = log;
    scale = TeacherScale.of(log);
  }

  /**
   * The rows, in order of their numbers; a partition has consecutive ones.
   *
   * @param partitions number of tasks, and of files if written
   * @param listsAsText whether lists are texts, joined by "|", for formats without lists
   */
  public Dataset<Row> rows(int partitions, boolean listsAsText) {
    return rows(partitions, listsAsText, accumulators());
  }

  /** The table of items, in order of their numbers. */
  public Dataset<Row> items(int partitions, boolean listsAsText) {
    ClickLog settings = log;
    TeacherScale fitted = scale;
    long items = log.items();
    Function2<Integer, Iterator<Object>, Iterator<InternalRow>> generate =
        (partition, none) ->
            ClickLogRows.items(
                settings,
                fitted,
                listsAsText,
                1 + items * partition / partitions,
                1 + items * (partition + 1) / partitions);
    JavaRDD<InternalRow> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(List.of(), partitions)
            .mapPartitionsWithIndex(generate, true);
    return InternalRows.table(spark, rows.rdd(), log.itemSchema(listsAsText));
  }

  ClickLogRows.Accumulators accumulators() {
    List<TeacherScoreAccumulator> without = new ArrayList<>();
    for (int i = 0; log.itemFields() > 0 && i <= log.itemFields(); i++) {
      without.add(accumulator());
    }
    return new ClickLogRows.Accumulators(accumulator(), accumulator(), accumulator(), without);
  }

  /**
   * The rows; the teacher's metrics on them are accumulated while a job reads them.
   *
   * @param into receives the teacher's metrics from every task that has read all its rows
   */
  Dataset<Row> rows(int partitions, boolean listsAsText, ClickLogRows.Accumulators into) {
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
                into);
    JavaRDD<InternalRow> rows =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(List.of(), partitions)
            .mapPartitionsWithIndex(generate, true);
    return InternalRows.table(spark, rows.rdd(), log.schema(listsAsText));
  }

  /**
   * Writes the click log, with its facts in the marker.
   *
   * @param output on which {@link TableOutput#begin} has been called
   * @param files number of files
   * @return the teacher's metrics on the rows
   */
  public ClickLogScores write(TableOutput output, TableFormat format, int files) {
    ClickLogRows.Accumulators into = accumulators();
    output.write(rows(files, !format.holdsLists(), into), TableFiles.of(format));
    ClickLogScores scores =
        new ClickLogScores(
            into.all().value(),
            into.lastDay().value(),
            into.newItems().value(),
            into.without().stream().map(TeacherScoreAccumulator::value).toList());
    output.commit(facts(scores).put("format", format.spark()));
    return scores;
  }

  /**
   * Writes the table of items.
   *
   * @param output on which {@link TableOutput#begin} has been called
   */
  public void writeItems(TableOutput output, TableFormat format, int files) {
    output.write(items(files, !format.holdsLists()), TableFiles.of(format));
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    output.commit(facts.put("items", log.items()).put("format", format.spark()));
  }

  /**
   * The description of a click log, as JSON: its settings, and the figures of the teacher on it.
   */
  public ObjectNode facts(ClickLogScores scores) {
    TeacherScores all = scores.all();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rows", all.rows());
    json.put("fields", log.fields().size());
    json.put("seed", log.seed());
    json.put("skew", log.skew());
    json.put("missing", log.missing());
    json.put("days", log.days());
    json.put("teacher", log.teacher().kind().key());
    json.put("first_order", log.teacher().firstOrder());
    json.put("interaction", log.teacher().interaction());
    json.put("drift", log.teacher().drift());
    json.put("pairs", log.teacher().pairs().size());
    json.put("click_rate", (double) all.clicks() / all.rows());
    put(json, "", all);
    if (log.days() > 0) {
      json.put("last_day_rows", scores.lastDay().rows());
      put(json, "last_day_", scores.lastDay());
    }
    if (log.items() > 0) {
      json.put("items", log.items());
      json.put("new_item_rows", scores.newItems().rows());
      if (scores.newItems().rows() > 0) {
        put(json, "new_item_", scores.newItems());
      }
      ObjectNode without = json.putObject("without");
      for (int i = 0; i < scores.without().size(); i++) {
        boolean whole = i == log.itemFields();
        TeacherScores left = scores.without().get(i);
        without
            .putObject(whole ? "items" : log.ofItems().get(i).name())
            .put("log_loss", left.logLoss())
            .put("auc", left.auc());
      }
    }
    return json;
  }

  private static void put(ObjectNode json, String prefix, TeacherScores scores) {
    json.put(prefix + "teacher_log_loss", scores.logLoss());
    json.put(prefix + "first_order_log_loss", scores.firstOrderLogLoss());
    // AUC requires rows with both labels, and JSON has no NaN.
    if (scores.clicks() > 0 && scores.clicks() < scores.rows()) {
      json.put(prefix + "teacher_auc", scores.auc());
      json.put(prefix + "teacher_auc_error", scores.aucError());
    }
  }

  TeacherScoreAccumulator accumulator() {
    TeacherScoreAccumulator accumulator = new TeacherScoreAccumulator();
    spark.sparkContext().register(accumulator, "scores of the teacher");
    return accumulator;
  }

  /** N p / P rounded down, without computing the product. */
  private static long start(ClickLog log, int partition, int partitions) {
    long whole = log.rows() / partitions;
    long rest = log.rows() % partitions;
    return whole * partition + rest * partition / partitions;
  }
}
