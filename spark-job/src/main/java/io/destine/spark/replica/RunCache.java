package io.destine.spark.replica;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What a JVM keeps of runs, one value a run. Of those it has made itself it keeps the few used
 * last, since a JVM may outlive many runs and is not always told of their end; what was put in
 * stays until it is removed. Any thread.
 */
final class RunCache<V> {
  private final int most;
  private final LinkedHashMap<String, V> made = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, V> put = new LinkedHashMap<>();

  /** Keeps the values of {@code most} runs. */
  RunCache(int most) {
    this.most = most;
  }

  /** The run's value, made when there is none. */
  synchronized V get(String run, Supplier<V> maker) {
    V own = put.get(run);
    if (own != null) {
      return own;
    }
    V value = made.computeIfAbsent(run, key -> maker.get());
    Iterator<String> oldest = made.keySet().iterator();
    while (made.size() > most) {
      oldest.next();
      oldest.remove();
    }
    return value;
  }

  synchronized void put(String run, V value) {
    put.put(run, value);
  }

  synchronized void remove(String run) {
    put.remove(run);
    made.remove(run);
  }
}
