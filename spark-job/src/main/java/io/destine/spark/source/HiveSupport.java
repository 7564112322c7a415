package io.destine.spark.source;

import org.apache.spark.SparkConf;

/**
 * Tables of a Hive metastore, where the distribution of Spark has the classes for it. A session
 * asks the metastore when a table of Spark's own catalog is first named, not before.
 */
public final class HiveSupport {
  private static final String SETTING = "spark.sql.catalogImplementation";

  private HiveSupport() {}

  /** Adds Hive's tables to the settings of a session, unless these say which catalog to use. */
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
