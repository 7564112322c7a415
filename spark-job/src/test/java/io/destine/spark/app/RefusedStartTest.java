package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.destine.spark.train.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings with which Spark does not start, in a JVM without a session. */
class RefusedStartTest {
  private static final List<String> REFUSED =
      List.of(
          "spark.master = local[x]",
          "spark.master = local[0]",
          "spark.master = spark://",
          "spark.executor.memory = abc",
          "spark.memory.fraction = 7",
          "spark.memory.fraction = x",
          "spark.serializer = none",
          "spark.sql.shuffle.partitions = x");

  @TempDir Path directory;

  /** Prints the exit code and the error for each of the settings. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      for (String setting : REFUSED) {
        String[] pair = setting.split(" = ");
        System.setProperty("spark.master", "local[1]");
        System.setProperty(pair[0], pair[1]);
        Failure failure = Failure.of(catchThrowable(() -> Session.open("train", "x").close()));
        failure.problems().forEach(text -> System.out.println(failure.code() + " " + text));
        System.clearProperty(pair[0]);
      }
    }
  }

  @Test
  void eachIsAMistakeInOneLineWithTheSettingAndWhatSparkSays()
      throws IOException, InterruptedException {
    Process process =
        ChildJvm.builder(directory, List.of(), Program.class)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    List<String> lines = out.lines().toList();
    assertThat(lines).hasSameSizeAs(REFUSED);
    for (int n = 0; n < lines.size(); n++) {
      assertThat(lines.get(n)).startsWith("2 Spark does not start with " + REFUSED.get(n) + ": ");
    }
    assertThat(lines.get(0)).endsWith("Could not parse Master URL: 'local[x]'");
    assertThat(lines.get(1)).endsWith("Asked to run locally with 0 threads");
  }
}
