package io.destine.spark.parameters;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keeps one value for each run until the run is removed or has been idle for some time: a JVM may
 * outlive many runs and does not always learn of their end. Any number of concurrent runs keep
 * their values. Any thread.
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
   * @param idle how long an unused value is kept
   * @param dropped receives each value that is no longer kept
   * @param clock nanoseconds, such as {@link System#nanoTime}
   */
  RunCache(Duration idle, Consumer<V> dropped, LongSupplier clock) {
    idleNanos = idle.toNanos();
    this.dropped = dropped;
    this.clock = clock;
  }

  /** The run's value; created if missing. */
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
