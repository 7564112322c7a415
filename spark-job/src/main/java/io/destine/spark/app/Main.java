package io.destine.spark.app;

import io.destine.artifact.ModelFormatException;
import io.destine.spark.conf.UserError;
import io.destine.spark.source.SourceFailure;
import io.destine.spark.store.LockedException;
import io.destine.train.TrainingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The one entry point of the jar. */
@Command(
    name = "destine",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Trains click-through-rate models with decoupled self-attention (DESTINE) on Apache Spark.",
    subcommands = {
      EncodeCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      InspectCommand.class,
      PlanCommand.class,
      NightlyCommand.class,
      StatusCommand.class,
      RollbackCommand.class,
      ReplayCommand.class,
      ResolveCommand.class,
      ApplicationsCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed",
      "2:a mistake in the options, the configuration or the data",
      "3:nightly: the gate has refused the candidate",
      "4:another run writes the same output, or has taken its lock over"
    },
    footer = {
      "",
      "The last line on standard output is one JSON object; all else for people goes to standard"
          + " error.",
      "Help on a command: destine COMMAND --help"
    })
public final class Main implements Runnable {
  static final int FAILED = 1;
  static final int USER_ERROR = 2;
  static final int REFUSED = 3;
  static final int LOCKED = 4;

  @Spec private CommandSpec spec;

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    boolean yarnRunsDriver = ApplicationFailure.reportedToYarn();
    List<String> problems = new ArrayList<>();
    int code = execute(arguments, problems);
    if (code != 0) {
      if (yarnRunsDriver) {
        throw new ApplicationFailure(code, problems);
      }
      System.exit(code);
    }
  }

  /** Runs a command and returns its exit code. */
  static int execute(String... arguments) {
    return execute(arguments, new ArrayList<>());
  }

  /** Runs a command and returns its exit code; lines that say what was wrong are added. */
  private static int execute(String[] arguments, List<String> problems) {
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    CommandLine line =
        new CommandLine(new Main())
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(true)
            .setExecutionExceptionHandler((e, command, parsed) -> report(e, err, problems))
            .setParameterExceptionHandler((e, args) -> report(e, problems));
    return line.execute(arguments);
  }

  /** Without a command: the help. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int report(ParameterException e, List<String> problems) {
    CommandLine command = e.getCommandLine();
    problems.add(e.getMessage());
    command.getErr().println("error: " + e.getMessage());
    command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return USER_ERROR;
  }

  private static int report(Exception e, PrintWriter err, List<String> problems) {
    UserError mistake = SourceFailure.explain(e).orElse(null);
    LockedException locked = find(e, LockedException.class);
    TrainingException stopped = find(e, TrainingException.class);
    ModelFormatException damaged = find(e, ModelFormatException.class);
    String storage = storageFailure(e);
    if (mistake != null) {
      problems.addAll(mistake.problems());
    } else if (locked != null) {
      problems.add(locked.getMessage());
    } else if (stopped != null) {
      problems.add("training stopped: " + stopped.getMessage());
    } else if (damaged != null) {
      problems.add(damaged.getMessage());
    } else if (storage != null) {
      problems.add(storage);
    } else {
      e.printStackTrace(err);
      problems.add(e.toString());
    }
    problems.forEach(problem -> err.println("error: " + problem));
    return mistake != null ? USER_ERROR : locked != null ? LOCKED : FAILED;
  }

  /**
   * What storage or the network said, such as of a full disk or of a name node that does not
   * answer, or null when something else failed: ours names the path; Spark's own readers and
   * writers hide it in a chain, whose outermost says most.
   */
  private static String storageFailure(Exception e) {
    UncheckedIOException ours = find(e, UncheckedIOException.class);
    if (ours != null) {
      return ours.getMessage();
    }
    IOException theirs = find(e, IOException.class);
    return theirs == null ? null : "Cannot read or write: " + theirs.getMessage();
  }

  private static <E extends Throwable> E find(Throwable e, Class<E> type) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
    }
    return null;
  }
}
