import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Writes the flights as a stream of days, {@code java FlightsDays.java FLIGHTS DIRECTORY}: for each
 * day a directory day=yyyy-MM-dd with Parquet files and {@code _SUCCESS}, as a cluster writes its
 * logs.
 */
public final class FlightsDays {

  private FlightsDays() {}

  /** Reads the Parquet file FLIGHTS and writes the days below DIRECTORY. */
  public static void main(String[] args) throws IOException {
    SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .appName("flights-days")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 1)
            .getOrCreate();
    try {
      spark
          .read()
          .parquet(args[0])
          .repartition(functions.col("day"))
          .write()
          .mode(SaveMode.Overwrite)
          .partitionBy("day")
          .parquet(args[1]);
    } finally {
      spark.stop();
    }
    List<Path> days;
    try (Stream<Path> entries = Files.list(Path.of(args[1]))) {
      days = entries.filter(Files::isDirectory).toList();
    }
    for (Path day : days) {
      Files.writeString(day.resolve("_SUCCESS"), "");
    }
    System.err.println(days.size() + " days in " + args[1]);
  }
}
