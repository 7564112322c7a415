package io.destine.benchmark;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.ModelReader;
import io.destine.feature.FieldSpec;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyShard;
import io.destine.onnx.ExportOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Scores raw rows in one thread: compares the scorer, with vectors and in plain Java, with ONNX
 * Runtime on the exported graph, in alternation. A row is a map from column to text for all of
 * them; the conversion to tensors is part of the time.
 */
final class ScoreBenchmark {
  private static final int ROWS = 10_000;
  private static final int TURNS = 5;
  private static final double AGREEMENT = 1e-5;

  private final Path model;
  private final int batch;
  private final double seconds;
  private final Map<String, Object> line = new LinkedHashMap<>();

  private record Speed(double p50, double p99, double rate) {}

  private ScoreBenchmark(Path model, int batch, double seconds) {
    this.model = model;
    this.batch = batch;
    this.seconds = seconds;
    line.put("benchmark", "score");
  }

  /** Measures the model in a directory. */
  static Map<String, Object> of(Path model, BenchmarkOptions options) {
    ScoreBenchmark benchmark = new ScoreBenchmark(model, options.batch(), options.seconds());
    benchmark.line.put("model", model.toString());
    return benchmark.run();
  }

  /** Measures a network with the shape and the number of values in the options. */
  static Map<String, Object> of(BenchmarkOptions options) {
    Path directory = null;
    try {
      directory = Files.createTempDirectory("scored-model");
      ScoredModel.write(
          directory.resolve("model"), options.shape().network(), options.singleVocab());
      ScoreBenchmark benchmark =
          new ScoreBenchmark(directory.resolve("model"), options.batch(), options.seconds());
      benchmark.line.put("fields", options.shape().fields);
      benchmark.line.put("d", options.shape().d);
      benchmark.line.put("heads", options.shape().heads);
      benchmark.line.put("head_dim", options.shape().headDim);
      benchmark.line.put("layers", options.shape().layers);
      return benchmark.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path directory) {
    if (directory == null) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      System.err.println("warning: cannot delete " + directory + ": " + e);
    }
  }

  private Map<String, Object> run() {
    long before = heap();
    ModelReader reader = ModelReader.open(new LocalModelDirectory(model));
    Vocabulary vocabulary = reader.vocabulary(reader.fields().orElseThrow());
    line.put("vocab", vocabulary.size());
    line.put("batch", batch);
    List<Map<String, String>> rows = rows(reader.fields().orElseThrow().specs(), vocabulary);
    Path graph = model.resolveSibling(model.getFileName() + ".benchmark.onnx");
    Map<String, ScoringEngine> engines = new LinkedHashMap<>();
    try {
      long loading = System.nanoTime();
      engines.put("vector", new ScorerEngine(model, true));
      line.put("load_s", Measurement.milliseconds((System.nanoTime() - loading) / 1e9) / 1e3);
      line.put("scorer_heap_mb", (heap() - before) >> 20);
      engines.put("plain", new ScorerEngine(model, false));
      if (vocabulary.size() <= ExportOptions.MOST_TEXTS) {
        engines.put("onnx", new OnnxEngine(model, graph));
      }
      requireAgreement(engines, rows);
      measure(engines, rows);
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      engines.values().forEach(ScoringEngine::close);
      graph.toFile().delete();
    }
  }

  private static long heap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Rows of random values of each field. */
  private static List<Map<String, String>> rows(List<FieldSpec> fields, Vocabulary vocabulary) {
    List<List<String>> values = new ArrayList<>();
    fields.forEach(field -> values.add(new ArrayList<>()));
    for (VocabularyShard shard : vocabulary.shards()) {
      for (int i = 0; i < shard.count(); i++) {
        values.get(shard.field(i)).add(new String(shard.value(i), StandardCharsets.UTF_8));
      }
    }
    Random random = new Random(3);
    List<Map<String, String>> rows = new ArrayList<>();
    for (int n = 0; n < ROWS; n++) {
      Map<String, String> row = new HashMap<>();
      for (int m = 0; m < fields.size(); m++) {
        List<String> of = values.get(m);
        row.put(fields.get(m).column(), of.isEmpty() ? "" : of.get(random.nextInt(of.size())));
      }
      rows.add(row);
    }
    return rows;
  }

  private static void requireAgreement(
      Map<String, ScoringEngine> engines, List<Map<String, String>> rows) {
    double[] expected = engines.get("vector").many(rows);
    engines.forEach(
        (name, engine) -> {
          double[] found = engine.many(rows);
          for (int n = 0; n < found.length; n++) {
            if (!(Math.abs(found[n] - expected[n]) <= AGREEMENT)) {
              throw new IllegalStateException(
                  name + ": row " + n + " must have " + expected[n] + ", got " + found[n]);
            }
          }
        });
  }

  private void measure(Map<String, ScoringEngine> engines, List<Map<String, String>> rows) {
    Map<String, List<Speed>> speeds = new LinkedHashMap<>();
    for (int turn = -1; turn < TURNS; turn++) {
      for (Map.Entry<String, ScoringEngine> engine : engines.entrySet()) {
        Speed speed = speed(engine.getValue(), rows);
        // One turn before the first is for warm-up.
        if (turn >= 0) {
          speeds.computeIfAbsent(engine.getKey(), key -> new ArrayList<>()).add(speed);
        }
      }
    }
    speeds.forEach(
        (name, of) -> {
          line.put(name + "_p50_us", median(of.stream().mapToDouble(Speed::p50)));
          line.put(name + "_p99_us", median(of.stream().mapToDouble(Speed::p99)));
          line.put(name + "_rows_per_s", Math.round(median(of.stream().mapToDouble(Speed::rate))));
        });
    if (engines.containsKey("onnx")) {
      for (String name : List.of("vector", "plain")) {
        line.put(
            name + "_to_onnx_one",
            Measurement.ratio(number("onnx_p50_us"), number(name + "_p50_us")));
        line.put(
            name + "_to_onnx_batch",
            Measurement.ratio(number(name + "_rows_per_s"), number("onnx_rows_per_s")));
      }
    }
  }

  private double number(String key) {
    return ((Number) line.get(key)).doubleValue();
  }

  private static double median(java.util.stream.DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return Math.round(100 * sorted[sorted.length / 2]) / 100.0;
  }

  private Speed speed(ScoringEngine engine, List<Map<String, String>> rows) {
    long span = (long) (seconds * 1e9 / (2 * (TURNS + 1)));
    double[] times = new double[1 << 20];
    int count = 0;
    double sum = 0;
    long end = System.nanoTime() + span;
    while (count < 10 || (count < times.length && System.nanoTime() < end)) {
      long start = System.nanoTime();
      sum += engine.one(rows.get(count % ROWS));
      times[count++] = (System.nanoTime() - start) / 1e3;
    }
    Arrays.sort(times, 0, count);
    long scored = 0;
    long start = System.nanoTime();
    end = start + span;
    for (int from = 0; scored == 0 || System.nanoTime() < end; from = (from + batch) % ROWS) {
      List<Map<String, String>> some = rows.subList(from, Math.min(ROWS, from + batch));
      sum += engine.many(some)[0];
      scored += some.size();
    }
    double rate = scored / ((System.nanoTime() - start) / 1e9);
    if (Double.isNaN(sum)) {
      throw new IllegalStateException("probabilities must be numbers, got NaN");
    }
    return new Speed(times[count / 2], times[(int) (0.99 * count)], rate);
  }
}
