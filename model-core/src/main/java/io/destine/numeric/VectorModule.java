package io.destine.numeric;

/** The module of the Vector API: an incubator, present only where the JVM was asked for it. */
public final class VectorModule {
  /** Its name, as {@code --add-modules} takes it. */
  public static final String NAME = "jdk.incubator.vector";

  private VectorModule() {}

  /** Whether its classes may be named in this JVM. */
  public static boolean isPresent() {
    return ModuleLayer.boot().findModule(NAME).isPresent();
  }
}
