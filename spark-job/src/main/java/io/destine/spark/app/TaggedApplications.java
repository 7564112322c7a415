package io.destine.spark.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.yarn.api.protocolrecords.GetApplicationsRequest;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.api.records.YarnApplicationState;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/**
 * The unfinished YARN applications with a tag, of all users whose applications the caller may see.
 * The yarn-site.xml on the class path selects the cluster.
 */
public final class TaggedApplications implements AutoCloseable {
  private static final EnumSet<YarnApplicationState> LIVING =
      EnumSet.of(
          YarnApplicationState.NEW,
          YarnApplicationState.NEW_SAVING,
          YarnApplicationState.SUBMITTED,
          YarnApplicationState.ACCEPTED,
          YarnApplicationState.RUNNING);

  /**
   * The pattern of the exit code that the job's entry point reports to YARN, at the start of the
   * exception's text.
   */
  private static final Pattern EXIT_CODE =
      Pattern.compile("User class threw exception: exit code ([1-9])\\b");

  private static final int FAILED = 1;

  private final String tag;
  private final YarnClient client;

  private TaggedApplications(String tag, YarnClient client) {
    this.tag = tag;
    this.client = client;
  }

  /** The applications with a tag; YARN stores tags in lower case. */
  public static TaggedApplications of(String tag) {
    YarnClient client = YarnClient.createYarnClient();
    client.init(new YarnConfiguration());
    client.start();
    return new TaggedApplications(tag, client);
  }

  /** One application, for people. */
  public record Application(String id, String state) {
    @Override
    public String toString() {
      return id + " " + state;
    }

    private static Application of(ApplicationReport report) {
      return new Application(
          report.getApplicationId().toString(), report.getYarnApplicationState().toString());
    }
  }

  /** The unfinished applications, oldest first. */
  public List<Application> living() {
    return reports().stream().map(Application::of).toList();
  }

  /**
   * Waits for the end of the applications that are unfinished now, and reports each new state.
   *
   * @return the first non-zero exit code, otherwise 0; see {@link #exitCode}
   */
  public int awaitEnd(Duration poll, Consumer<String> listener) throws InterruptedException {
    int code = 0;
    for (ApplicationReport report : reports()) {
      int ended = awaitEnd(report.getApplicationId(), poll, listener);
      code = code == 0 ? ended : code;
    }
    return code;
  }

  private int awaitEnd(ApplicationId id, Duration poll, Consumer<String> listener)
      throws InterruptedException {
    YarnApplicationState last = null;
    while (true) {
      ApplicationReport report = ask(() -> client.getApplicationReport(id));
      YarnApplicationState state = report.getYarnApplicationState();
      if (state != last) {
        last = state;
        listener.accept(Application.of(report).toString());
      }
      if (!LIVING.contains(state)) {
        String diagnostics = report.getDiagnostics() == null ? "" : report.getDiagnostics();
        diagnostics.lines().filter(line -> line.startsWith("error: ")).forEach(listener);
        return exitCode(report.getFinalApplicationStatus(), diagnostics);
      }
      Thread.sleep(poll.toMillis());
    }
  }

  /** Kills the unfinished applications and returns them. */
  public List<Application> kill() {
    List<ApplicationReport> killed = reports();
    for (ApplicationReport report : killed) {
      ask(
          () -> {
            client.killApplication(report.getApplicationId(), "killed for its tag " + tag);
            return report;
          });
    }
    return killed.stream().map(Application::of).toList();
  }

  /**
   * The exit code of the command run by an application: 0 if it succeeded, otherwise the exit code
   * in its diagnostics, or 1. In client mode an application always succeeds, regardless of its
   * driver's exit code.
   */
  static int exitCode(FinalApplicationStatus status, String diagnostics) {
    if (status == FinalApplicationStatus.SUCCEEDED) {
      return 0;
    }
    Matcher named = EXIT_CODE.matcher(diagnostics);
    return named.find() ? Integer.parseInt(named.group(1)) : FAILED;
  }

  private List<ApplicationReport> reports() {
    GetApplicationsRequest request = GetApplicationsRequest.newInstance(LIVING);
    request.setApplicationTags(Set.of(tag));
    return ask(() -> client.getApplications(request)).stream()
        .sorted(Comparator.comparing(ApplicationReport::getApplicationId))
        .toList();
  }

  private interface Question<T> {
    T ask() throws YarnException, IOException;
  }

  private static <T> T ask(Question<T> question) {
    try {
      return question.ask();
    } catch (YarnException e) {
      throw new UncheckedIOException(
          "Cannot ask YARN: " + e.getMessage(), new IOException(e.getMessage(), e));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot ask YARN: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    client.stop();
  }
}
