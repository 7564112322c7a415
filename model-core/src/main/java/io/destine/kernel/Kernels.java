package io.destine.kernel;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates kernels; logs, once per process and reason, why a faster kernel cannot be used. */
public final class Kernels {
  private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);

  /** Choices that {@link KernelChoice#AUTO} tries, fastest first. */
  private static final List<KernelChoice> BY_SPEED =
      List.of(KernelChoice.VECTOR, KernelChoice.ND4J);

  private static final Set<String> LOGGED = ConcurrentHashMap.newKeySet();

  private Kernels() {}

  /**
   * A kernel for one thread.
   *
   * @param choice a named kernel, or auto for the fastest that can run here; if the chosen kernel
   *     does not support the precision, another one is used
   * @throws IllegalArgumentException when the named kernel, or every kernel, cannot run here, with
   *     the reason
   */
  public static Kernel create(
      KernelChoice choice,
      ModelConfig config,
      FieldLayout fields,
      ParameterLayout layout,
      Precision precision) {
    if (choice != KernelChoice.AUTO) {
      requireRunning(choice);
    }
    StringBuilder passedOver = new StringBuilder();
    for (KernelChoice candidate : choice == KernelChoice.ND4J ? List.of(choice) : BY_SPEED) {
      Optional<String> reason = reasonAgainst(candidate, precision);
      if (reason.isEmpty()) {
        if (passedOver.length() > 0) {
          logOnce("kernel " + candidate.key() + ": " + passedOver);
        }
        return provider(candidate).orElseThrow().create(config, fields, layout, precision);
      }
      passedOver.append(passedOver.length() == 0 ? "" : "; ");
      passedOver.append(candidate.key()).append(reason.get());
    }
    throw new IllegalArgumentException(
        "compute.kernel must be a kernel that can run here, got "
            + choice.key()
            + ": "
            + passedOver);
  }

  /**
   * A forward pass in float32, for one thread: with the JDK's vector instructions, or the ND4J
   * kernel if it is named.
   *
   * @return empty when plain Java must be used, which gives bit-identical results to the vector
   *     instructions
   * @throws IllegalArgumentException when the named kernel cannot run here, with the reason
   */
  public static Optional<Forward> forward(
      KernelChoice choice, ModelConfig config, FieldLayout fields, ParameterLayout layout) {
    if (choice != KernelChoice.AUTO) {
      requireRunning(choice);
    }
    KernelChoice wanted = choice == KernelChoice.ND4J ? choice : KernelChoice.VECTOR;
    Optional<String> obstacle = obstacle(wanted);
    if (obstacle.isPresent()) {
      logOnce("scoring in plain Java: " + wanted.key() + " cannot run: " + obstacle.get());
      return Optional.empty();
    }
    return provider(wanted).map(provider -> provider.forward(config, fields, layout));
  }

  private static void requireRunning(KernelChoice choice) {
    Optional<String> obstacle = obstacle(choice);
    if (obstacle.isPresent()) {
      throw new IllegalArgumentException(
          "compute.kernel must be a kernel that can run here, got "
              + choice.key()
              + ": "
              + obstacle.get());
    }
  }

  private static Optional<String> reasonAgainst(KernelChoice candidate, Precision precision) {
    Optional<String> obstacle = obstacle(candidate).map(why -> " cannot run: " + why);
    return obstacle.isPresent()
        ? obstacle
        : provider(candidate)
            .filter(provider -> !provider.computes(precision))
            .map(provider -> " does not compute " + precision.key());
  }

  private static Optional<String> obstacle(KernelChoice choice) {
    return provider(choice)
        .map(KernelProvider::obstacle)
        .orElse(Optional.of("it is not part of this build"));
  }

  /** Uses this class's loader, since the context loader of a task may not find the services. */
  private static Optional<KernelProvider> provider(KernelChoice choice) {
    for (KernelProvider provider :
        ServiceLoader.load(KernelProvider.class, KernelProvider.class.getClassLoader())) {
      if (provider.choice() == choice) {
        return Optional.of(provider);
      }
    }
    return Optional.empty();
  }

  /** Logs once in a process, since tasks of a job create many kernels. */
  private static void logOnce(String line) {
    if (LOGGED.add(line)) {
      LOG.info(line);
    }
  }
}
