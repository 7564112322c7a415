package io.destine.spark.app;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown to end a failed command in YARN's cluster mode. There an exit of the JVM would be reported
 * to the user as "shutdown hook called before final status was reported", while an exception
 * becomes the application's diagnostics, which spark-submit prints and submit-yarn.sh reads. It has
 * no stack trace: if one is helpful, it is in the container's standard error.
 */
final class ApplicationFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** A failure with the given exit code and a line for each problem. */
  ApplicationFailure(int code, List<String> problems) {
    super(
        problems.stream()
            .map(problem -> "\nerror: " + problem)
            .collect(Collectors.joining("", "exit code " + code, "")),
        null,
        false,
        false);
  }

  /** True in a driver run by YARN's application master; called before the session can change it. */
  static boolean reportedToYarn() {
    return "yarn".equals(System.getProperty("spark.master"))
        && "cluster".equals(System.getProperty("spark.submit.deployMode"));
  }

  @Override
  public String toString() {
    return getMessage();
  }
}
