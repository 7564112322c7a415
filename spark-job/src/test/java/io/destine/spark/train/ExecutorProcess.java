package io.destine.spark.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the processes of executors, which the workers in the JVM of a driver start. Linux. */
final class ExecutorProcess {
  private ExecutorProcess() {}

  /** That of the executor with the given id, whose driver is this JVM. */
  static SignalledProcess find(String executor) {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> idOf(process).equals(Optional.of(executor)))
        .findFirst()
        .map(SignalledProcess::new)
        .orElseThrow(() -> new IllegalStateException("executor " + executor + " must be running"));
  }

  /** Those of a driver that run now, in the order of their start. */
  static List<SignalledProcess> of(ProcessHandle driver) {
    return driver
        .descendants()
        .filter(process -> idOf(process).isPresent())
        .sorted(Comparator.comparingLong(ProcessHandle::pid))
        .map(SignalledProcess::new)
        .toList();
  }

  /** ProcessHandle cuts command lines off, and the class path comes first. */
  private static Optional<String> idOf(ProcessHandle process) {
    try {
      Path file = Path.of("/proc", String.valueOf(process.pid()), "cmdline");
      List<String> words =
          Arrays.asList(new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\0"));
      int id = words.indexOf("--executor-id");
      boolean executor =
          words.stream().anyMatch(word -> word.endsWith("CoarseGrainedExecutorBackend"));
      return executor && id >= 0 ? Optional.of(words.get(id + 1)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
