package io.destine.optim;

import io.destine.config.Precision;
import io.destine.param.RowTable;
import java.util.Arrays;

/**
 * A row table with its optimiser state, moved row by row. With a decay lambda every row has the
 * gradient lambda * w in every step, also in steps whose batch does not hold it: such steps are
 * made up for, one after the other with their own learning rates and each rounded to the table's
 * precision, when the row is next touched or on {@link Scratch#catchUp}. So the bits are those of a
 * table whose every row moves in every step, while a step costs time for the touched rows only. A
 * row's makeup costs as many updates as steps have passed it by.
 */
final class RowState {
  private final RowTable values;
  private final RowTable[] state;
  private final UpdateRule rule;
  private final Precision precision;
  private final double decay;
  private int[] steps;

  RowState(RowTable values, UpdateRule rule, Precision precision, double decay) {
    this.values = values;
    this.rule = rule;
    this.precision = precision;
    this.decay = decay;
    state = new RowTable[rule.stateNames().length];
    for (int s = 0; s < state.length; s++) {
      state[s] = RowTable.zeros(precision, values.rows(), values.width());
    }
    steps = decay > 0 ? new int[values.rows()] : null;
  }

  /** Scratch memory for one thread. */
  final class Scratch {
    private final double[] w = new double[values.width()];
    private final double[] g = new double[values.width()];
    private final double[][] s = new double[state.length][values.width()];

    /**
     * Moves one row in the given step, made up to it first.
     *
     * @param gradient holds the row's gradient from {@code at} on, to be multiplied by {@code
     *     scale}
     * @param history steps so far, of which {@code step} is the last
     */
    void update(int row, double[] gradient, int at, double scale, StepHistory history, int step) {
      int n = w.length;
      load(row);
      makeUp(row, history, step - 1);
      for (int i = 0; i < n; i++) {
        g[i] = gradient[at + i] * scale;
      }
      if (decay > 0) {
        for (int i = 0; i < n; i++) {
          g[i] += decay * w[i];
        }
        steps[row] = step;
      }
      rule.update(w, g, s, n, history.coefficients(step));
      store(row);
    }

    /** Makes a row up to the given step. */
    void catchUp(int row, StepHistory history, int step) {
      if (steps[row] < step) {
        load(row);
        makeUp(row, history, step);
        steps[row] = step;
        store(row);
      }
    }

    private void makeUp(int row, StepHistory history, int until) {
      if (decay == 0) {
        return;
      }
      for (int t = steps[row] + 1; t <= until && !atRest(); t++) {
        for (int i = 0; i < w.length; i++) {
          g[i] = decay * w[i];
        }
        rule.update(w, g, s, w.length, history.coefficients(t));
        round();
      }
    }

    /** A row of zeros with zero state stays so under decay alone. */
    private boolean atRest() {
      for (double x : w) {
        if (x != 0) {
          return false;
        }
      }
      for (double[] values : s) {
        for (double x : values) {
          if (x != 0) {
            return false;
          }
        }
      }
      return true;
    }

    private void round() {
      if (precision == Precision.FLOAT32) {
        for (int i = 0; i < w.length; i++) {
          w[i] = (float) w[i];
        }
        for (double[] values : s) {
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) values[i];
          }
        }
      }
    }

    private void load(int row) {
      values.read(row, w, 0);
      for (int j = 0; j < state.length; j++) {
        state[j].read(row, s[j], 0);
      }
    }

    private void store(int row) {
      values.write(row, w, 0);
      for (int j = 0; j < state.length; j++) {
        state[j].write(row, s[j], 0);
      }
    }
  }

  /**
   * Rows may have been appended to the table since: gives them fresh state, at rest until {@code
   * step}.
   */
  void grow(int step) {
    int old = state.length == 0 ? steps == null ? values.rows() : steps.length : state[0].rows();
    for (RowTable table : state) {
      table.growTo(values.rows());
    }
    if (steps != null && old < values.rows()) {
      steps = Arrays.copyOf(steps, values.rows());
      Arrays.fill(steps, old, steps.length, step);
    }
  }

  /** Copies saved rows of a state. */
  void restore(int index, RowTable saved) {
    if (saved.width() != values.width() || saved.rows() > values.rows()) {
      throw new IllegalArgumentException(
          "optimiser state: a table must be at most "
              + values.rows()
              + " x "
              + values.width()
              + ", got "
              + saved.rows()
              + " x "
              + saved.width());
    }
    double[] row = new double[saved.width()];
    for (int r = 0; r < saved.rows(); r++) {
      saved.read(r, row, 0);
      state[index].write(r, row, 0);
    }
  }

  /** Says that all rows are up to the given step. */
  void restart(int step) {
    if (steps != null) {
      Arrays.fill(steps, step);
    }
  }

  boolean decays() {
    return decay > 0;
  }

  int rows() {
    return values.rows();
  }

  RowTable state(int index) {
    return state[index];
  }
}
