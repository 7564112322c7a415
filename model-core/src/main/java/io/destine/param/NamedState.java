package io.destine.param;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * State that belongs to parameters, such as an optimiser's moments: tables, flat arrays and
 * counters by name. It is saved and restored together with a model.
 *
 * <p>The maps are unmodifiable and sorted by name; tables and arrays are shared, not copied. A name
 * consists of letters, digits, '.', '_' and '-', begins with a letter or digit, and is used once.
 */
public final class NamedState {
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";

  private final SortedMap<String, ParameterTable> tables;
  private final SortedMap<String, double[]> arrays;
  private final SortedMap<String, Long> counters;

  /**
   * State over the given tables and arrays.
   *
   * @param tables tables, at the precision to be saved and restored
   * @param arrays flat arrays, saved as float64
   * @param counters integers such as steps taken
   * @throws IllegalArgumentException when a name is malformed or used twice
   */
  public NamedState(
      Map<String, ParameterTable> tables,
      Map<String, double[]> arrays,
      Map<String, Long> counters) {
    this.tables = Collections.unmodifiableSortedMap(new TreeMap<>(tables));
    this.arrays = Collections.unmodifiableSortedMap(new TreeMap<>(arrays));
    this.counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
    TreeMap<String, Object> all = new TreeMap<>();
    for (Map<String, ?> map : List.of(this.tables, this.arrays, this.counters)) {
      for (Map.Entry<String, ?> entry : map.entrySet()) {
        if (!entry.getKey().matches(NAME)) {
          throw new IllegalArgumentException(
              "state: name must match " + NAME + ", got " + entry.getKey());
        }
        if (all.put(entry.getKey(), entry.getValue()) != null) {
          throw new IllegalArgumentException(
              "state: names must be distinct, got " + entry.getKey() + " twice");
        }
      }
    }
  }

  /** Tables by name, shared. */
  public SortedMap<String, ParameterTable> tables() {
    return tables;
  }

  /** Flat arrays by name, shared. */
  public SortedMap<String, double[]> arrays() {
    return arrays;
  }

  /** Counters by name. */
  public SortedMap<String, Long> counters() {
    return counters;
  }

  /**
   * The table of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public ParameterTable table(String name) {
    return require(tables, name);
  }

  /**
   * The array of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public double[] array(String name) {
    return require(arrays, name);
  }

  /**
   * The counter of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public long counter(String name) {
    return require(counters, name);
  }

  private static <T> T require(Map<String, T> map, String name) {
    T found = map.get(name);
    if (found == null) {
      throw new IllegalArgumentException(
          "state: " + name + " must be one of " + map.keySet() + ", got none");
    }
    return found;
  }
}
