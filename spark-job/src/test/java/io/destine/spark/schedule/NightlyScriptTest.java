package io.destine.spark.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** nightly.sh, with stubs in place of the script that submits and of the JVM that asks YARN. */
class NightlyScriptTest {
  private static final String NIGHTLY =
      ScriptRun.PROJECT.resolve("submit-scripts/nightly.sh").toString();
  private static final String CONFIG = "Clicks.conf";
  private static final long WAIT_SECONDS = 60;

  @TempDir Path directory;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void aJobThatWritesItsWordsDown() throws IOException {
    environment.put("DESTINE_SUBMIT", stub("submit", "exit 0"));
    environment.put("DESTINE_NIGHTLY_LOG_DIR", logs().toString());
    environment.put("DESTINE_NIGHTLY_ON", "local");
  }

  /**
   * A script that appends its arguments as a line to the file NAME.calls, then runs the given
   * lines.
   */
  private String stub(String name, String... lines) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    String calls = directory.resolve(file.getFileName() + ".calls").toString();
    Files.writeString(
        file,
        "#!/usr/bin/env bash\nprintf '%s ' \"$@\" >>'"
            + calls
            + "'\necho >>'"
            + calls
            + "'\n"
            + String.join("\n", lines)
            + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }

  private List<String> calls(String name) throws IOException {
    Path file = directory.resolve(name + ".calls");
    return Files.exists(file)
        ? Files.readAllLines(file).stream().map(String::strip).toList()
        : List.of();
  }

  private Path logs() {
    return directory.resolve("logs");
  }

