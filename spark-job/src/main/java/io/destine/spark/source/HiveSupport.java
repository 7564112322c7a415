package io.destine.spark.source;

import org.apache.spark.SparkConf;

/**
 * Enables tables of a Hive metastore if the Spark distribution contains the classes for it. A
 * session connects to the metastore only when a table of Spark's own catalog is first used.
 */
public final class HiveSupport {
  private static final String SETTING = "spark.sql.catalogImplementation";

  private HiveSupport() {}

  /** Enables Hive's tables in the settings of a session, unless these already choose a catalog. */
  public static SparkConf in(SparkConf settings) {
    return present() ? settings.setIfMissing(SETTING, "hive") : settings;
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
