package io.destine.spark.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which task of a step, on which executor, takes the blocks of which column: block b belongs to
 * column b mod C, and a step takes about as many rows of each column. A column stays where its
 * blocks have been read for as long as that leaves the tasks balanced, to one column. One thread.
 */
final class Placement {

  /** A process with cores for tasks. */
  record Executor(String id, String host, int cores) {}

  /** Task n of those that an executor has room for; the executor is null when it is any. */
  private record Slot(String executor, int n) {}

  private final int columns;
  private List<Executor> executors = List.of();
  private Slot[] slots = {};
  private String[] locations = {};

  /** [C] the task of each column. */
  private int[] slotOf = {};

  /**
   * Nothing placed yet.
   *
   * @param columns C, at least 1
   */
  Placement(int columns) {
    this.columns = columns;
  }

  /**
   * Follows the cluster.
   *
   * @param there its executors in the order in which they joined; none when tasks run anywhere
   * @param wanted tasks of a step; no more than one a column
   * @return true when tasks have changed
   */
  boolean follow(List<Executor> there, int wanted) {
    int tasks = Math.max(1, Math.min(wanted, columns));
    if (tasks == slots.length && there.equals(executors)) {
      return false;
    }
    Slot[] before = slots;
    executors = List.copyOf(there);
    place(tasks);
    balance(before);
    return true;
  }

  /** Gives each executor tasks by its share of the cores. */
  private void place(int tasks) {
    slots = new Slot[tasks];
    locations = new String[tasks];
    long cores = executors.stream().mapToLong(Executor::cores).sum();
    long passed = 0;
    int next = 0;
    for (Executor executor : executors) {
      passed += executor.cores();
      int end = (int) (cores == 0 ? 0 : passed * tasks / cores);
      for (int n = 0; next < end; n++) {
        slots[next] = new Slot(executor.id(), n);
        // Spark's text for one executor of a host.
        locations[next++] = "executor_" + executor.host() + "_" + executor.id();
      }
    }
    for (int n = 0; next < tasks; n++) {
      slots[next++] = new Slot(null, n);
    }
  }

  private void balance(Slot[] before) {
    Map<Slot, Integer> now = new HashMap<>();
    for (int s = 0; s < slots.length; s++) {
      now.put(slots[s], s);
    }
    List<List<Integer>> held = new ArrayList<>();
    for (int s = 0; s < slots.length; s++) {
      held.add(new ArrayList<>());
    }
    List<Integer> homeless = new ArrayList<>();
    for (int column = 0; column < columns; column++) {
      Integer slot = slotOf.length == 0 ? null : now.get(before[slotOf[column]]);
      (slot == null ? homeless : held.get(slot)).add(column);
    }
    for (List<Integer> own : held) {
      while (own.size() > columns / slots.length + 1) {
        homeless.add(own.remove(own.size() - 1));
      }
    }
    for (int column : homeless) {
      least(held).add(column);
    }
    List<Integer> most = most(held);
    while (most.size() > least(held).size() + 1) {
      least(held).add(most.remove(most.size() - 1));
      most = most(held);
    }
    slotOf = new int[columns];
    for (int s = 0; s < slots.length; s++) {
      for (int column : held.get(s)) {
        slotOf[column] = s;
      }
    }
  }

  private static List<Integer> least(List<List<Integer>> held) {
    return held.stream().reduce((a, b) -> b.size() < a.size() ? b : a).orElseThrow();
  }

  private static List<Integer> most(List<List<Integer>> held) {
    return held.stream().reduce((a, b) -> b.size() > a.size() ? b : a).orElseThrow();
  }

  /** [T] where each task prefers to run, null for anywhere. */
  String[] locations() {
    return Arrays.copyOf(locations, locations.length);
  }

  /** [C] the task of each column. */
  int[] slotOfColumn() {
    return slotOf.clone();
  }
}
