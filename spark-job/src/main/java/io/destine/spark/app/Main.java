package io.destine.spark.app;

import io.destine.spark.conf.Redaction;
import io.destine.spark.conf.SparkVersion;
import io.destine.spark.conf.UserError;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The only entry point of the jar. */
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
      TuneCommand.class,
      ExplainCommand.class,
      PredictCommand.class,
      InspectCommand.class,
      AverageCommand.class,
      DiffCommand.class,
      ReproduceCommand.class,
      ExportCommand.class,
      PlanCommand.class,
      GenerateCommand.class,
      NightlyCommand.class,
      StatusCommand.class,
      RollbackCommand.class,
      ReplayCommand.class,
      ResolveCommand.class,
      ApplicationsCommand.class,
      CommandLine.HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failure, such as a full disk or too little memory",
      "2:an error in the options, the configuration or the data",
      "3:nightly: the gate has refused the candidate; diff, reproduce: the models differ",
      "4:another run is writing the same output, or has taken over its lock"
    },
    footer = {
      "",
      "The last line on standard output is one JSON object; progress and tables go to"
          + " standard error. Without --json, inspect prints text on standard output.",
      "Help on a command: ${ROOT-COMMAND-NAME} COMMAND --help"
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
    Interruption.install(!yarnRunsDriver);
    List<String> problems = new ArrayList<>();
    int code = execute(arguments, problems, yarnRunsDriver);
    Interruption.ended();
    if (code != 0) {
      if (yarnRunsDriver) {
        throw new ApplicationFailure(code, problems);
      }
      System.exit(code);
    }
  }

  /** Runs a command and returns its exit code. */
  static int execute(String... arguments) {
    return execute(arguments, new ArrayList<>(), false);
  }

  /**
   * Runs a command and returns its exit code.
   *
   * @param problems receives lines about the problems
   * @param logged true if standard error is a log, so that stack traces are printed
   */
  private static int execute(String[] arguments, List<String> problems, boolean logged) {
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    Console.setVerbose(false);
    Console.setTraces(logged);
    Interruption.begin();
    CommandLine line =
        new CommandLine(new Main())
            .setCommandName(program())
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(true)
            .setExecutionStrategy(Main::runOnKnownSpark)
            .setExecutionExceptionHandler((e, command, parsed) -> report(e, problems))
            .setParameterExceptionHandler((e, args) -> report(e, problems));
    try {
      return line.execute(arguments);
    } catch (Error e) {
      return report(e, problems);
    }
  }

  /** The name of the program in help texts: the calling script, or spark-submit with the jar. */
  private static String program() {
    String script = System.getenv("DESTINE_PROGRAM");
    return script == null || script.isEmpty()
        ? "spark-submit destine-spark-" + Version.text() + ".jar"
        : script;
  }

  /** Runs the command after a check of the Spark version; help works on any version. */
  private static int runOnKnownSpark(ParseResult parsed) {
    Integer help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    try {
      SparkVersion.check();
    } catch (UserError e) {
      throw new ExecutionException(parsed.commandSpec().commandLine(), e.getMessage(), e);
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Prints the stack trace of a failure.")
  private void debug(boolean traces) {
    if (traces) {
      Console.setTraces(true);
    }
  }

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Prints more details, such as the time of each phase of a training step.")
  private void verbose(boolean more) {
    Console.setVerbose(more);
  }

  /** Prints the help if no command is given. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int report(ParameterException e, List<String> problems) {
    CommandLine command = e.getCommandLine();
    String problem = Redaction.text(Misuse.text(e));
    problems.add(problem);
    command.getErr().println("error: " + problem);
    command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return USER_ERROR;
  }

  private static int report(Throwable e, List<String> problems) {
    Failure failure = Failure.of(e);
    print(e, failure, failure.passing() ? Interruption.kept() : "", Console.err());
    problems.addAll(failure.problems());
    return failure.code();
  }

  /**
   * Prints a failure.
   *
   * @param kept the kept data, for the end of the line; may be empty
   */
  static void print(Throwable e, Failure failure, String kept, PrintStream err) {
    boolean trace = Console.traces();
    if (trace) {
      e.printStackTrace(err);
    }
    String end = kept.isEmpty() ? "" : "; " + kept;
    if (!failure.foreseen() && !trace) {
      end +=
          Failure.write(e)
              .map(file -> " (the stack trace is in " + file + ")")
              .orElse(" (--debug prints the stack trace)");
    }
    for (String problem : failure.problems()) {
      err.println("error: " + problem + end);
    }
  }
}
