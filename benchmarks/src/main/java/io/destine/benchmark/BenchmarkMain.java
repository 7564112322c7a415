package io.destine.benchmark;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/**
 * Runs one benchmark and prints one JSON line per measurement on standard output. Exit code 2 for
 * invalid arguments.
 */
@Command(
    name = "bench.sh",
    mixinStandardHelpOptions = true,
    subcommands = {EncodeBenchmark.class, StepBenchmark.class},
    description = "Prints one JSON line per measurement.")
public final class BenchmarkMain {
  private static final List<Integer> VOCABULARY = List.of(1_000_000);

  private BenchmarkMain() {}

  /** Runs the benchmark named by the first argument. */
  public static void main(String[] arguments) {
    CommandLine benchmarks = benchmarks();
    int code = benchmarks.execute(arguments);
    ParseResult parsed = benchmarks.getParseResult();
    if (parsed != null && parsed.hasSubcommand()) {
      CommandLine of = parsed.subcommand().commandSpec().commandLine();
      Map<?, ?> line = of.getExecutionResult();
      if (line != null) {
        System.out.println(Measurement.json(line));
      }
    }
    if (code != 0) {
      System.exit(code);
    }
  }

  /** The benchmarks; the result of each is a map of its figures. */
  static CommandLine benchmarks() {
    CommandLine all =
        new CommandLine(new BenchmarkMain()).setCaseInsensitiveEnumValuesAllowed(true);
    all.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          if (e instanceof IllegalArgumentException) {
            command.getErr().println("error: " + e.getMessage());
            return CommandLine.ExitCode.USAGE;
          }
          throw e;
        });
    return all;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "A training step without Spark, in --threads threads that share nothing.")
  Map<String, Object> kernel(@Mixin BenchmarkOptions options) {
    return new KernelBenchmark(options.or(VOCABULARY, 4096, 10)).run();
  }

  @Command(mixinStandardHelpOptions = true, description = "Scoring of rows in memory.")
  Map<String, Object> predict(@Mixin BenchmarkOptions options) {
    return new PredictBenchmark(options.or(VOCABULARY, 4096, 10)).run();
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "A training step on a small and on a large table, --vocab SMALL,LARGE.")
  Map<String, Object> vocabulary(@Mixin BenchmarkOptions options) {
    return new VocabularyBenchmark(options.or(List.of(10_000, 10_000_000), 4096, 10)).run();
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "A step with order-independent sums, compared with plain float sums.")
  Map<String, Object> determinism(@Mixin BenchmarkOptions options) {
    return new DeterminismBenchmark(options.or(VOCABULARY, 4096, 10)).run();
  }

  @Command(
      mixinStandardHelpOptions = true,
      description =
          "Raw rows to probabilities in one thread: the scorer compared with ONNX Runtime.")
  Map<String, Object> score(
      @Option(
              names = "--model",
              paramLabel = "DIRECTORY",
              description = "a model; without it a network of the given shape")
          Path model,
      @Mixin BenchmarkOptions options) {
    BenchmarkOptions complete = options.or(List.of(100_000), 1000, 60);
    complete.requireOneThread();
    return model == null ? ScoreBenchmark.of(complete) : ScoreBenchmark.of(model, complete);
  }
}
