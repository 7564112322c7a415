package io.destine.spark;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
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
        there, "left out: no iceberg-spark-runtime for Spark " + session().version() + " here");
  }

  private static SparkSession.Builder shipped() {
    Properties settings = new Properties();
    Path file = Path.of("..", "conf", "spark-defaults.conf");
    try (Reader reader = Files.newBufferedReader(file)) {
      settings.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
    SparkSession.Builder builder = SparkSession.builder();
    settings.stringPropertyNames().forEach(key -> builder.config(key, settings.getProperty(key)));
    return builder;
  }

  private static final class Holder {
    static final SparkSession SESSION =
        shipped()
            .master("local[2]")
            .appName("tests")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.sql.warehouse.dir", "target/spark-warehouse")
            // Loaded when a table of it is named first.
            .config("spark.sql.catalog." + ICEBERG, "org.apache.iceberg.spark.SparkCatalog")
            .config("spark.sql.catalog." + ICEBERG + ".type", "hadoop")
            .config("spark.sql.catalog." + ICEBERG + ".warehouse", "target/iceberg-warehouse")
            .getOrCreate();
    static final JavaSparkContext CONTEXT =
        JavaSparkContext.fromSparkContext(SESSION.sparkContext());
  }
}
