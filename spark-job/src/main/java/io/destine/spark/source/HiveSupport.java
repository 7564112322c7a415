package io.destine.spark.source;

import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * Tables of a Hive metastore, where the distribution of Spark has the classes for it. A session
 * asks the metastore when a table of Spark's own catalog is first named, not before.
 */
public final class HiveSupport {
  private static final String SETTING = "spark.sql.catalogImplementation";

  private HiveSupport() {}

  /** Adds Hive's tables to the sessions of a builder, unless settings say which catalog to use. */
  public static SparkSession.Builder where(SparkSession.Builder builder) {
    return present() && !new SparkConf().contains(SETTING) ? builder.enableHiveSupport() : builder;
  }

  /** True when Spark's Hive classes, and Hive's, are on the class path. */
  static boolean present() {
    try {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      Class.forName("org.apache.spark.sql.hive.HiveSessionStateBuilder", false, loader);
      Class.forName("org.apache.hadoop.hive.conf.HiveConf", false, loader);
      return true;
    } catch (ClassNotFoundException | NoClassDefFoundError e) {
      return false;
    }
  }
}
