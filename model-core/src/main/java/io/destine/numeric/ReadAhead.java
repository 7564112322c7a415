package io.destine.numeric;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Consumes numbers that are read only to prefetch their cache lines, many at once so that the
 * misses overlap. The compiler would remove unused reads, and the processor would wait for reads
 * that are written to a volatile field.
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

  /** Consumes a number that depends on all numbers read. */
  public void took(double number) {
    LAST.setOpaque(this, number);
  }
}
