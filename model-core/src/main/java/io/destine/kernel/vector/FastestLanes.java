package io.destine.kernel.vector;

import io.destine.kernel.row.FieldLanes;
import io.destine.kernel.row.PlainLanes;

/**
 * Selects the fastest loops of a JVM. Refers to no class of the vector module before the module is
 * known to be present.
 */
public final class FastestLanes {
  private FastestLanes() {}

  /**
   * The loops with the processor's vector instructions, or those in plain Java if this JVM lacks
   * the module.
   */
  public static FieldLanes here() {
    return new VectorKernelProvider().obstacle().isEmpty() ? new VectorLanes() : new PlainLanes();
  }
}
