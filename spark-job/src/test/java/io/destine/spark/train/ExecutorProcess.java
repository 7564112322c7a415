package io.destine.spark.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The process of an executor that a worker in this JVM has started. Linux. */
record ExecutorProcess(String executor, ProcessHandle process) {

  /** The process of the executor with the given id. */
  static ExecutorProcess find(String executor) {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> isExecutor(process, executor))
        .findFirst()
        .map(process -> new ExecutorProcess(executor, process))
        .orElseThrow(() -> new IllegalStateException("executor " + executor + " must be running"));
  }

  /** ProcessHandle cuts command lines off, and the class path comes first. */
  private static boolean isExecutor(ProcessHandle process, String executor) {
    try {
      Path file = Path.of("/proc", String.valueOf(process.pid()), "cmdline");
      List<String> words =
          Arrays.asList(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\0"));
      int id = words.indexOf("--executor-id");
      return words.stream().anyMatch(word -> word.endsWith("CoarseGrainedExecutorBackend"))
          && id >= 0
          && words.get(id + 1).equals(executor);
    } catch (IOException e) {
      return false;
    }
  }

  /** Stands still until it is continued or killed: tasks sent to it meanwhile only wait. */
  void stop() {
    signal("STOP");
  }

  void carryOn() {
    signal("CONT");
  }

  void kill() {
    signal("KILL");
  }

  private void signal(String name) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill -" + name + " must succeed, got " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Sends SIGKILL to this process. */
  static void killThis() {
    new ExecutorProcess("of this JVM", ProcessHandle.current()).kill();
  }
}
