package io.destine.scorer;

import io.destine.artifact.ModelFormatException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import picocli.CommandLine;

/** Entry point of the scorer's jar. */
public final class Main {
  /** Exit code for invalid arguments, an invalid model or invalid input. */
  static final int MISUSE = 2;

  /** Exit code for a failing stream. */
  private static final int FAILURE = 1;

  private Main() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    // System.out would hide failures.
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    System.exit(run(new ScoreCommand(System.in, out, System.err), arguments));
  }

  static int run(ScoreCommand command, String... arguments) {
    return new CommandLine(command)
        .setExecutionExceptionHandler(
            (e, line, parsed) -> {
              if (e instanceof ModelFormatException
                  || e instanceof UncheckedIOException
                  || e instanceof InvalidPathException
                  || e instanceof RefusedInput) {
                command.error(e.getMessage());
                return MISUSE;
              }
              if (e instanceof IOException) {
                command.error("rows cannot be read or written: " + e.getMessage());
                return FAILURE;
              }
              throw e;
            })
        .setParameterExceptionHandler(
            (e, args) -> {
              command.error(e.getMessage());
              return MISUSE;
            })
        .execute(arguments);
  }
}
