package io.destine.benchmark;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.encode.DataSetEncoder;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.generate.ClickLog;
import io.destine.spark.generate.ClickLogConfig;
import io.destine.spark.generate.ClickLogGenerator;
import io.destine.spark.generate.GeneratedField;
import io.destine.spark.generate.Shape;
import io.destine.spark.generate.TeacherSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Encodes a Parquet table with Criteo's columns to ids in files: compares DataSetEncoder with Spark
 * ML's StringIndexer, alternating in one JVM. Both keep every value (min-count 1; handleInvalid =
 * keep) and use every row for fitting. The peer indexes all categorical columns at once, collects
 * the ids in one array and writes it with the label and the unchanged numeric columns; the encoder
 * also converts numbers to ids, checks rows and writes its vocabulary. Session and rows are created
 * before the measurement.
 */
@Command(
    name = "encode",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description =
        "Encodes a table with Criteo's columns to files of ids, and compares the speed with Spark"
            + " ML's StringIndexer.")
final class EncodeBenchmark implements Callable<Map<String, Object>> {
  @Option(names = "--rows", description = "rows of the click log")
  private long rows = 1_000_000;

  @Option(names = "--fields", description = "categorical fields, 1 to 26")
  private int categorical = 26;

  @Option(names = "--numeric", description = "numeric fields, 0 to 13")
  private int numeric = 13;

  @Option(names = "--skew", description = "Zipf exponent")
  private double skew = 0.75;

  @Option(names = "--repeats", description = "turns of each side, at least 2")
  private int repeats = 2;

  @Option(names = "--seconds", description = "minimum total time; turns continue until then")
  private int seconds;

  private SparkSession spark;
  private Path directory;
  private String table;
  private List<GeneratedField> fields;

  @Override
  public Map<String, Object> call() throws IOException {
    require("fields", 1, 26, categorical);
    require("numeric", 0, 13, numeric);
    require("repeats", 2, 1000, repeats);
    fields = Shape.criteo(numeric, categorical, true, 1);
    spark = SparkSession.builder().appName("destine encode benchmark").getOrCreate();
    directory = Files.createTempDirectory("destine-encode-benchmark");
    table = directory.resolve("rows").toString();
    try {
      return run();
    } finally {
      spark.stop();
      delete(directory);
    }
  }

  private static void require(String name, int least, int most, int found) {
    if (found < least || found > most) {
      throw new IllegalArgumentException(
          "--" + name + " must be " + least + " to " + most + ", got " + found);
    }
  }

  /** Seconds, and megabytes of heap, of one turn. */
  private record Turn(double seconds, long peak, long peakAfterCollection) {}

  private Map<String, Object> run() {
    JobConfig config = makeRows();
    List<Turn> ours = new ArrayList<>();
    List<Turn> peer = new ArrayList<>();
    long vocabulary = 0;
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (ours.size() < repeats || System.nanoTime() < end) {
      int turn = ours.size();
      String encoded = directory.resolve("encoded-" + turn).toString();
      List<EncodedDataSet> made = new ArrayList<>();
      ours.add(timed(() -> made.add(new DataSetEncoder().encode(spark, config, encoded))));
      vocabulary = made.get(0).manifest().vocabularySize();
      delete(Path.of(encoded));
      Path indexed = directory.resolve("indexed-" + turn);
      peer.add(timed(() -> index(indexed.toString())));
      delete(indexed);
      System.err.printf(
          "turn %d: encode %.1f s, StringIndexer %.1f s%n",
          turn + 1, ours.get(turn).seconds(), peer.get(turn).seconds());
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("benchmark", "encode");
    line.put("rows", rows);
    line.put("fields", categorical);
    line.put("numeric", numeric);
    line.put("skew", skew);
    line.put("vocabulary", vocabulary);
    put(line, "", ours);
    put(line, "peer_", peer);
    line.put("ratio", Measurement.ratio(median(peer), median(ours)));
    line.put("turns", ours.size());
    line.put("cores", spark.sparkContext().defaultParallelism());
    line.put("spark", spark.version());
    return line;
  }

  private JobConfig makeRows() {
    ClickLog log =
        new ClickLog(
            fields,
            Shape.CRITEO.label(),
            rows,
            1,
            skew,
            0.1,
            0,
            TeacherSettings.factorizationMachine(
                Shape.CRITEO.clickRate(), 0.8, 0, ClickLog.consecutivePairs(fields)),
            false);
    int files = 2 * spark.sparkContext().defaultParallelism();
    new ClickLogGenerator(spark, log).rows(files, false).write().parquet(table);
    String text =
        ClickLogConfig.text(
            log, table, "parquet", Optional.empty(), directory.resolve("model").toString());
    return JobConfigReader.parse(
        text,
        List.of(
            "crosses.search=none",
            "vocabulary.min-count=1",
            "split.train=1",
            "split.validation=0",
            "split.test=0"));
  }

  private void index(String output) {
    Dataset<Row> read = spark.read().parquet(table);
    String[] columns =
        fields.stream()
            .map(GeneratedField::name)
            .filter(name -> name.startsWith("C"))
            .toArray(String[]::new);
    String[] indices = Arrays.stream(columns).map(name -> name + "_index").toArray(String[]::new);
    StringIndexerModel model =
        new StringIndexer()
            .setInputCols(columns)
            .setOutputCols(indices)
            .setHandleInvalid("keep")
            .fit(read);
    List<Column> written = new ArrayList<>();
    written.add(functions.col(Shape.CRITEO.label()));
    fields.stream()
        .map(GeneratedField::name)
        .filter(name -> name.startsWith("I"))
        .forEach(name -> written.add(functions.col(name)));
    written.add(
        functions
            .array(
                Arrays.stream(indices)
                    .map(name -> functions.col(name).cast("int"))
                    .toArray(Column[]::new))
            .as("ids"));
    model.transform(read).select(written.toArray(new Column[0])).write().parquet(output);
  }

  private static Turn timed(Runnable work) {
    try (HeapWatch heap = new HeapWatch()) {
      long start = System.nanoTime();
      work.run();
      double seconds = (System.nanoTime() - start) * 1e-9;
      return new Turn(seconds, heap.peak(), heap.peakAfterCollection());
    }
  }

  private void put(Map<String, Object> line, String prefix, List<Turn> turns) {
    double best = turns.stream().mapToDouble(Turn::seconds).min().orElseThrow();
    line.put(prefix + "rows_per_s", Math.round(rows / median(turns)));
    line.put(prefix + "rows_per_s_best", Math.round(rows / best));
    line.put(
        prefix + "seconds", turns.stream().map(t -> Measurement.ratio(t.seconds(), 1)).toList());
    line.put(prefix + "peak_heap_mb", turns.stream().mapToLong(Turn::peak).max().orElseThrow());
    line.put(
        prefix + "peak_heap_after_collection_mb",
        turns.stream().mapToLong(Turn::peakAfterCollection).max().orElseThrow());
  }

  /** The median of the turns' seconds; for an even number of turns the mean of the middle two. */
  private static double median(List<Turn> turns) {
    double[] seconds = turns.stream().mapToDouble(Turn::seconds).sorted().toArray();
    return (seconds[(seconds.length - 1) / 2] + seconds[seconds.length / 2]) / 2;
  }

  private static void delete(Path path) {
    try (Stream<Path> below = Files.walk(path)) {
      for (Path file : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + path, e);
    }
  }
}
