package io.destine.spark.app;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.Redaction;
import io.destine.spark.conf.TuneFile;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that give a command its configuration. */
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

  /** The options as shell words, with "(hidden)" instead of secrets. */
  String commandLine() {
    StringBuilder words = new StringBuilder("--config ").append(quoted(file.toString()));
    overrides.forEach(
        override -> words.append(" --set ").append(quoted(Redaction.setting(override))));
    return words.toString();
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:=,+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  JobConfig read() {
    return JobConfigReader.read(file, overrides);
  }

  /** The configuration with its search settings. */
  TuneFile tune() {
    return TuneFile.read(file, overrides);
  }

  /** The configuration as one self-contained text. */
  String resolve() {
    return JobConfigReader.resolve(file, overrides);
  }
}
