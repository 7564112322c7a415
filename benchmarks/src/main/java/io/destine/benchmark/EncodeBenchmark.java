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
import java.util.stream.Stream;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.StringIndexerModel;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * From a Parquet table with Criteo's columns to ids in files: DataSetEncoder beside Spark ML's
 * StringIndexer, in turns in one JVM. Both keep every value (min-count 1; handleInvalid = keep) and
 * take every row for fitting. The peer indexes all categorical columns at once, puts the ids into
 * one array and writes it with the label and the numeric columns as they are; the encoder also
 * turns numbers into ids, checks rows and writes its vocabulary. Session and rows are made before.
 */
public final class EncodeBenchmark {
  private final SparkSession spark;
  private final EncodeOptions options;
  private final Path directory;
  private final String table;
  private final List<GeneratedField> fields;

  private EncodeBenchmark(SparkSession spark, EncodeOptions options, Path directory) {
    this.spark = spark;
    this.options = options;
    this.directory = directory;
    table = directory.resolve("rows").toString();
    fields = Shape.criteo(options.numeric(), options.fields(), true, 1);
  }

  /** Runs with the given options. */
  public static void main(String[] arguments) throws IOException {
    if (Arrays.asList(arguments).contains("--help")) {
      EncodeOptions.DEFAULTS.forEach(
          (name, value) -> System.out.printf("  --%-9s %s%n", name, value));
      return;
    }
    EncodeOptions options;
    try {
      options = EncodeOptions.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("error: " + e.getMessage());
      System.exit(2);
      return;
    }
    SparkSession spark = SparkSession.builder().appName("destine encode benchmark").getOrCreate();
    Path directory = Files.createTempDirectory("destine-encode-benchmark");
    try {
      System.out.println(Measurement.json(new EncodeBenchmark(spark, options, directory).run()));
    } finally {
      spark.stop();
      delete(directory);
    }
  }

  /** Seconds, and megabytes of heap, of one turn. */
  private record Turn(double seconds, long peak, long peakAfterCollection) {}

  private Map<String, Object> run() {
    JobConfig config = makeRows();
    List<Turn> ours = new ArrayList<>();
    List<Turn> peer = new ArrayList<>();
    long vocabulary = 0;
    long end = System.nanoTime() + options.seconds() * 1_000_000_000L;
    while (ours.size() < options.repeats() || System.nanoTime() < end) {
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
    line.put("rows", options.rows());
    line.put("fields", options.fields());
    line.put("numeric", options.numeric());
    line.put("skew", options.skew());
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
            options.rows(),
            1,
            options.skew(),
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
        List.of("vocabulary.min-count=1", "split.train=1", "split.validation=0", "split.test=0"));
  }

  private void index(String output) {
    Dataset<Row> rows = spark.read().parquet(table);
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
            .fit(rows);
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
    model.transform(rows).select(written.toArray(new Column[0])).write().parquet(output);
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
    line.put(prefix + "rows_per_s", Math.round(options.rows() / median(turns)));
    line.put(prefix + "rows_per_s_best", Math.round(options.rows() / best));
    line.put(
        prefix + "seconds", turns.stream().map(t -> Measurement.ratio(t.seconds(), 1)).toList());
    line.put(prefix + "peak_heap_mb", turns.stream().mapToLong(Turn::peak).max().orElseThrow());
    line.put(
        prefix + "peak_heap_after_collection_mb",
        turns.stream().mapToLong(Turn::peakAfterCollection).max().orElseThrow());
  }

  /** The median of the turns' seconds; of an even number of turns the mean of the middle two. */
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
