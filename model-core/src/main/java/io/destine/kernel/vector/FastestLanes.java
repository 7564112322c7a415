package io.destine.kernel.vector;

import io.destine.kernel.row.FieldLanes;
import io.destine.kernel.row.PlainLanes;

/** Which loops a JVM has. Names no class of the vector module before it is known to be there. */
public final class FastestLanes {
  private FastestLanes() {}

  /** The loops with the processor's vectors, or those in plain Java where this JVM has none. */
  public static FieldLanes here() {
    return new VectorKernelProvider().obstacle().isEmpty() ? new VectorLanes() : new PlainLanes();
  }
}
