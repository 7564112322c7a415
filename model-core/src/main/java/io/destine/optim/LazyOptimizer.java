package io.destine.optim;

import io.destine.config.OptimizerConfig;
import io.destine.config.Precision;
import io.destine.param.Gradient;
import io.destine.param.NamedState;
import io.destine.param.ParameterLayout;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import io.destine.param.Snapshot;
import io.destine.param.TableGradient;
import io.destine.param.TableSlices;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Any {@link UpdateRule} over the dense tensors and, lazily, over the rows of the tables: rows that
 * no batch touches keep their value and state, except for the penalties on embeddings and on the
 * wide part, see {@link TableState}; these are added after clipping, since computing the norm of a
 * gradient of all rows would take time for every row.
 *
 * <p>Arithmetic is elementwise in double, with one rounding to the parameters' precision per number
 * and step, so results are bit-identical for any number of threads.
 */
final class LazyOptimizer implements StatefulOptimizer {
  /** Share of the new batch statistics in the running statistics. */
  private static final double STATISTICS_MOMENTUM = 0.1;

  private final OptimizerConfig config;
  private final Parameters parameters;
  private final UpdateRule rule;
  private final int threads;
  private final double[][] denseState;
  private final double[] denseGradient;
  private final TableState embedding;

  /** Null without a wide part. */
  private final TableState wide;

  private final List<TableState> tables;

  /** Averages of the numbers that are not in tables, null without an average. */
  private final double[] denseAverage;

  private final double[] statisticsAverage;
  private int averageStart;
  private AverageShares shares;

  /** The last snapshot that was requested, or null when it is known to be closed. */
  private Snapshot snapshot;

  LazyOptimizer(OptimizerConfig config, Parameters parameters, int threads) {
    this.config = config;
    this.parameters = parameters;
    this.threads = threads;
    rule = UpdateRule.of(config);
    denseState = new double[rule.stateNames().length][parameters.dense().length];
    denseGradient = new double[parameters.dense().length];
    boolean averages = config.averageEpochs() > 0;
    embedding = embeddings(averages);
    wide = parameters.wide() == null ? null : wide(averages);
    tables = wide == null ? List.of(embedding) : List.of(embedding, wide);
    denseAverage = averages ? new double[parameters.dense().length] : null;
    statisticsAverage = averages ? new double[parameters.statistics().length] : null;
  }

  private TableState embeddings(boolean averages) {
    String name = ParameterLayout.group(ParameterLayout.EMBEDDING);
    Precision precision = parameters.precision();
    return new TableState(
        name, parameters.embedding(), rule.ofRows(), 1, precision, config.penalty(), averages);
  }

  private TableState wide(boolean averages) {
    String name = ParameterLayout.group(ParameterLayout.WIDE);
    double rate = config.wide().rate(config.learningRate()) / config.learningRate();
    double decay = config.wide().decays() ? config.wide().l2() : 0;
    UpdateRule own = UpdateRule.ofWide(config);
    return new TableState(
        name, parameters.wide(), own, rate, parameters.precision(), decay, averages);
  }

  @Override
  public void averageOver(int samples, int stride) {
    if (denseAverage != null) {
      shares = new AverageShares(averageStart, samples, stride);
      tables.forEach(table -> table.average(shares));
    }
  }

  @Override
  public boolean averages() {
    return denseAverage != null;
  }

  @Override
  public void exchangeAverage() {
    catchUp();
    beforeMoving(embedding.rows());
    exchange(parameters.dense(), denseAverage);
    exchange(parameters.statistics(), statisticsAverage);
    tables.forEach(this::exchange);
    parameters.changed();
  }

  private static void exchange(double[] w, double[] average) {
    for (int i = 0; i < w.length; i++) {
      double moved = w[i];
      w[i] = average[i];
      average[i] = moved;
    }
  }

