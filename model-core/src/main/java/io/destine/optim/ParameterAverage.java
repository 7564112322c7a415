package io.destine.optim;

import io.destine.param.NamedState;
import io.destine.param.ParameterLayout;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import java.util.Map;
import java.util.TreeMap;

/** The average of parameters in the state that an optimiser saves. */
public final class ParameterAverage {
  private static final String AVERAGE = ".average";
  static final String DENSE = "dense" + AVERAGE;
  static final String STATISTICS = "statistics" + AVERAGE;

  /** Counter of the last step before the average. */
  public static final String START = "average-start";

  private ParameterAverage() {}

  /** The name of a table's average, from the common part of the table names. */
  static String of(String group) {
    return group + AVERAGE;
  }

  /**
   * The name of the table with the step up to which each row's average is computed, counted from
   * the start of the average; it has two numbers per row, see {@link TableState}.
   */
  static String stepsOf(String group) {
    return of(group) + "-steps";
  }

  /** True when there is an average. */
  static boolean isIn(NamedState state) {
    return state.arrays().containsKey(DENSE);
  }

  /** The state without the average, as stored in a published model. */
  public static NamedState without(NamedState state) {
    Map<String, ParameterTable> tables = new TreeMap<>(state.tables());
    tables.keySet().removeIf(name -> name.contains(AVERAGE));
    Map<String, double[]> arrays = new TreeMap<>(state.arrays());
    arrays.keySet().removeIf(name -> name.contains(AVERAGE));
    Map<String, Long> counters = new TreeMap<>(state.counters());
    counters.remove(START);
    return new NamedState(tables, arrays, counters);
  }

  /**
   * Sets parameters to their average, after an epoch that was evaluated with the average.
   *
   * @throws IllegalArgumentException when the state has none
   */
  public static void set(Parameters parameters, NamedState state) {
    double[] dense = state.array(DENSE);
    double[] statistics = state.array(STATISTICS);
    System.arraycopy(dense, 0, parameters.dense(), 0, dense.length);
    System.arraycopy(statistics, 0, parameters.statistics(), 0, statistics.length);
    parameters.embedding().set(state.table(of(ParameterLayout.group(ParameterLayout.EMBEDDING))));
    if (parameters.wide() != null) {
      parameters.wide().set(state.table(of(ParameterLayout.group(ParameterLayout.WIDE))));
    }
    parameters.changed();
  }
}
