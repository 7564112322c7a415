package io.destine.spark.app;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How a command that failed in YARN's cluster mode ends. There an exit of the JVM would reach the
 * user as "shutdown hook called before final status was reported"; what is thrown becomes the
 * application's diagnostics, which spark-submit prints and submit-yarn.sh reads. It has no stack
 * trace: the container's standard error has it where it helps.
 */
final class ApplicationFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A failure of the given exit code, with a line for each thing that was wrong. */
  ApplicationFailure(int code, List<String> problems) {
    super(
        problems.stream()
            .map(problem -> "\nerror: " + problem)
            .collect(Collectors.joining("", "exit code " + code, "")),
        null,
        false,
        false);
  }

  /**
   * True in a driver that YARN's application master runs; asked before the session can change it.
   */
  static boolean reportedToYarn() {
    return "yarn".equals(System.getProperty("spark.master"))
        && "cluster".equals(System.getProperty("spark.submit.deployMode"));
  }

  @Override
  public String toString() {
    return getMessage();
  }
}
