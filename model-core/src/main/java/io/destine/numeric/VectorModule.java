package io.destine.numeric;

/**
 * The module of the Vector API: an incubator module, present only if it was requested when the JVM
 * started.
 */
public final class VectorModule {
  /** Its name, for {@code --add-modules}. */
  public static final String NAME = "jdk.incubator.vector";

  private VectorModule() {}

  /** Whether its classes can be used in this JVM. */
  public static boolean isPresent() {
    return ModuleLayer.boot().findModule(NAME).isPresent();
  }
}
