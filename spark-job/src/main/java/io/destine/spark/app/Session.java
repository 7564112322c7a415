package io.destine.spark.app;

import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** The Spark session of a command; closing it stops a session that it has started itself. */
final class Session implements AutoCloseable {
  private final SparkSession spark;
  private final boolean started;

  private Session(SparkSession spark, boolean started) {
    this.spark = spark;
    this.started = started;
  }

  /** The session of this application; its master and settings come from spark-submit. */
  static Session open(String command, String subject) {
    boolean none = SparkSession.getDefaultSession().isEmpty();
    String name = "destine " + command + " " + subject;
    return new Session(SparkSession.builder().appName(name).getOrCreate(), none);
  }

  SparkSession spark() {
    return spark;
  }

  JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  @Override
  public void close() {
    if (started) {
      spark.stop();
    }
  }
}
