package io.destine.numeric;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Takes numbers that are read only to bring their cache lines near, many at once so that the misses
 * overlap. The compiler would remove reads without a use; a volatile field would have the processor
 * wait for them.
 */
public final class ReadAhead {
  private static final VarHandle LAST;

  @SuppressWarnings("UnusedVariable")
  private double last;

  static {
    try {
      LAST = MethodHandles.lookup().findVarHandle(ReadAhead.class, "last", double.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Takes a number that depends on all that were read. */
  public void took(double number) {
    LAST.setOpaque(this, number);
  }
}
