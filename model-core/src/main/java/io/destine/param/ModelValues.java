package io.destine.param;

import io.destine.config.Precision;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All numbers of a model, with or without those of its optimiser, to be written to a model
 * directory. Arrays are shared.
 */
public final class ModelValues {
  private final ParameterLayout layout;
  private final Precision precision;
  private final int rows;
  private final double[] dense;
  private final double[] statistics;
  private final SortedMap<String, TableView> tables;
  private final State state;

  /**
   * An optimiser's state, by name.
   *
   * @param tables tables with a row for each row of the parameter tables
   * @param arrays flat arrays
   * @param counters integers
   */
  public record State(
      SortedMap<String, TableView> tables,
      SortedMap<String, double[]> arrays,
      SortedMap<String, Long> counters) {}

  private ModelValues(
      Parameters parameters,
      double[] dense,
      double[] statistics,
      SortedMap<String, TableView> tables,
      State state) {
    layout = parameters.layout();
    precision = parameters.precision();
    rows = tables.get(ParameterLayout.EMBEDDING).rows();
    this.dense = dense;
    this.statistics = statistics;
    this.tables = Collections.unmodifiableSortedMap(tables);
    this.state = state;
  }

  /**
   * The current values, which must not change until they have been read.
   *
   * @param state of the optimiser, or null
   */
  public static ModelValues of(Parameters parameters, NamedState state) {
    SortedMap<String, TableView> tables = new TreeMap<>();
    tables.put(ParameterLayout.EMBEDDING, parameters.embedding());
    if (parameters.wide() != null) {
      tables.put(ParameterLayout.WIDE, parameters.wide());
    }
    State shared =
        state == null
            ? null
            : new State(new TreeMap<>(state.tables()), state.arrays(), state.counters());
    return new ModelValues(parameters, parameters.dense(), parameters.statistics(), tables, shared);
  }

  /**
   * Values whose tables are elsewhere.
   *
   * @param parameters without rows
   * @param tables the parameter tables by name
   * @param state of the optimiser, or null
   */
  public static ModelValues of(
      Parameters parameters, SortedMap<String, TableView> tables, State state) {
    return new ModelValues(parameters, parameters.dense(), parameters.statistics(), tables, state);
  }

  /** Copies of all numbers except those of the tables, which are given as views. */
  static ModelValues copied(
      Parameters parameters,
      SortedMap<String, TableView> tables,
      NamedState state,
      SortedMap<String, TableView> stateTables) {
    SortedMap<String, double[]> arrays = new TreeMap<>();
    state.arrays().forEach((name, values) -> arrays.put(name, values.clone()));
    return new ModelValues(
        parameters,
        parameters.dense().clone(),
        parameters.statistics().clone(),
        tables,
        new State(stateTables, arrays, state.counters()));
  }

  public ParameterLayout layout() {
    return layout;
  }

  public Precision precision() {
    return precision;
  }

  /** V, rows of the tables. */
  public int rows() {
    return rows;
  }

  /** Dense tensors in the layout's order. */
  public double[] dense() {
    return dense;
  }

  /** Running statistics in the layout's order. */
  public double[] statistics() {
    return statistics;
  }

  /** The parameter tables by name. */
  public SortedMap<String, TableView> tables() {
    return tables;
  }

  /** The optimiser's state, or null. */
  public State state() {
    return state;
  }
}
