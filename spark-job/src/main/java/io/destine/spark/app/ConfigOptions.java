package io.destine.spark.app;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The options by which every command takes its configuration. */
final class ConfigOptions {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The configuration, in HOCON.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Overrides one setting, such as train.epochs=3. Can be repeated.")
  private List<String> overrides = List.of();

  JobConfig read() {
    return JobConfigReader.read(file, overrides);
  }
}
