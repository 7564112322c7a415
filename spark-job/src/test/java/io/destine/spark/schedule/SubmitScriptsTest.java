package io.destine.spark.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.app.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import picocli.CommandLine;

/** The other scripts, with a Spark distribution whose spark-submit is a stub, and without Maven. */
class SubmitScriptsTest {
  private static final String MODULE_WARNING =
      "WARNING: Using incubator modules: jdk.incubator.vector";

  @TempDir Path directory;

  @BeforeEach
  void aDistribution() throws IOException {
    Files.createDirectories(directory.resolve("spark/jars"));
    Files.createFile(directory.resolve("job.jar"));
  }

  private ScriptRun run(String script, String... words) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(ScriptRun.PROJECT.resolve("submit-scripts").resolve(script).toString()));
    command.addAll(Arrays.asList(words));
    return ScriptRun.start(
            directory,
            Map.of(
                "SPARK_HOME",
                directory.resolve("spark").toString(),
                "DESTINE_JAR",
                directory.resolve("job.jar").toString()),
            command)
        .end();
  }

  private void sparkSubmit(String... lines) throws IOException {
    Path file = directory.resolve("spark/bin/spark-submit");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/usr/bin/env bash\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** SPARK_HOME and DESTINE_JAR name nothing that could run. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "submit-local.sh",
        "submit-yarn.sh",
        "bench.sh",
        "bench-hosts.sh",
        "nightly.sh",
        "replay-flights.sh",
        "pseudo-cluster.sh",
        "hosts.sh"
      })
  void helpIsTheScriptsOwnAndNeedsNothingBuilt(String script) throws Exception {
    for (String option : List.of("--help", "-h")) {
      ScriptRun run =
          ScriptRun.of(
              directory,
              Map.of("SPARK_HOME", "/nowhere", "DESTINE_JAR", "/nowhere", "PATH", "/usr/bin:/bin"),
              ScriptRun.PROJECT.resolve("submit-scripts").resolve(script).toString(),
              option);
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.err()).isEmpty();
      assertThat(run.out()).contains("  " + script).doesNotContain("set -euo");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"submit-local.sh", "submit-yarn.sh"})
  void helpOfTheSubmitScriptsListsTheCommandsOfTheJob(String script) throws Exception {
    String help = run(script, "--help").out();
    List<String> listed =
        help.substring(help.indexOf("Commands:\n")).lines().skip(1).map(this::firstWord).toList();
    assertThat(listed)
        .containsExactlyElementsOf(
            new CommandLine(new Main())
                .getSubcommands().entrySet().stream()
                    .filter(e -> !e.getValue().getCommandSpec().usageMessage().hidden())
                    .map(Map.Entry::getKey)
                    .toList());
  }

  private String firstWord(String line) {
    return line.strip().split(" ")[0];
  }

  @Test
  void theJobKnowsTheNameOfTheScript() throws Exception {
    sparkSubmit("echo \"$DESTINE_PROGRAM\"");
    assertThat(run("submit-local.sh", "train").out())
        .isEqualTo(ScriptRun.PROJECT.resolve("submit-scripts/submit-local.sh") + "\n");
  }

  /** Maven's library for colours ends with an escape code, whatever it writes to. */
  @Test
  void aBuildWritesNoEscapeCodes() throws Exception {
    ScriptRun run =
        bash(
            Map.of("MAVEN_OPTS", "-Xmx200m"),
            "profiles=; mvn() { command mvn -B -q --version; }; build model-core 'a minute'");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).containsPattern("[0-9]+[.][0-9]+").doesNotContain("\u001b");
  }

  @Test
  void oneOfTwoCallsBuilds() throws Exception {
    Path calls = directory.resolve("calls");
    ScriptRun run =
        bash(
            Map.of("CALLS", calls.toString()),
            "profiles=; needed() { [[ ! -e $CALLS ]]; }; mvn() { sleep 1; echo mvn >>\"$CALLS\"; };"
                + " build model-core 'a minute' needed & build model-core 'a minute' needed; wait");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(calls).hasContent("mvn");
    assertThat(run.err()).containsOnlyOnce("building").contains("waiting for the build");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "submit-local.sh | | no command; see submit-local.sh --help",
        "submit-local.sh | --master | option --master needs a value",
        "submit-yarn.sh | | no command; see submit-yarn.sh --help",
        "submit-yarn.sh | train | HADOOP_CONF_DIR is not set",
        "bench.sh | | no measurement; see bench.sh --help",
        "bench.sh | stp | unknown measurement 'stp'",
        "bench-hosts.sh | two | HOSTS must be whole numbers, got 'two'",
        "replay-flights.sh | 999 | use a number from 1 to 153",
        "pseudo-cluster.sh | strat | use start, stop, status or fs",
        "pseudo-cluster.sh | start --cores x | --cores x is not a whole number",
        "hosts.sh | upp | unknown action 'upp'",
        "hosts.sh | up | up needs a number of hosts from 1 to 99, got ''",
        "hosts.sh | up 2 --bandwidth fast | --bandwidth fast is not a whole number with kbit, mbit",
      },
      quoteCharacter = '`')
  void misuseIsOneLineAndExitCodeTwo(String script, String words, String message) throws Exception {
    ScriptRun run = run(script, words == null ? new String[0] : words.split(" "));
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).startsWith(script + ": ").contains(message.replace('\'', '"'));
  }

  @Test
  void theWarningOfTheJvmIsLeftOutAndTheRestOfStandardErrorIsNot() throws Exception {
    sparkSubmit(
        "echo 'Picked up JAVA_TOOL_OPTIONS: -Da=b' >&2",
        "echo '" + MODULE_WARNING + "' >&2",
        "echo '" + MODULE_WARNING + " again' >&2",
        "echo out",
        "printf '\\rhalf a line' >&2",
        "exit 3");
    ScriptRun run = run("submit-local.sh", "train");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.out()).isEqualTo("out\n");
    assertThat(run.err())
        .isEqualTo(
            "Picked up JAVA_TOOL_OPTIONS: -Da=b\n" + MODULE_WARNING + " again\n\rhalf a line");
  }

  @Test
  void whatIsWrittenWithoutTheWarningArrivesAtOnce() throws Exception {
    sparkSubmit(
        "echo first >&2",
        "printf 'second' >&2",
        "until [[ -e '" + directory + "/go' ]]; do sleep 0.05; done");
    ScriptRun.Running running =
        ScriptRun.start(
            directory,
            Map.of(
                "SPARK_HOME",
                directory.resolve("spark").toString(),
                "DESTINE_JAR",
                directory.resolve("job.jar").toString()),
            List.of(
                ScriptRun.PROJECT.resolve("submit-scripts/submit-local.sh").toString(), "train"));
    long end = System.nanoTime() + 60_000_000_000L;
    while (!Files.readString(running.err()).equals("first\nsecond")) {
      assertThat(System.nanoTime()).as(Files.readString(running.err())).isLessThan(end);
      Thread.sleep(10);
    }
    Files.createFile(directory.resolve("go"));
    assertThat(running.end().code()).isZero();
  }

  @Test
  void aSignalToTheScriptReachesTheJob() throws Exception {
    sparkSubmit(
        "trap 'touch \"" + directory + "/told\"; exit 9' TERM",
        "touch '" + directory + "/up'",
        "for ((;;)); do sleep 0.05; done");
    ScriptRun.Running running =
        ScriptRun.start(
            directory,
            Map.of(
                "SPARK_HOME",
                directory.resolve("spark").toString(),
                "DESTINE_JAR",
                directory.resolve("job.jar").toString()),
            List.of(
                ScriptRun.PROJECT.resolve("submit-scripts/submit-local.sh").toString(), "train"));
    long end = System.nanoTime() + 60_000_000_000L;
    while (!Files.exists(directory.resolve("up"))) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(10);
    }
    running.process().destroy();
    assertThat(running.end().code()).isEqualTo(9);
    assertThat(directory.resolve("told")).exists();
  }

  /** A distribution by the names of its jars, and a JDK by its release file. */
  private Map<String, String> distribution(String spark, String scala, String hadoop, String java)
      throws IOException {
    Path home = directory.resolve("spark-" + spark);
    Files.createDirectories(home.resolve("jars"));
    Files.createFile(home.resolve("jars/spark-core_" + scala + "-" + spark + ".jar"));
    Files.createFile(home.resolve("jars/hadoop-client-api-" + hadoop + ".jar"));
    Path jdk = directory.resolve("jdk");
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(jdk.resolve("bin/java"), "");
    Files.setPosixFilePermissions(
        jdk.resolve("bin/java"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + java + "\"\n");
    return Map.of("SPARK_HOME", home.toString(), "JAVA_HOME", jdk.toString());
  }

  private ScriptRun bash(Map<String, String> environment, String code) throws Exception {
    return ScriptRun.of(
        directory,
        environment,
        "bash",
        "-euo",
        "pipefail",
        "-c",
        "source '" + ScriptRun.PROJECT + "/submit-scripts/spark.sh'; " + code);
  }

  @ParameterizedTest
  @CsvSource({
    "3.5.0-amzn-1, 2.12, target, ''",
    "3.5.7, 2.13, target/spark-3.5-scala-2.13, spark-3.5-scala-2.13",
    "4.2.1, 2.13, target/spark-4.2, spark-4.2",
  })
  void theBuildIsTheOneForTheDistribution(
      String spark, String scala, String target, String profiles) throws Exception {
    Map<String, String> stock = distribution(spark, scala, "3.3.4", "17.0.9");
    ScriptRun run = bash(stock, "find_spark; find_build; echo \"$target $profiles\"");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out().strip()).isEqualTo((target + " " + profiles).strip());
  }

  @Test
  void theListOfBuildsIsThatOfThePom() throws Exception {
    Element pom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(ScriptRun.PROJECT.resolve("pom.xml").toFile())
            .getDocumentElement();
    List<String> builds = new ArrayList<>();
    NodeList versions = pom.getElementsByTagName("spark.version");
    for (int i = 0; i < versions.getLength(); i++) {
      Element properties = (Element) versions.item(i).getParentNode();
      NodeList profile = properties.getElementsByTagName("spark.profile");
      String id = profile.getLength() == 0 ? "" : profile.item(0).getTextContent();
      String scala = properties.getElementsByTagName("scala.binary").item(0).getTextContent();
      builds.add((id.isEmpty() ? "-" : id) + " " + versions.item(i).getTextContent() + " " + scala);
    }
    assertThat(builds).hasSizeGreaterThan(1);
    assertThat(bash(Map.of(), "supported").out().lines()).containsExactlyElementsOf(builds);
  }

  @Test
  void theProfileThatTheUserNamesDecides() throws Exception {
    ScriptRun run =
        bash(
            Map.of("DESTINE_PROFILE", "nd4j-generic,spark-4.2"),
            "find_build; echo \"$target $profiles\"");
    assertThat(run.out()).isEqualTo("target/spark-4.2 nd4j-generic,spark-4.2\n");
    ScriptRun unknown = bash(Map.of("DESTINE_PROFILE", "spark-4.3"), "find_build");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err().lines()).hasSize(1);
    assertThat(unknown.err())
        .endsWith(
            "DESTINE_PROFILE is spark-4.3; the profiles for versions of Spark are"
                + " spark-3.5-scala-2.13, spark-4.2\n");
  }

  @Test
  void aDistributionThatNothingIsBuiltForIsOneLine() throws Exception {
    ScriptRun run = bash(distribution("4.0.0", "2.13", "3.4.1", "17"), "find_spark; find_jar");
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err())
        .contains(
            "SPARK_HOME is Spark 4.0.0 with Scala 2.13; the project is built for Spark 3.5 with"
                + " Scala 2.12, 3.5 with Scala 2.13, 4.2 with Scala 2.13; ");
  }

  @ParameterizedTest
  @CsvSource({
    "3.5.5, 3.3.4, 23, false",
    "3.5.5, 3.3.4, 25.0.1, false",
    "3.5.5, 3.3.4, 21.0.8, true",
    "3.5.5, 3.3.4, 17, true",
    "4.2.0, 3.5.0, 25.0.1, true",
  })
  void aJavaThatHadoopCannotRunOnIsOneLine(
      String spark, String hadoop, String java, boolean possible) throws Exception {
    ScriptRun run = bash(distribution(spark, "2.13", hadoop, java), "find_spark");
    assertThat(run.code()).as(run.err()).isEqualTo(possible ? 0 : 2);
    assertThat(run.err().lines()).hasSize(possible ? 0 : 1);
    if (!possible) {
      assertThat(run.err())
          .contains("Spark with Hadoop 3.3.4, in ")
          .endsWith(
              "cannot run on Java " + java.split("\\.")[0] + "; set JAVA_HOME to Java 17 or 21\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "find_spark; run_source A.java",
        "\"$project/submit-scripts/pseudo-cluster.sh\" fs",
      })
  void javaIsThatOfJavaHome(String code) throws Exception {
    Map<String, String> environment = new HashMap<>(distribution("3.5.5", "2.12", "3.3.4", "17"));
    Files.writeString(
        Path.of(environment.get("JAVA_HOME"), "bin/java"), "#!/bin/sh\necho JAVA_HOME\n");
    Files.createFile(directory.resolve("core-site.xml"));
    environment.put("HADOOP_CONF_DIR", directory.toString());
    ScriptRun run = bash(environment, code);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).isEqualTo("JAVA_HOME\n");
  }
}