  private void exchange(TableState table) {
    table.grow();
    forEachRow(table, scratch -> (rows, n) -> scratch.exchange(rows, 0, n));
  }

  private void average(double[] w, double[] average, int step) {
    double share = shares.share(step);
    for (int i = 0; i < w.length; i++) {
      average[i] = parameters.round(average[i] + share * (w[i] - average[i]));
    }
  }

  @Override
  public void step(Gradient gradient, double learningRate) {
    step(gradient, clip(gradient) / gradient.weight(), learningRate);
  }

  @Override
  public void step(Gradient gradient, double scale, double learningRate) {
    if (averages() && shares == null) {
      throw new IllegalStateException("the steps of an average must be known, see averageOver");
    }
    beforeMoving(gradient.ids().length);
    tables.forEach(table -> table.begin(learningRate));
    int step = embedding.step();
    updateDense(gradient, scale, rule.coefficients(learningRate, step));
    updateRows(embedding, gradient.ids(), gradient.embeddingRows(), scale);
    if (wide != null) {
      updateRows(wide, gradient.ids(), gradient.wideRows(), scale);
    }
    updateStatistics(gradient);
    if (averages() && shares.takes(step)) {
      average(parameters.dense(), denseAverage, step);
      average(parameters.statistics(), statisticsAverage, step);
    }
    parameters.changed();
  }

  /** The factor by which the gradient is multiplied, so that its norm is within bounds. */
  private double clip(Gradient gradient) {
    if (config.clipNorm() <= 0) {
      return 1;
    }
    int d = parameters.embedding().width();
    return GradientNorm.clip(
        GradientNorm.squares(gradient, d, threads), gradient.weight(), config.clipNorm());
  }

  private void updateDense(Gradient gradient, double scale, double[] coefficients) {
    double[] w = parameters.dense();
    double[] g = denseGradient;
    double[] sum = gradient.dense();
    for (int i = 0; i < g.length; i++) {
      g[i] = sum[i] * scale;
    }
    if (config.networkL2() > 0) {
      for (ParameterLayout.Tensor tensor : parameters.layout().networkWeights()) {
        for (int i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
          g[i] += config.networkL2() * w[i];
        }
      }
    }
    rule.update(w, g, denseState, w.length, coefficients);
    if (parameters.precision() == Precision.FLOAT32) {
      for (int i = 0; i < w.length; i++) {
        w[i] = (float) w[i];
      }
    }
  }

  private void updateRows(TableState table, int[] ids, TableGradient gradient, double scale) {
    TableSlices.forEach(
        ids.length,
        threads,
        () -> {
          TableState.Scratch scratch = table.new Scratch();
          return (from, to) -> scratch.update(ids, from, to, gradient, scale);
        });
  }

  private void updateStatistics(Gradient gradient) {
    double[] running = parameters.statistics();
    for (int i = 0; i < running.length; i++) {
      double batch = gradient.statistics()[i] / gradient.rows();
      running[i] =
          parameters.round((1 - STATISTICS_MOMENTUM) * running[i] + STATISTICS_MOMENTUM * batch);
    }
  }

  @Override
  public boolean catchUp() {
    List<TableState> late = late();
    for (TableState table : late) {
      beforeMoving(table.rows());
      table.grow();
      forEachRow(table, scratch -> (rows, n) -> scratch.catchUp(rows, 0, n));
      table.forget();
      parameters.changed();
    }
    return !late.isEmpty();
  }

  /** Tables with rows that steps may skip. */
  private List<TableState> late() {
    return tables.stream().filter(table -> table.decays() && table.step() > 0).toList();
  }

  /** An operation on the first n of some rows of a table. */
  private interface RowWork {
    void accept(int[] rows, int n);
  }

