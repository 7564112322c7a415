package io.destine.spark.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Assigns columns of blocks to the tasks of a step and tasks to executors: block b belongs to
 * column b mod C, and a step takes about the same number of rows from each column. The number of
 * columns of a task depends on its threads and the speed of its executor. A column stays where its
 * blocks have been read as long as the tasks are balanced to within one column. One thread.
 */
final class Placement {

  /**
   * Columns move to faster executors if a step then takes at most this share of its current time.
   */
  private static final double WORTH_MOVING = 0.85;

  /** One task on each executor, with a thread for each of its cores. */
  static final int ONE_PER_EXECUTOR = 0;

  /** A process with cores for tasks. */
  record Executor(String id, String host, int cores) {}

  /**
   * A task of a step.
   *
   * @param executor on which it runs, or null for any
   * @param n index of the task among those of the executor
   */
  private record Slot(String executor, int n) {}

  private final int columns;
  private List<Executor> executors = List.of();
  private Slot[] slots = {};
  private String[] locations = {};

  /** [T] threads of each task. */
  private int[] threads = {};

  /** [C] the task of each column. */
  private int[] slotOf = {};

  /** Relative speed of an executor's cores, by executor; 1 for missing ones. */
  private Map<String, Double> pace = Map.of();

  /**
   * A placement without tasks.
   *
   * @param columns C, at least 1
   */
  Placement(int columns) {
    this.columns = columns;
  }

  /**
   * Follows the cluster.
   *
   * @param there its executors in the order in which they joined; empty if tasks run anywhere
   * @param wanted tasks of a step, or {@link #ONE_PER_EXECUTOR}; at most one for each column
   * @return true if tasks have changed
   */
  boolean follow(List<Executor> there, int wanted) {
    boolean one = wanted == ONE_PER_EXECUTOR;
    int tasks = Math.max(1, Math.min(one ? there.size() : wanted, columns));
    if (tasks == slots.length && there.equals(executors)) {
      return false;
    }
    Slot[] before = slots;
    executors = List.copyOf(there);
    if (one) {
      placeOneOnEach(tasks);
    } else {
      place(tasks);
    }
    slotOf = balanced(before);
    return true;
  }

  /**
   * Follows the speed of the executors: moves columns from slow to fast ones if that shortens a
   * step by at least 15 %. Every task keeps at least one column, so that its speed can be measured.
   *
   * @param measured the core speed of each measured executor, divided by their mean
   * @return true if columns have moved
   */
  boolean adjust(Map<String, Double> measured) {
    Map<String, Double> before = pace;
    pace = Map.copyOf(measured);
    int[] balanced = balanced(slots);
    boolean worth = longest(balanced) <= WORTH_MOVING * longest(slotOf);
    if (worth) {
      slotOf = balanced;
    } else {
      pace = before;
    }
    return worth;
  }

  /**
   * The highest number of columns of a task relative to its speed, for an assignment of columns to
   * tasks.
   */
  private double longest(int[] slotOfColumn) {
    double[] loads = new double[slots.length];
    for (int slot : slotOfColumn) {
      loads[slot] += 1 / speed(slot);
    }
    return Arrays.stream(loads).max().orElse(0);
  }

  /** The speed of all threads of a task together. */
  private double speed(int slot) {
    String executor = slots[slot].executor();
    return threads[slot] * (executor == null ? 1 : pace.getOrDefault(executor, 1.0));
  }

  private void clear(int tasks) {
    slots = new Slot[tasks];
    locations = new String[tasks];
    threads = new int[tasks];
    Arrays.fill(threads, 1);
  }

  private void place(int task, Executor executor, int n) {
    slots[task] = new Slot(executor.id(), n);
    // Spark's notation for an executor on a host.
    locations[task] = "executor_" + executor.host() + "_" + executor.id();
  }

  /**
   * Gives each executor one task with all its cores; executors in excess of the columns get none.
   */
  private void placeOneOnEach(int tasks) {
    clear(tasks);
    slots[0] = new Slot(null, 0);
    for (int s = 0; s < Math.min(tasks, executors.size()); s++) {
      place(s, executors.get(s), 0);
      threads[s] = executors.get(s).cores();
    }
  }

  /** Gives each executor single-threaded tasks in proportion to its share of the cores. */
  private void place(int tasks) {
    clear(tasks);
    long cores = executors.stream().mapToLong(Executor::cores).sum();
    long passed = 0;
    int next = 0;
    for (Executor executor : executors) {
      passed += executor.cores();
      int end = (int) (cores == 0 ? 0 : passed * tasks / cores);
      for (int n = 0; next < end; n++) {
        place(next++, executor, n);
      }
    }
    for (int n = 0; next < tasks; n++) {
      slots[next++] = new Slot(null, n);
    }
  }

  /** [C] the task of each column; columns keep their executor where that is balanced. */
  private int[] balanced(Slot[] before) {
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
    double all = IntStream.range(0, slots.length).mapToDouble(this::speed).sum();
    for (int s = 0; s < slots.length; s++) {
      List<Integer> own = held.get(s);
      while (own.size() > (int) (columns * speed(s) / all) + 1) {
        homeless.add(own.remove(own.size() - 1));
      }
    }
    for (int column : homeless) {
      held.get(least(held)).add(column);
    }
    int most = most(held);
    int least = least(held);
    while (held.get(most).size() > 1 && load(held, least, 1) < load(held, most, 0)) {
      List<Integer> from = held.get(most);
      held.get(least).add(from.remove(from.size() - 1));
      most = most(held);
      least = least(held);
    }
    int[] slotOfColumn = new int[columns];
    for (int s = 0; s < slots.length; s++) {
      for (int column : held.get(s)) {
        slotOfColumn[column] = s;
      }
    }
    return slotOfColumn;
  }

  /** Columns of a task with {@code more} additional ones, relative to its speed. */
  private double load(List<List<Integer>> held, int slot, int more) {
    return (held.get(slot).size() + more) / speed(slot);
  }

  /**
   * The task with the least load after getting another column; tasks without a column come first.
   */
  private int least(List<List<Integer>> held) {
    return IntStream.range(0, slots.length)
        .boxed()
        .min(
            Comparator.comparing((Integer s) -> !held.get(s).isEmpty())
                .thenComparing(s -> load(held, s, 1)))
        .orElseThrow();
  }

  private int most(List<List<Integer>> held) {
    int most = 0;
    for (int s = 1; s < slots.length; s++) {
      most = load(held, s, 0) > load(held, most, 0) ? s : most;
    }
    return most;
  }

  /** The executors that have tasks. */
  List<String> executors() {
    return Arrays.stream(slots).map(Slot::executor).filter(Objects::nonNull).distinct().toList();
  }

  /** [T] threads of each task. */
  int[] threads() {
    return threads.clone();
  }

  /** [T] the preferred location of each task, or null for any. */
  String[] locations() {
    return Arrays.copyOf(locations, locations.length);
  }

  /** [C] the task of each column. */
  int[] slotOfColumn() {
    return slotOf.clone();
  }
}
