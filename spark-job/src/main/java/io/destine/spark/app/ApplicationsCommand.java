package io.destine.spark.app;

import io.destine.spark.conf.UserError;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * applications: lists, awaits or kills the unfinished applications with a tag on YARN. Needs no
 * Spark session.
 */
@Command(
    name = "applications",
    hidden = true,
    mixinStandardHelpOptions = true,
    description =
        "Finds unfinished applications on YARN with a tag. nightly.sh runs it before it submits,"
            + " and at its timeout.")
final class ApplicationsCommand implements Callable<Integer> {
  private static final Duration POLL = Duration.ofSeconds(2);

  @Option(names = "--tag", required = true, paramLabel = "TAG", description = "The tag.")
  private String tag;

  @ArgGroup(multiplicity = "1")
  private Action action;

  @Option(
      names = "--principal",
      paramLabel = "NAME",
      description = "Kerberos principal, with --keytab.")
  private String principal;

  @Option(names = "--keytab", paramLabel = "FILE", description = "The principal's keytab.")
  private String keytab;

  @Spec private CommandSpec spec;

  private static final class Action {
    /** Not read: the action if neither of the other options is given. */
    @SuppressWarnings("UnusedVariable")
    @Option(names = "--list", description = "Prints id and state of each.")
    private boolean list;

    @Option(
        names = "--wait",
        description = "Waits until they end and returns the exit code of their command.")
    private boolean await;

    @Option(names = "--kill", description = "Kills and prints them.")
    private boolean kill;
  }

  @Override
  public Integer call() throws InterruptedException {
    logIn();
    PrintWriter out = spec.commandLine().getOut();
    try (TaggedApplications applications = TaggedApplications.of(tag)) {
      if (action.await) {
        return applications.awaitEnd(POLL, line -> Console.err().println(line));
      }
      (action.kill ? applications.kill() : applications.living()).forEach(out::println);
      out.flush();
    }
    return 0;
  }

  /**
   * Logs in from the keytab, if there is one; otherwise the caller's ticket or system account is
   * used.
   */
  private void logIn() {
    if ((principal == null) != (keytab == null)) {
      throw new UserError("--principal and --keytab belong together; give both or neither");
    }
    if (principal == null) {
      return;
    }
    try {
      UserGroupInformation.setConfiguration(new YarnConfiguration());
      UserGroupInformation.loginUserFromKeytab(principal, keytab);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot log in as " + principal + ": " + e.getMessage(), e);
    }
  }
}
