package io.destine.spark;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.destine.spark.internals.StepContext;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The one Spark session of a test JVM: the shipped settings, two cores in this process, no web
 * page, loopback only. It is created at first use and lives as long as the JVM; tests neither stop
 * it nor change its settings.
 */
public final class SharedSpark {
  /** The catalog of Iceberg's tables, for tests that {@link #requireIceberg}. */
  public static final String ICEBERG = "lake";

  /** Test JVMs of one build and of several builds run at a time, each with its own warehouses. */
  public static final String FORK =
      System.getenv().getOrDefault("DESTINE_PROFILE", "")
          + System.getProperty("destine.tests.fork", "fork1");

  private SharedSpark() {}

  /** The session. */
  public static SparkSession session() {
    return Holder.SESSION;
  }

  /** The session's context. */
  public static JavaSparkContext context() {
    return Holder.CONTEXT;
  }

  /** Leaves a test out where Iceberg has no runtime for this version of Spark. */
  public static void requireIceberg() {
    boolean there =
        SharedSpark.class
                .getClassLoader()
                .getResource("org/apache/iceberg/spark/SparkCatalog.class")
            != null;
    assumeTrue(
        there,
        (session().version().startsWith("4.") ? "not for this Spark: " : "")
            + "no iceberg-spark-runtime for Spark "
            + session().version()
            + " here");
  }

  private static SparkConf shipped() {
    Properties shipped = new Properties();
    Path file = Path.of("..", "conf", "spark-defaults.conf");
    try (Reader reader = Files.newBufferedReader(file)) {
      shipped.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
    SparkConf settings = new SparkConf();
    shipped.stringPropertyNames().forEach(key -> settings.set(key, shipped.getProperty(key)));
    return settings;
  }

  private static final class Holder {
    static final SparkSession SESSION =
        StepContext.session(
            shipped()
                .setMaster("local[2]")
                .setAppName("tests")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.sql.shuffle.partitions", "4")
                .set("spark.sql.warehouse.dir", "target/spark-warehouse-" + FORK)
                // Loaded when a table of it is named first.
                .set("spark.sql.catalog." + ICEBERG, "org.apache.iceberg.spark.SparkCatalog")
                .set("spark.sql.catalog." + ICEBERG + ".type", "hadoop")
                .set(
                    "spark.sql.catalog." + ICEBERG + ".warehouse",
                    "target/iceberg-warehouse-" + FORK));
    static final JavaSparkContext CONTEXT =
        JavaSparkContext.fromSparkContext(SESSION.sparkContext());
  }
}
