import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.random.MersenneTwister;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Writes the flights as three files of comma-separated text: {@code java FlightsSplit.java FLIGHTS
 * DIRECTORY}.
 *
 * <p>The rows are shuffled as by {@code numpy.random.RandomState(2026).permutation(n)}, so that a
 * Python program can select the same rows without these files: the first 80 % train, the next 10 %
 * validate, the rest test.
 */
public final class FlightsSplit {
  private static final int SEED = 2026;

  private FlightsSplit() {}

  /** Reads the Parquet file FLIGHTS, writes train.csv, validation.csv and test.csv. */
  public static void main(String[] args) throws IOException {
    Path directory = Files.createDirectories(Path.of(args[1]));
    SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .appName("flights-split")
            .config("spark.ui.enabled", false)
            .getOrCreate();
    try {
      List<String> columns = List.of(spark.read().parquet(args[0]).columns());
      // One file of one row group: the rows arrive in the file's order.
      List<Row> rows = spark.read().parquet(args[0]).coalesce(1).collectAsList();
      int[] order = permutation(rows.size());
      int validation = (int) (0.8 * order.length);
      int test = (int) (0.9 * order.length);
      write(directory.resolve("train.csv"), columns, rows, order, 0, validation);
      write(directory.resolve("validation.csv"), columns, rows, order, validation, test);
      write(directory.resolve("test.csv"), columns, rows, order, test, order.length);
    } finally {
      spark.stop();
    }
  }

  /** numpy's legacy shuffle of 0 .. n-1: from the end, swaps by masked rejection sampling. */
  private static int[] permutation(int n) {
    MersenneTwister random = new MersenneTwister(SEED);
    int[] order = IntStream.range(0, n).toArray();
    for (int i = n - 1; i > 0; i--) {
      int mask = -1 >>> Integer.numberOfLeadingZeros(i);
      int j = random.nextInt() & mask;
      while (j > i) {
        j = random.nextInt() & mask;
      }
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  private static void write(
      Path file, List<String> columns, List<Row> rows, int[] order, int from, int to)
      throws IOException {
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
      out.print(String.join(",", columns) + "\n");
      for (int row : Arrays.copyOfRange(order, from, to)) {
        out.print(rows.get(row).mkString(",") + "\n");
      }
      if (out.checkError()) {
        throw new IOException(file + ": cannot be written");
      }
    }
    System.out.println((to - from) + " rows in " + file);
  }
}
