package io.destine.spark.app;

import io.destine.spark.store.MarkedFile;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * resolve: writes a configuration, with its includes, environment variables and overrides, as one
 * file, for a driver on another machine. Needs no Spark.
 */
@Command(
    name = "resolve",
    hidden = true,
    mixinStandardHelpOptions = true,
    description =
        "Checks a configuration and writes it as one file, with includes, environment and --set"
            + " applied. submit-yarn.sh runs it before it submits.")
final class ResolveCommand implements Callable<Integer> {
  private static final String HEAD = "# Written by resolve, for a driver on another machine.\n";
  static final FileAttribute<Set<PosixFilePermission>> FOR_OWNER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  @Mixin private ConfigOptions options;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The file to write, secrets included, readable by its owner alone.")
  private Path output;

  @Override
  public Integer call() {
    MarkedFile file = new MarkedFile("--output", output, HEAD, "resolve");
    file.requireWritable(true);
    file.write(HEAD + options.resolve(), FOR_OWNER);
    return 0;
  }
}
