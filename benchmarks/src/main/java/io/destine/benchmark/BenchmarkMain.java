package io.destine.benchmark;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/**
 * Runs one benchmark and prints one JSON line per measurement on standard output. Exit code 2 for
 * arguments that cannot be used.
 */
public final class BenchmarkMain {
  private static final String USAGE =
      """
      Usage: bench.sh kernel|step|vocabulary|predict|determinism|encode|score [options]
             bench.sh jmh [options of JMH]
      Prints one JSON line per measurement.
        kernel      a training step without Spark, in --threads threads that share nothing
        step        training steps through Spark, one treeAggregate each, in local[threads], or in
                    separate processes: bench.sh --help
        vocabulary  a training step on a small and on a large table, --vocab SMALL,LARGE
        predict     scoring of rows in memory
        determinism a step with sums that do not depend on order, against one with plain floats
        encode      from a table to ids in files, beside Spark ML; bench.sh encode --help
        score       raw rows to probabilities in one thread, beside ONNX Runtime; of --model DIRECTORY, or
                    of a network of the given shape with --vocab 100000 --batch 1000
        jmh         microbenchmarks; bench.sh jmh -l lists them
      Options and their defaults:
      """;

  private BenchmarkMain() {}

  /** Runs the benchmark that the first argument names. */
  public static void main(String[] arguments) {
    if (arguments.length == 0 || Arrays.asList(arguments).contains("--help")) {
      System.out.print(help());
      return;
    }
    try {
      System.out.println(Measurement.json(run(arguments)));
    } catch (IllegalArgumentException e) {
      System.err.println("error: " + e.getMessage());
      System.exit(2);
    }
  }

  /** The measurement of the benchmark that the first argument names. */
  static Map<String, Object> run(String... arguments) {
    String[] options = Arrays.copyOfRange(arguments, 1, arguments.length);
    return switch (arguments[0]) {
      case "kernel" -> new KernelBenchmark(BenchmarkOptions.parse(options, Map.of())).run();
      case "predict" -> new PredictBenchmark(BenchmarkOptions.parse(options, Map.of())).run();
      case "vocabulary" ->
          new VocabularyBenchmark(
                  BenchmarkOptions.parse(options, Map.of("vocab", "10000,10000000")))
              .run();
      case "determinism" ->
          new DeterminismBenchmark(BenchmarkOptions.parse(options, Map.of())).run();
      case "score" -> score(options);
      default ->
          throw new IllegalArgumentException(
              "benchmark must be one of kernel, step, vocabulary, predict, determinism,"
                  + " encode, score, jmh, got "
                  + arguments[0]);
    };
  }

  private static Map<String, Object> score(String... options) {
    Map<String, String> defaults = Map.of("vocab", "100000", "batch", "1000", "seconds", "60");
    if (options.length > 1 && options[0].equals("--model")) {
      String[] others = Arrays.copyOfRange(options, 2, options.length);
      return ScoreBenchmark.of(Path.of(options[1]), BenchmarkOptions.parse(others, defaults));
    }
    return ScoreBenchmark.of(BenchmarkOptions.parse(options, defaults));
  }

  private static String help() {
    StringBuilder text = new StringBuilder(USAGE);
    BenchmarkOptions.DEFAULTS.forEach(
        (name, value) -> text.append(String.format("  --%-9s %s%n", name, value)));
    return text.toString();
  }
}
