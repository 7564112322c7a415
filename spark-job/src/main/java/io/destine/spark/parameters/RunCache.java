package io.destine.spark.parameters;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keeps one value a run, until the run is removed, or, since a JVM may outlive many runs and is not
 * always told of their end, until it has been idle for some time. However many runs are at work at
 * once, each keeps its own. Any thread.
 */
final class RunCache<V> {
  private final long idleNanos;
  private final Consumer<V> dropped;
  private final LongSupplier clock;
  private final Map<String, Kept<V>> values = new HashMap<>();

  private static final class Kept<V> {
    private final V value;
    private long usedNanos;

    Kept(V value) {
      this.value = value;
    }
  }

  /**
   * Keeps values.
   *
   * @param idle for how long a value is kept that is not used
   * @param dropped is given each value that is no longer kept
   * @param clock nanoseconds, such as {@link System#nanoTime}
   */
  RunCache(Duration idle, Consumer<V> dropped, LongSupplier clock) {
    idleNanos = idle.toNanos();
    this.dropped = dropped;
    this.clock = clock;
  }

  /** The run's value, made when there is none. */
  synchronized V get(String run, Supplier<V> maker) {
    long now = clock.getAsLong();
    Kept<V> kept = values.computeIfAbsent(run, key -> new Kept<>(maker.get()));
    kept.usedNanos = now;
    values
        .values()
        .removeIf(
            other -> {
              boolean idle = now - other.usedNanos > idleNanos;
              if (idle) {
                dropped.accept(other.value);
              }
              return idle;
            });
    return kept.value;
  }

  /** Forgets a run. */
  synchronized void remove(String run) {
    Kept<V> kept = values.remove(run);
    if (kept != null) {
      dropped.accept(kept.value);
    }
  }
}
