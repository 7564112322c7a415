package io.destine.spark.app;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.internals.StepContext;
import io.destine.spark.internals.TaskErrors;
import io.destine.spark.source.HiveSupport;
import io.destine.spark.source.JobDescription;
import io.destine.spark.source.SourceTable;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** The Spark session of a command; closing stops Spark, unless it was already running. */
final class Session implements AutoCloseable {
  /** Job descriptions of commands with a single purpose. */
  private static final Map<String, String> DESCRIPTIONS =
      Map.of("evaluate", "evaluating rows", "predict", "predicting", "generate", "generating rows");

  private final SparkSession spark;
  private final boolean started;
  private final String timeZone;
  private final StageProgress progress;

  private Session(SparkSession spark, boolean started, String command) {
    this.spark = spark;
    this.started = started;
    timeZone = spark.conf().get(SourceTable.TIME_ZONE);
    progress = StageProgress.shown(Console.status());
    spark.sparkContext().addSparkListener(progress);
    JobDescription.set(spark.sparkContext(), DESCRIPTIONS.get(command));
  }

  /** Opens the session of this application; master and settings come from spark-submit. */
  static Session open(String command, String subject) {
    boolean none = SparkSession.getDefaultSession().isEmpty();
    SparkConf settings = new SparkConf().setAppName("destine " + command + " " + subject);
    if (none) {
      ScratchRoom.require(settings);
    }
    SparkSession spark =
        none
            ? start(TaskErrors.in(HiveSupport.in(settings), Interruption::end))
            : SparkSession.builder().getOrCreate();
    Session session = new Session(spark, none, command);
    Interruption.during(session.spark, Interruption.remains(command));
    return session;
  }

  private static SparkSession start(SparkConf settings) {
    try {
      SparkSession spark = StepContext.session(settings);
      try {
        // Reading an SQL setting makes Spark check all of them.
        spark.conf().get(SourceTable.TIME_ZONE);
        if (spark.sparkContext().isStopped()) {
          // If a standalone master does not answer, Spark ends the application without an
          // exception.
          throw new RefusedStart.Stopped();
        }
        return spark;
      } catch (Exception e) {
        spark.stop();
        throw e;
      }
    } catch (Exception e) {
      throw new RefusedStart(settings, e);
    }
  }

  /** Uses the job's time zone for timestamps, if it has one, until the session is closed. */
  void use(JobConfig config) {
    config
        .source()
        .form()
        .timeZone()
        .ifPresent(zone -> spark.conf().set(SourceTable.TIME_ZONE, zone));
  }

  SparkSession spark() {
    return spark;
  }

  JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  @Override
  public void close() {
    spark.sparkContext().removeSparkListener(progress);
    progress.close();
    JobDescription.set(spark.sparkContext(), null);
    Interruption.over();
    spark.conf().set(SourceTable.TIME_ZONE, timeZone);
    if (started) {
      spark.stop();
    }
  }
}
