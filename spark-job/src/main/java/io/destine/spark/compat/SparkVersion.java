package io.destine.spark.compat;

import io.destine.spark.conf.UserError;
import java.util.regex.Pattern;

/** The version of Spark that is on the class path. */
public final class SparkVersion {
  /** SPARK-52259: a constructor that every third-party parameter calls is missing. */
  private static final Pattern BROKEN = Pattern.compile("4\\.0\\.0(?!\\d).*");

  private SparkVersion() {}

  /**
   * Does nothing where the network can work.
   *
   * @throws UserError on a version of Spark that no library with parameters of Spark ML runs on
   */
  public static void check() {
    check(org.apache.spark.package$.MODULE$.SPARK_VERSION());
  }

  static void check(String version) {
    if (BROKEN.matcher(version).matches()) {
      throw new UserError(
          "Spark "
              + version
              + " cannot run this program: its class Param breaks all parameters outside of Spark"
              + " (SPARK-52259); use Spark 4.0.1 or later");
    }
  }
}
