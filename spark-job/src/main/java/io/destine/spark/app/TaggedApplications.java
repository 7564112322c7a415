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
 * The applications on YARN that carry one tag and have not ended, of every user whose applications
 * the caller may see. The cluster is that of the yarn-site.xml on the class path.
 */
public final class TaggedApplications implements AutoCloseable {
  private static final EnumSet<YarnApplicationState> LIVING =
      EnumSet.of(
          YarnApplicationState.NEW,
          YarnApplicationState.NEW_SAVING,
          YarnApplicationState.SUBMITTED,
          YarnApplicationState.ACCEPTED,
          YarnApplicationState.RUNNING);

  /** How the job's entry point names its exit code to YARN: at the start of what was thrown. */
  private static final Pattern EXIT_CODE =
      Pattern.compile("User class threw exception: exit code ([1-9])\\b");

  private static final int FAILED = 1;

  private final String tag;
  private final YarnClient client;

  private TaggedApplications(String tag, YarnClient client) {
    this.tag = tag;
    this.client = client;
  }

  /** Those of a tag, which YARN keeps in lower case. */
  public static TaggedApplications of(String tag) {
    YarnClient client = YarnClient.createYarnClient();
    client.init(new YarnConfiguration());
    client.start();
    return new TaggedApplications(tag, client);
  }

  /** One application, as a person reads it. */
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

  /** Those that have not ended, the oldest first. */
  public List<Application> living() {
    return reports().stream().map(Application::of).toList();
  }

  /**
   * Waits for the end of those that have not ended now, and tells of each new state.
   *
   * @return the first exit code that is not 0, else 0; see {@link #exitCode}
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

  /** Kills those that have not ended, and returns them. */
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
   * The exit code of the command that an application has run: 0 when it succeeded, the one that its
   * diagnostics name, or 1. In client mode an application succeeds whatever its driver returns.
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
