package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The format of log lines with the shipped settings, in a separate JVM. */
class LogSettingsTest {
  /** Logs as the job and as Spark. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      LoggerFactory.getLogger("io.destine.spark.Some").info("said");
      LoggerFactory.getLogger("io.destine.spark.Some").warn("warned");
      LoggerFactory.getLogger("org.apache.spark.Other").warn("by Spark");
      Exception full = new IOException("No space left on device");
      LoggerFactory.getLogger("org.apache.spark.util.Utils").error("Aborting task", full);
      LoggerFactory.getLogger("org.apache.spark.util.Utils").error("not a task");
      LoggerFactory.getLogger("org.apache.spark.SparkConf")
          .warn("Note that spark.local.dir will be overridden by the value set");
      LoggerFactory.getLogger("org.apache.spark.SparkConf").warn("said");
      // As a stopped command.
      System.setErr(new PrintStream(OutputStream.nullOutputStream()));
      LoggerFactory.getLogger("org.apache.spark.util.Utils").error("after the end");
      LoggerFactory.getLogger("io.destine.spark.Some").warn("after the end");
    }
  }

  @Test
  void linesOfTheJobLookLikeThoseThatCommandsPrint() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dlog4j2.configurationFile=" + Path.of("../conf/log4j2.properties").toUri(),
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .start();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(err).isZero();
    assertThat(err)
        .matches(
            "said\\Rwarning: warned\\R\\d\\d:\\d\\d:\\d\\d WARN  Other: by Spark\\R"
                + "\\d\\d:\\d\\d:\\d\\d ERROR Utils: not a task\\R\\d\\d:\\d\\d:\\d\\d WARN  SparkConf: said\\R");
  }
}
