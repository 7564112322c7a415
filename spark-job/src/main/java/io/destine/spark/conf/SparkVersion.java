package io.destine.spark.conf;

import static scala.util.Properties.versionNumberString;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.apache.hadoop.security.UserGroupInformation;

/**
 * A version of Spark, and the version of Scala with which it is built.
 *
 * @param spark such as 4.2.0
 * @param scala such as 2.13 or 2.13.18
 */
public record SparkVersion(String spark, String scala) {
  /** SPARK-52259: a constructor that is called by every third-party parameter is missing. */
  private static final Pattern BROKEN = Pattern.compile("4\\.0\\.0(?!\\d).*");

  /** Written by the build; exists only for classes built by Maven. */
  private static final String BUILD = "build.properties";

  /**
   * Checks the versions of Spark and Java.
   *
   * @throws UserError on a Spark version for which this jar is not built, one that breaks all
   *     third-party parameters of Spark ML, or a Java version on which Spark's Hadoop does not run
   */
  public static void check() {
    SparkVersion here = here();
    check(built(), here);
    checkJava(here, UserGroupInformation::getCurrentUser);
  }

  /** The version on the class path. */
  static SparkVersion here() {
    return new SparkVersion(
        org.apache.spark.package$.MODULE$.SPARK_VERSION(), versionNumberString());
  }

  /**
   * The version for which the classes are built; the version on the class path if this is unknown.
   */
  static SparkVersion built() {
    try (InputStream in = SparkVersion.class.getResourceAsStream(BUILD)) {
      if (in == null) {
        return here();
      }
      Properties build = new Properties();
      build.load(in);
      return new SparkVersion(build.getProperty("spark"), build.getProperty("scala"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void check(SparkVersion built, SparkVersion here) {
    if (BROKEN.matcher(here.spark).matches()) {
      throw new UserError(
          "Spark "
              + here.spark
              + " cannot run this program: its class Param breaks all parameters outside of Spark"
              + " (SPARK-52259); use Spark 4.0.1 or later");
    }
    if (!numbers(built.spark, 1).equals(numbers(here.spark, 1))
        || !numbers(built.scala, 2).equals(numbers(here.scala, 2))) {
      throw new UserError(
          "this jar is built for "
              + built
              + " and cannot run on "
              + here
              + "; build it for that version (docs/compatibility.md), or name another Spark in"
              + " SPARK_HOME");
    }
  }

  /**
   * Checks that Hadoop works on this Java: Hadoop 3.3 first gets the user through the security
   * manager, which Java 23 and later do not support.
   *
   * @param user gets the user from Hadoop
   */
  static void checkJava(SparkVersion here, Callable<?> user) {
    try {
      user.call();
    } catch (UnsupportedOperationException e) {
      UserError error =
          new UserError(
              "Spark "
                  + here.spark
                  + " cannot run on Java "
                  + Runtime.version().feature()
                  + ": its Hadoop needs the security manager, which Java no longer has; use Java 17"
                  + " or 21 (JAVA_HOME)");
      error.initCause(e);
      throw error;
    } catch (Exception noUser) {
      // Other failures, such as an expired ticket, are reported by the code that needs the user.
      return;
    }
  }

  /** The first {@code count} numbers of a version. */
  private static String numbers(String version, int count) {
    String[] parts = version.split("[.-]", count + 1);
    return String.join(".", Arrays.copyOf(parts, Math.min(count, parts.length)));
  }

  @Override
  public String toString() {
    return "Spark " + spark + " with Scala " + numbers(scala, 2);
  }
}
