package io.destine.spark.parameters;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.function.Supplier;

/**
 * What a JVM keeps of runs, one value a run. It keeps the few used last, since a JVM may outlive
 * many runs and is not always told of their end. Any thread.
 */
final class RunCache<V> {
  private final int most;
  private final LinkedHashMap<String, V> values = new LinkedHashMap<>(16, 0.75f, true);

  /** Keeps the values of {@code most} runs. */
  RunCache(int most) {
    this.most = most;
  }

  /** The run's value, made when there is none. */
  synchronized V get(String run, Supplier<V> maker) {
    V value = values.computeIfAbsent(run, key -> maker.get());
    Iterator<String> oldest = values.keySet().iterator();
    while (values.size() > most) {
      oldest.next();
      oldest.remove();
    }
    return value;
  }

  /** Forgets a run; returns its value, or null. */
  synchronized V remove(String run) {
    return values.remove(run);
  }
}
