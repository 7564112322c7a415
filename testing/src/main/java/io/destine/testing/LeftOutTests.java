package io.destine.testing;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Says which tests were left out and why: a line each on standard output, and in the file that the
 * system property destine.tests.left-out names. A reason that begins with {@link #NOT_FOR} is that
 * of a test which another build runs, so nothing is missing.
 */
public final class LeftOutTests implements TestExecutionListener {
  /** Begins the reason of a test that is not meant for this build. */
  public static final String NOT_FOR = "not for ";

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    leftOut(test, reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      leftOut(test, result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
    }
  }

  private static void leftOut(TestIdentifier test, String reason) {
    String clear = reason.replaceFirst("^Assumption failed: ", "").replaceAll("\\s+", " ");
    if (clear.startsWith(NOT_FOR)) {
      return;
    }
    write(name(test), clear);
  }

  /** Adds a line to the list. */
  static void write(String what, String reason) {
    String line = "left out: " + what + ": " + reason + "\n";
    System.out.print(line);
    String file = System.getProperty("destine.tests.left-out");
    if (file != null) {
      try {
        Files.writeString(Path.of(file), line, CREATE, APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static String name(TestIdentifier test) {
    Object source = test.getSource().orElse(null);
    if (source instanceof MethodSource method) {
      String type = method.getClassName().replaceFirst(".*\\.", "");
      boolean parameters = !test.getDisplayName().startsWith(method.getMethodName());
      return type + "." + method.getMethodName() + (parameters ? " " + test.getDisplayName() : "");
    }
    return source instanceof ClassSource type
        ? type.getClassName().replaceFirst(".*\\.", "")
        : test.getDisplayName();
  }
}
