package io.destine.spark.app;

import org.apache.spark.sql.SparkSession;

/** The Spark session of a command. */
final class Session {
  private Session() {}

  /** The session of this application; its master and settings come from spark-submit. */
  static SparkSession open(String command, String subject) {
    return SparkSession.builder().appName("destine " + command + " " + subject).getOrCreate();
  }
}
