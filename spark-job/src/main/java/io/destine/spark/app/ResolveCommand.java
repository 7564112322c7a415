package io.destine.spark.app;

import io.destine.spark.conf.JobConfigReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * resolve: one file out of a configuration with all that it includes, takes from the environment
 * and is overridden with, for a driver that runs on another machine. Needs no Spark.
 */
@Command(
    name = "resolve",
    hidden = true,
    mixinStandardHelpOptions = true,
    description =
        "Checks a configuration and writes it as one file, includes, environment and --set applied."
            + " submit-yarn.sh runs it before it submits.")
final class ResolveCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The configuration, in HOCON.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides one setting. Can be repeated.")
  private List<String> overrides = List.of();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The file to write, secrets included: keep it from others.")
  private Path output;

  @Override
  public Integer call() {
    String resolved = JobConfigReader.resolve(file, overrides);
    try {
      Files.writeString(output, resolved);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + output + ": " + e, e);
    }
    return 0;
  }
}
