package io.destine.spark.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
  @CsvSource(
      delimiter = '|',
      value = {
        "submit-local.sh | | no command; see submit-local.sh --help",
        "submit-local.sh | --master | option --master needs a value",
        "submit-yarn.sh | | no command; see submit-yarn.sh --help",
        "submit-yarn.sh | train | HADOOP_CONF_DIR is not set",
        "bench.sh | | no measurement; see bench.sh --help",
        "bench.sh | stp | unknown measurement 'stp'",
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
    long end = System.nanoTime() + 20_000_000_000L;
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
    long end = System.nanoTime() + 20_000_000_000L;
    while (!Files.exists(directory.resolve("up"))) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(10);
    }
    running.process().destroy();
    assertThat(running.end().code()).isEqualTo(9);
    assertThat(directory.resolve("told")).exists();
  }
}