  private void forEachRow(TableState table, Function<TableState.Scratch, RowWork> work) {
    TableSlices.forEach(
        table.rows(),
        threads,
        () -> {
          RowWork each = work.apply(table.new Scratch());
          int[] rows = new int[TableSlices.SLICE_ROWS];
          return (from, to) -> {
            for (int i = 0; i < to - from; i++) {
              rows[i] = from + i;
            }
            each.accept(rows, to - from);
          };
        });
  }

  @Override
  public void catchUp(int[] ids) {
    Snapshot open = snapshot;
    for (TableState table : late()) {
      int[] rows = table.late(ids);
      if (rows.length > 0) {
        if (open != null) {
          open.awaitRoom(rows.length);
        }
        table.catchUp(rows);
      }
    }
  }

  @Override
  public long steps() {
    return embedding.step();
  }

  @Override
  public NamedState state() {
    catchUp();
    Map<String, ParameterTable> saved = new TreeMap<>();
    Map<String, double[]> arrays = new TreeMap<>();
    String[] names = rule.stateNames();
    for (int s = 0; s < names.length; s++) {
      arrays.put("dense." + names[s], denseState[s]);
    }
    tables.forEach(table -> table.addTo(saved, averageStart));
    Map<String, Long> counters = new TreeMap<>(Map.of("steps", steps()));
    if (averages()) {
      arrays.put(ParameterAverage.DENSE, denseAverage);
      arrays.put(ParameterAverage.STATISTICS, statisticsAverage);
      counters.put(ParameterAverage.START, (long) averageStart);
    }
    return new NamedState(saved, arrays, counters);
  }

  private void restoreAverage(NamedState state, int steps) {
    averageStart = steps;
    if (averages() && ParameterAverage.isIn(state)) {
      averageStart = Math.toIntExact(state.counter(ParameterAverage.START));
      copy(state.array(ParameterAverage.DENSE), denseAverage);
      copy(state.array(ParameterAverage.STATISTICS), statisticsAverage);
      tables.forEach(table -> table.restoreAverage(state, averageStart));
    }
    if (shares != null) {
      averageOver(shares.horizon(), shares.stride());
    }
  }

  private static void copy(double[] saved, double[] into) {
    System.arraycopy(saved, 0, into, 0, into.length);
  }

  @Override
  public Snapshot snapshot() {
    requireNoSnapshot();
    follow(new Snapshot(parameters, state()));
    return snapshot;
  }

  private void follow(Snapshot next) {
    snapshot = next;
    embedding.follow(next == null ? null : next.embedding());
    if (wide != null) {
      wide.follow(next == null ? null : next.wide());
    }
  }

  /** Called before at most {@code rows} rows of each table are updated. */
  private void beforeMoving(int rows) {
    if (snapshot != null) {
      snapshot.awaitRoom(rows);
      if (!snapshot.isOpen()) {
        follow(null);
      }
    }
  }

  private void requireNoSnapshot() {
    if (snapshot != null && snapshot.isOpen()) {
      throw new IllegalStateException("the last snapshot must be closed, got an open one");
    }
  }

  @Override
  public void restore(NamedState state) {
    requireNoSnapshot();
    String[] names = rule.stateNames();
    if (ParameterAverage.without(state).arrays().size() != names.length) {
      throw new IllegalArgumentException(
          "optimiser state: must hold "
              + (names.length == 0 ? "no dense array" : "dense." + String.join(", dense.", names))
              + ", got "
              + state.arrays().keySet());
    }
    for (int s = 0; s < names.length; s++) {
      double[] saved = state.array("dense." + names[s]);
      if (saved.length != denseState[s].length) {
        throw new IllegalArgumentException(
            "optimiser state: dense."
                + names[s]
                + " must have "
                + denseState[s].length
                + " numbers, got "
                + saved.length);
      }
      System.arraycopy(saved, 0, denseState[s], 0, saved.length);
    }
    int steps = Math.toIntExact(state.counter("steps"));
    tables.forEach(table -> table.restore(state, steps));
    restoreAverage(state, steps);
  }
}