  private List<Path> logFiles() throws IOException {
    try (Stream<Path> files = Files.list(logs())) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    }
  }

  private String log() throws IOException {
    assertThat(logFiles()).hasSize(1);
    return Files.readString(logFiles().get(0));
  }

  private ScriptRun.Running start(String... options) throws IOException {
    List<String> words = new ArrayList<>(List.of(NIGHTLY));
    words.addAll(List.of(options));
    if (!words.contains("--")) {
      words.addAll(List.of("--", "--config", CONFIG));
    }
    return ScriptRun.start(directory, environment, words);
  }

  private ScriptRun run(String... options) throws IOException, InterruptedException {
    return start(options).end();
  }

  private void awaitFile(String name) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (!Files.exists(directory.resolve(name))) {
      assertThat(System.nanoTime()).as("until there is a file " + name).isLessThan(end);
      Thread.sleep(10);
    }
  }

  /** The id that a stub has written to a file. */
  private ProcessHandle process(String file) throws IOException {
    long pid = Long.parseLong(Files.readString(directory.resolve(file)).strip());
    return ProcessHandle.of(pid).orElse(null);
  }

  private void awaitDeath(String file) throws IOException, InterruptedException {
    ProcessHandle process = process(file);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    while (process != null && process.isAlive()) {
      assertThat(System.nanoTime()).as("until the process of " + file + " is gone").isLessThan(end);
      Thread.sleep(10);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 77})
  void theExitCodeIsTheJobs(int code) throws Exception {
    stub("submit", "echo 'error: gate: log loss' >&2", "exit " + code);
    ScriptRun run = run("--date", "2026-02-28");
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(log()).contains("error: gate: log loss").contains("exit code " + code + " after");
    if (code == 0) {
      assertThat(run.err()).isEmpty();
    } else {
      assertThat(run.err())
          .contains("nightly.sh: clicks 2026-02-28: ")
          .contains("(exit code " + code + "); log: " + logFiles().get(0))
          .contains("error: gate: log loss");
    }
  }

  @Test
  void optionsBeforeTheDashesGoToSparkSubmitAndThoseAfterToTheCommand() throws Exception {
    ScriptRun run =
        run(
            "--num-executors",
            "4",
            "--date=2026-02-28",
            "--conf=a.b=c",
            "--verbose",
            "--",
            "--config",
            CONFIG,
            "--force",
            "--set",
            "train.epochs=2");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(calls("submit"))
        .containsExactly(
            "--num-executors 4 --conf a.b=c --verbose nightly --date 2026-02-28 --config "
                + CONFIG
                + " --force --set train.epochs=2");
  }

  @Test
  void standardOutputIsTheJsonLineAndAllElseIsInTheLog() throws Exception {
    stub("submit", "echo epoch 1 >&2", "echo a table", "echo '{\"auc\":0.7}'");
    ScriptRun run = run();
    assertThat(run.out()).isEqualTo("{\"auc\":0.7}\n");
    assertThat(run.err()).isEmpty();
    assertThat(log()).contains("epoch 1\n").contains("a table\n").contains("{\"auc\":0.7}\n");
  }

  @Test
  void theLogHoldsNoSecretsOfTheArgumentsAndIsForItsOwnerAlone() throws Exception {
    stub("submit", "umask");
    ScriptRun run =
        run(
            "--",
            "--config",
            CONFIG,
            "--set",
            "source.options.password=pa//ss 1",
            "--set=source.options.fs.azure.account.key.x.net=hu=sh",
            "--set",
            "source.path=s3a://id:hush@bucket/x",
            "--set",
            "train.epochs=3");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(calls("submit").get(0)).contains("pa//ss 1", "hu=sh", "id:hush@bucket");
    assertThat(log())
        .doesNotContain("pa//ss")
        .doesNotContain("sh@")
        .doesNotContain("hu=sh")
        .contains("source.options.password=(hidden) --set=source.options.fs.azure.account.key")
        .contains("s3a://id:(hidden)@bucket/x --set train.epochs=3");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(logFiles().get(0))))
        .isEqualTo("rw-------");
    ScriptRun shell = ScriptRun.of(directory, Map.of(), "bash", "-c", "umask");
    assertThat(log()).as("the job's own files are for whom the caller says").contains(shell.out());
  }

  /** At any time one of the two zones, 14 hours east and 12 west, has another day than UTC. */
  @ParameterizedTest
  @ValueSource(strings = {"EAST-14", "WEST12"})
  void theDateIsYesterdayInUtcUnlessALagSaysOtherwise(String zone) throws Exception {
    environment.put("TZ", zone);
    LocalDate before = LocalDate.now(ZoneOffset.UTC);
    assertThat(run().code()).isZero();
    assertThat(run("--lag", "3").code()).isZero();
    LocalDate after = LocalDate.now(ZoneOffset.UTC);
    assertThat(calls("submit").get(0))
        .containsAnyOf(before.minusDays(1).toString(), after.minusDays(1).toString());
    assertThat(calls("submit").get(1))
        .containsAnyOf(before.minusDays(3).toString(), after.minusDays(3).toString());
  }

  @Test
  void environmentVariablesStandForOptionsAndOptionsWin() throws Exception {
    environment.put("DESTINE_NIGHTLY_DATE", "2026-01-05");
    assertThat(run().code()).isZero();
    assertThat(run("--date", "2026-01-06").code()).isZero();
    assertThat(calls("submit").get(0)).contains("--date 2026-01-05 ");
    assertThat(calls("submit").get(1)).contains("--date 2026-01-06 ");
  }

  @Test
  void everyRunHasALogOfItsOwnAndTheNewestAreKept() throws Exception {
    for (int day = 5; day > 1; day--) {
      assertThat(run("--keep", "3", "--date", "2026-01-0" + day).code()).isZero();
    }
    assertThat(logFiles()).hasSize(3);
    assertThat(logFiles().toString()).contains("-2026-01-02-", "-2026-01-03-", "-2026-01-04-");
    assertThat(run("--keep", "1", "--", "--config", "other.conf").code()).isZero();
    assertThat(logFiles()).as("logs of another configuration").hasSize(4);
  }

  @Test
  void aJobBeyondItsTimeIsKilledWithItsChildren() throws Exception {
    stub(
        "submit",
        "(trap '' TERM; echo $BASHPID >'" + directory + "/child'; exec sleep 300) &",
        "echo $$ >'" + directory + "/parent'",
        "wait");
    ScriptRun run = run("--timeout", "2s");
    assertThat(run.code()).as(run.err()).isEqualTo(124);
    assertThat(run.err()).contains("not done within 2s, killed (exit code 124)");
    awaitDeath("parent");
    awaitDeath("child");
  }

  @Test
  void aSignalReachesTheJobAndIsTheResult() throws Exception {
    stub(
        "submit",
        "trap 'touch \"" + directory + "/told\"; exit 9' TERM",
        "echo $$ >'" + directory + "/parent'",
        "for ((;;)); do sleep 0.05; done");
    ScriptRun.Running running = start();
    awaitFile("parent");
    running.process().destroy();
    ScriptRun run = running.end();
    assertThat(run.code()).as(run.err()).isEqualTo(128 + 15);
    assertThat(directory.resolve("told")).exists();
    awaitDeath("parent");
    assertThat(log()).contains("SIGTERM");
  }

  @Test
  void aSecondCallOnThisMachineIsRefusedInOneLine() throws Exception {
    stub(
        "submit",
        "touch '" + directory + "/up'",
        "until [[ -e '" + directory + "/go' ]]; do sleep 0.05; done");
    ScriptRun.Running first = start();
    awaitFile("up");
    ScriptRun second = run();
    ScriptRun other =
        ScriptRun.of(directory, withoutWaiting(), NIGHTLY, "--", "--config", "b.conf");
    Files.createFile(directory.resolve("go"));
    assertThat(second.code()).as(second.err()).isEqualTo(4);
    assertThat(second.err().lines()).hasSize(1);
    assertThat(second.err()).contains("another run is active on this machine");
    assertThat(other.code()).as("another configuration: " + other.err()).isZero();
    assertThat(first.end().code()).isZero();
    assertThat(calls("submit")).hasSize(1);
    assertThat(run().code()).as("afterwards").isZero();
  }

  private Map<String, String> withoutWaiting() throws IOException {
    Map<String, String> other = new HashMap<>(environment);
    other.put("DESTINE_SUBMIT", stub("free", "exit 0"));
    return other;
  }

  /** The scheduler's kill -9 leaves the driver at work: it keeps the lock. */
  @Test
  void aJobThatOutlivesItsScriptKeepsTheLock() throws Exception {
    stub("submit", "echo $$ >'" + directory + "/job'", "exec sleep 300");
    ScriptRun.Running first = start();
    awaitFile("job");
    first.process().destroyForcibly();
    first.end();
    ScriptRun second = run();
    ProcessHandle job = process("job");
    assertThat(job).isNotNull();
    job.destroyForcibly();
    assertThat(second.code()).as(second.err()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--date 2026-02-30 -- --config a | --date 2026-02-30 is not a date in the form YYYY-MM-DD",
        "--lag -1 -- --config a | --lag -1 is not a whole number of days",
        "--timeout 6w -- --config a | --timeout 6w is not a whole number of seconds, or one with s, m, h or d",
        "--keep 0 -- --config a | --keep 0 is not a whole number of 1 or more",
        "train --config a | ; options of the nightly command come after --",
        "--date | option --date needs a value",
        "-- --force | --config FILE is missing; it comes after --",
        "-- --config a --date 2026-01-01 | --date must come before --: it is an option of nightly.sh",
        "-- --config a --backfill 2026-01-01 2026-01-02 | run it with submit-local.sh nightly",
        "--yarn -- --config a | HADOOP_CONF_DIR is not set; it names the cluster's configuration"
            + " directory",
      })
  void aMistakeIsOneLineAndNothingIsSubmitted(String words, String message) throws Exception {
    List<String> command = new ArrayList<>(List.of(NIGHTLY));
    command.addAll(List.of(words.strip().split(" ")));
    ScriptRun run = ScriptRun.start(directory, environment, command).end();
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains(message);
    assertThat(calls("submit")).isEmpty();
  }

  @Test
  void helpNamesOptionsAndExitCodes() throws Exception {
    ScriptRun run = ScriptRun.of(directory, environment, NIGHTLY, "--help");
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("--timeout TIME", "--log-dir DIR", "Exit code:", "124");
    assertThat(run.out()).doesNotContain("set -e");
  }

  /**
   * Stubs for YARN, with the given list of applications and the given exit code of waiting for
   * them.
   */
  private void onYarn(String listed, int waited) throws IOException {
    environment.put("DESTINE_NIGHTLY_ON", "yarn");
    environment.put("HADOOP_CONF_DIR", directory.resolve("hadoop").toString());
    environment.put("SPARK_HOME", directory.resolve("spark").toString());
    Files.createDirectories(directory.resolve("spark/jars"));
    Path jar = directory.resolve("job.jar");
    Files.writeString(jar, "");
    environment.put("DESTINE_JAR", jar.toString());
    environment.put("JAVA_HOME", directory.resolve("jdk").toString());
    stub(
        "jdk/bin/java",
        "case \" $* \" in",
        "  *' --list '*) printf '" + listed + "' ;;",
        "  *' --wait '*) echo 'error: gate: reason from YARN' >&2; " + "exit " + waited + " ;;",
        "esac");
  }

  private List<String> asked() throws IOException {
    return calls("java").stream().map(call -> call.replaceAll(".* applications ", "")).toList();
  }

  @Test
  void onYarnTheApplicationGetsATagOfConfigurationAndDate() throws Exception {
    onYarn("", 0);
    ScriptRun run = run("--date", "2026-02-28", "--conf", "spark.yarn.tags=mine");
    assertThat(run.code()).as(run.err()).isZero();
    String submitted = calls("submit").get(0);
    assertThat(submitted)
        .matches(
            "--conf spark.yarn.tags=mine --conf"
                + " spark.yarn.tags=mine,destine-nightly-clicks-[0-9a-f]{8}-2026-02-28 nightly"
                + " --date 2026-02-28 --config Clicks.conf");
    String tag = submitted.replaceAll(".*mine,(\\S+) .*", "$1");
    assertThat(asked()).containsExactly("--tag " + tag + " --list");
    assertThat(calls("java").get(0)).contains("-cp " + directory.resolve("hadoop") + ":");
    run("--date", "2026-02-28", "--", "--config", "./" + CONFIG, "--force");
    run("--date", "2026-02-28", "--", "--config", CONFIG, "--set", "output.model=x");
    assertThat(calls("submit").get(1)).as("a retry, however written").contains(tag + " ");
    assertThat(calls("submit").get(2)).as("another model").doesNotContain(tag);
  }

  /** Names of secrets in a path, such as sig in insights, do not make two models one. */
  @Test
  void pathsOfTwoModelsAreTwoTagsAndTwoPasswordsOne() throws Exception {
    onYarn("", 0);
    List<String> tags = new ArrayList<>();
    for (String setting :
        List.of(
            "output.model=hdfs://insights-nn:8020/de",
            "output.model=hdfs://insights-nn:8020/fr",
            "output.model=hdfs://nn/token-data/country=de",
            "output.model=hdfs://nn/token-data/country=fr",
            "source.options.password=one",
            "source.options.password=two",
            "source.path=http://me:one@host/x",
            "source.path=http://me:two@host/x",
            "source.path=https://host/x?part=1&sig=one",
            "source.path=https://host/x?part=1&sig=two",
            "source.path=https://host/x?part=2&sig=two",
            "source.options={userpwd = one}",
            "source.options={userpwd = two}")) {
      run("--date", "2026-02-28", "--", "--config", CONFIG, "--set", setting);
      String submitted = calls("submit").get(tags.size());
      tags.add(submitted.replaceAll(".*(destine-nightly-\\S+) .*", "$1"));
    }
    assertThat(tags.subList(0, 5)).doesNotHaveDuplicates();
    assertThat(tags.get(5)).isEqualTo(tags.get(4));
    assertThat(tags.get(7)).isEqualTo(tags.get(6)).isNotEqualTo(tags.get(5));
    assertThat(tags.get(9)).isEqualTo(tags.get(8)).isNotEqualTo(tags.get(10));
    assertThat(tags.get(12)).isEqualTo(tags.get(11)).isNotEqualTo(tags.get(10));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void theFailureOfAnApplicationOfTheTagIsTheCalls(int code) throws Exception {
    onYarn("application_7_0001 RUNNING\\n", code);
    ScriptRun run = run("--deploy-mode", "cluster");
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(calls("submit")).isEmpty();
    assertThat(asked()).hasSize(2);
    assertThat(asked().get(1)).endsWith(" --wait");
    assertThat(log()).contains("waiting for application_7_0001 RUNNING");
  }

  /**
   * YARN reports the success of an application in client mode whatever its driver returned, and an
   * application that ended after it was listed is not waited for. For a finished date the job ends
   * immediately.
   */
  @ParameterizedTest
  @ValueSource(strings = {"client", "cluster"})
  void afterAWaitThatSucceedsTheJobIsSubmitted(String mode) throws Exception {
    onYarn("application_7_0001 RUNNING\\n", 0);
    assertThat(run("--deploy-mode", mode).code()).isZero();
    assertThat(asked()).hasSize(2);
    assertThat(calls("submit")).hasSize(1);
  }

  /** One of the two may be in a file of settings, which spark-submit reads. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--principal p@R --keytab /k|--principal p@R --keytab /k --list",
        "--conf spark.kerberos.principal=p@R --keytab /k|--principal p@R --keytab /k --list",
        "--keytab /k|--list",
      })
  void theApplicationsAreAskedForWithPrincipalAndKeytabOrWithTheTicket(String options, String end)
      throws Exception {
    onYarn("", 0);
    assertThat(run(options.split(" ")).code()).isZero();
    assertThat(asked().get(0)).matches("--tag destine-nightly-\\S+ " + Pattern.quote(end));
  }

  @Test
  void whenYarnDoesNotAnswerNothingIsSubmitted() throws Exception {
    onYarn("", 0);
    stub("jdk/bin/java", "echo 'error: Cannot ask YARN: refused' >&2", "exit 1");
    ScriptRun run = run();
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("error: Cannot ask YARN: refused");
    assertThat(calls("submit")).isEmpty();
  }

  @Test
  void beyondItsTimeTheApplicationIsKilledByItsTag() throws Exception {
    onYarn("", 0);
    stub("submit", "exec sleep 300");
    assertThat(run("--timeout", "2").code()).isEqualTo(124);
    assertThat(asked()).hasSize(2);
    assertThat(asked().get(1)).endsWith(" --kill");
  }

  /** A retry must be able to take the lock and find the application while its old client lives. */
  @Test
  void onYarnASubmissionThatOutlivesItsScriptDoesNotKeepTheLock() throws Exception {
    onYarn("", 0);
    stub("submit", "echo $$ >'" + directory + "/job'", "exec sleep 300");
    ScriptRun.Running first = start();
    awaitFile("job");
    first.process().destroyForcibly();
    first.end();
    onYarn("application_7_0001 RUNNING\\n", 3);
    ScriptRun second = run("--deploy-mode", "cluster");
    ProcessHandle job = process("job");
    assertThat(job).isNotNull();
    job.destroyForcibly();
    assertThat(second.code()).as(second.err()).isEqualTo(3);
    assertThat(calls("submit")).hasSize(1);
  }

  /** The output of YARN's client for an application whose driver ended with the given code. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void submitYarnReadsTheExitCodeOfADriverInTheCluster(int code) throws Exception {
    onYarn("", 0);
    stub(
        "spark/bin/spark-submit",
        "echo '01:02:03 INFO  Client: Application report for application_7_0001 (state: RUNNING)'"
            + " >&2",
        "echo '01:02:03 ERROR Client: Application diagnostics message: User class threw exception:"
            + " exit code "
            + code
            + "' >&2",
        "echo 'error: gate: log loss' >&2",
        "exit 1");
    ScriptRun run =
        ScriptRun.of(
            directory,
            environment,
            ScriptRun.PROJECT.resolve("submit-scripts/submit-yarn.sh").toString(),
            "--deploy-mode",
            "cluster",
            "nightly",
            "--date",
            "2026-02-28");
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(run.err()).contains("application_7_0001: RUNNING").contains("error: gate: log loss");
  }
}
