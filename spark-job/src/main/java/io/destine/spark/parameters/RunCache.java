package io.destine.spark.parameters;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a JVM keeps of runs, one value a run. It keeps the few used last, since a JVM may outlive
 * many runs and is not always told of their end. Any thread.
 */
final class RunCache<V> {
  private final int most;
  private final Consumer<V> dropped;
  private final LinkedHashMap<String, V> values = new LinkedHashMap<>(16, 0.75f, true);

  /** Keeps the values of {@code most} runs; those it drops only have to be forgotten. */
  RunCache(int most) {
    this(most, value -> {});
  }

  /**
   * The same.
   *
   * @param dropped is given each value that is no longer kept
   */
  RunCache(int most, Consumer<V> dropped) {
    this.most = most;
    this.dropped = dropped;
  }

  /** The run's value, made when there is none. */
  synchronized V get(String run, Supplier<V> maker) {
    V value = values.computeIfAbsent(run, key -> maker.get());
    Iterator<V> oldest = values.values().iterator();
    while (values.size() > most) {
      dropped.accept(oldest.next());
      oldest.remove();
    }
    return value;
  }

  /** Forgets a run. */
  synchronized void remove(String run) {
    V value = values.remove(run);
    if (value != null) {
      dropped.accept(value);
    }
  }
}
