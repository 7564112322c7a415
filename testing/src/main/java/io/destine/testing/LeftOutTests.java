package io.destine.testing;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Lists the tests that were left out, with reasons: one line each on standard output, and in the
 * file named by the system property destine.tests.left-out. A reason that begins with {@link
 * #NOT_FOR} belongs to a test that another build runs, so no test is missing.
 */
public final class LeftOutTests implements TestExecutionListener {
  /** Start of the reason for a test that is not meant for this build. */
  public static final String NOT_FOR = "not for ";

  /** The reason for cases that a tier leaves out; they are listed with one line per test. */
  static final String CASES = "-Pfull runs them";

  /** The type of the last segment of the id of an invocation of a parameterised test. */
  static final String INVOCATION = "test-template-invocation";

  /** Left-out cases by test: their count, and the number of the last one. */
  private final Map<UniqueId, int[]> cases = new ConcurrentHashMap<>();

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    UniqueId id = test.getUniqueIdObject();
    UniqueId.Segment last = id.getLastSegment();
    if (last.getType().equals(INVOCATION) && reason.equals(CASES)) {
      cases.merge(
          id.removeLastSegment(),
          new int[] {1, number(last)},
          (before, one) -> new int[] {before[0] + 1, Math.max(before[1], one[1])});
    } else {
      leftOut(test, reason);
    }
  }

  /** The number of an invocation, counted from 1. */
  static int number(UniqueId.Segment invocation) {
    return Integer.parseInt(invocation.getValue().substring(1));
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    int[] left = cases.remove(test.getUniqueIdObject());
    if (left != null) {
      write(left[0] + " of " + left[1] + " cases of " + name(test), CASES);
    }
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
