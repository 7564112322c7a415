import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.date_format;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Creates the flights table from the source table: {@code java FlightsTable.java SOURCE TARGET
 * ONE_IN}.
 *
 * <p>Keeps the rows whose content hash is a multiple of ONE_IN, so the sample depends on nothing
 * but the rows. They are sorted by route and day, so that the columns have long runs of equal
 * values: each of the 600,000 rows takes about a byte, all seven columns together.
 */
public final class FlightsTable {

  /**
   * A flight counts as delayed from this many minutes on, as in the statistics of the source's
   * publisher.
   */
  private static final int DELAYED_MINUTES = 15;

  private FlightsTable() {}

  /** Reads the Parquet file SOURCE, writes the Parquet file TARGET, prints its number of rows. */
  public static void main(String[] args) throws IOException {
    Path target = Path.of(args[1]).toAbsolutePath();
    int oneIn = Integer.parseInt(args[2]);
    Path directory = Files.createTempDirectory(target.getParent(), ".flights");
    SparkSession spark =
        SparkSession.builder()
            .master("local[*]")
            .appName("flights")
            .config("spark.ui.enabled", false)
            .config("spark.sql.session.timeZone", "UTC")
            .getOrCreate();
    try {
      Dataset<Row> source = spark.read().parquet(args[0]);
      table(source.where(sampled(source, oneIn)))
          .coalesce(1)
          .sortWithinPartitions("origin", "destination", "day", "delayed")
          .write()
          .mode(SaveMode.Overwrite)
          .option("compression", "zstd")
          .option("parquet.compression.codec.zstd.level", 19)
          .option("parquet.page.row.count.limit", 1_000_000)
          .parquet(directory.toString());
      Files.move(onlyPart(directory), target, StandardCopyOption.REPLACE_EXISTING);
      System.out.println(spark.read().parquet(target.toString()).count() + " rows in " + target);
    } finally {
      spark.stop();
      delete(directory);
    }
  }

  private static Column sampled(Dataset<Row> source, int oneIn) {
    Column[] columns = Stream.of(source.columns()).map(source::col).toArray(Column[]::new);
    return pmod(xxhash64(columns), lit(oneIn)).equalTo(0);
  }

  private static Dataset<Row> table(Dataset<Row> source) {
    return source
        // Leaves out 24:00 of the last day, which the source writes as a day of its own.
        .where(col("date").lt(lit("2001-07-01").cast("timestamp_ntz")))
        .select(
            col("delay").geq(DELAYED_MINUTES).cast("int").as("delayed"),
            date_format(col("date"), "yyyy-MM-dd").as("day"),
            date_format(col("date"), "E").as("weekday"),
            col("origin"),
            col("destination"),
            concat_ws("-", col("origin"), col("destination")).as("route"),
            col("distance").cast("int").as("distance"));
  }

  private static Path onlyPart(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> parts = files.filter(file -> file.toString().endsWith(".parquet")).toList();
      if (parts.size() != 1) {
        throw new IllegalStateException(
            directory + ": must hold one Parquet file, got " + parts.size());
      }
      return parts.get(0);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(directory.toString(), e);
    }
  }
}
