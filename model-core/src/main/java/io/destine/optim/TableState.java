package io.destine.optim;

import io.destine.config.Precision;
import io.destine.numeric.ReadAhead;
import io.destine.param.NamedState;
import io.destine.param.ParameterTable;
import io.destine.param.TableGradient;
import io.destine.param.TableSnapshot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A parameter table with its optimiser state, updated in blocks of rows. With a decay lambda every
 * row has the gradient lambda * w in every step, even if the step's batch does not contain it. Such
 * skipped steps are applied later, when the row is next touched or by {@link Scratch#catchUp}: one
 * after the other, with the learning rate of each step, and each rounded to the table's precision.
 * The result is bit-identical to updating every row in every step, but a step takes time only for
 * the touched rows. Catching up a row takes one update for each skipped step.
 */
final class TableState {
  /** Numbers of a block: with gradient and two moments it fits in a first-level cache. */
  static final int BLOCK = 768;

  /** 2 to this power is the number of neighbouring rows that share a lock. */
  private static final int LOCK_BITS = 8;

  /**
   * A float represents all integers below this number exactly; a row's step is stored as two
   * numbers, this times the first plus the second.
   */
  private static final int STEP_DIGIT = 1 << 20;

  private static final VarHandle STEP = MethodHandles.arrayElementVarHandle(int[].class);

  private final String name;
  private final ParameterTable values;
  private final ParameterTable[] state;
  private final UpdateRule rule;
  private final double rate;
  private final Precision precision;
  private final double decay;
  private StepHistory history;

  /** Locks for threads that catch up rows to the last step. */
  private final ReentrantLock[] locks = new ReentrantLock[1 << 8];

  /** The last step applied to each row; null without decay and average. */
  private int[] steps;

  /** Arrays of the rule's state; the average comes after them. */
  private final int ofRule;

  /** Index of the average among the state arrays, -1 for none. */
  private final int average;

  private AverageShares shares;

  /** Must be notified before rows are updated; null for none. */
  private TableSnapshot snapshot;

  /**
   * A table before the first step.
   *
   * @param name of the table, as part of the names of its state
   * @param rate the factor of the learning rate of a step
   */
  TableState(
      String name,
      ParameterTable values,
      UpdateRule rule,
      double rate,
      Precision precision,
      double decay,
      boolean averages) {
    this.name = name;
    this.values = values;
    this.rule = rule;
    this.rate = rate;
    this.precision = precision;
    this.decay = decay;
    history = new StepHistory(rule, rate, 0);
    Arrays.setAll(locks, i -> new ReentrantLock());
    ofRule = rule.stateNames().length;
    average = averages ? ofRule : -1;
    state = values.beside(averages ? ofRule + 1 : ofRule);
    steps = decay > 0 || averages ? new int[values.rows()] : null;
  }

  /**
   * The rows among the given ones that are not caught up to the last step, ascending and distinct.
   * Thread-safe.
   */
  int[] late(int[] ids) {
    int step = history.last();
    int[] rows = new int[ids.length];
    int n = 0;
    for (int id : ids) {
      if ((int) STEP.getAcquire(steps, id) < step) {
        rows[n++] = id;
      }
    }
    Arrays.sort(rows, 0, n);
    int distinct = 0;
    for (int k = 0; k < n; k++) {
      if (k == 0 || rows[k] != rows[k - 1]) {
        rows[distinct++] = rows[k];
      }
    }
    return Arrays.copyOf(rows, distinct);
  }

  /**
   * Catches up rows to the last step; they are distinct and ascending. Thread-safe: rows whose lock
   * another thread holds are processed after the others.
   */
  void catchUp(int[] rows) {
    Scratch scratch = new Scratch();
    BitSet left = new BitSet();
    for (int from = 0, to; from < rows.length; from = to) {
      to = endOfRun(rows, from);
      if (!catchUp(scratch, rows, from, to, false)) {
        left.set(from);
      }
    }
    for (int from = left.nextSetBit(0); from >= 0; from = left.nextSetBit(from + 1)) {
      catchUp(scratch, rows, from, endOfRun(rows, from), true);
    }
  }

  private static int endOfRun(int[] rows, int from) {
    int to = from + 1;
    while (to < rows.length && rows[to] >>> LOCK_BITS == rows[from] >>> LOCK_BITS) {
      to++;
    }
    return to;
  }

  private boolean catchUp(Scratch scratch, int[] rows, int from, int to, boolean wait) {
    ReentrantLock lock = locks[rows[from] >>> LOCK_BITS & (locks.length - 1)];
    if (wait) {
      lock.lock();
    } else if (!lock.tryLock()) {
      return false;
    }
    try {
      scratch.catchUp(rows, from, to);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Begins the next step; rows appended since the last one are at rest until then. */
  void begin(double learningRate) {
    if (decay == 0) {
      history.forget();
    }
    grow();
    history.append(learningRate);
  }

  /** Steps begun so far. */
  int step() {
    return history.last();
  }

  /**
   * Notes that all rows are caught up to the last step, so that earlier steps are not needed any
   * more.
   */
  void forget() {
    history.forget();
  }

  /** Averages rows with the given shares. */
  void average(AverageShares of) {
    shares = of;
  }

  /** Scratch memory for one thread: a block of rows in double, one after the other. */
  final class Scratch {
    private final int width = values.width();
    private final int blockRows = Math.max(1, BLOCK / width);
    private final double[] w = new double[blockRows * width];
    private final double[] g = new double[blockRows * width];
    private final double[][] s = new double[state.length][blockRows * width];
    private final int[] active = new int[blockRows];
    private long[] late = new long[0];
    private final ReadAhead ahead = new ReadAhead();

    /**
     * Updates distinct rows, {@code rows[from]} up to {@code rows[to - 1]}, in the last step, after
     * catching them up to the step before it.
     *
     * @param gradient [K, width] of all rows, to be multiplied by {@code scale}; its row k belongs
     *     to {@code rows[k]}
     */
    void update(int[] rows, int from, int to, TableGradient gradient, double scale) {
      int step = history.last();
      save(rows, from, to);
      if (decay > 0) {
        makeUp(rows, from, to, step - 1);
      }
      double[] coefficients = history.coefficients(step);
      touch(rows, from, Math.min(blockRows, to - from));
      boolean sample = average >= 0 && shares.takes(step);
      for (int k = from; k < to; k += blockRows) {
        int n = Math.min(blockRows, to - k);
        touch(rows, k + n, Math.min(blockRows, to - k - n));
        boolean settles = average >= 0 && decay == 0 && missedSamples(rows, k, n, step - 1);
        int arrays = sample || settles ? state.length : ofRule;
        load(rows, k, n, arrays);
        gradient.read(k, n, g);
        scale(n * width, scale);
        if (decay > 0) {
          addDecay(n * width);
        } else if (settles) {
          settle(rows, k, n, step - 1);
        }
        if (steps != null) {
          for (int i = k; i < k + n; i++) {
            steps[rows[i]] = step;
          }
        }
        rule.update(w, g, s, n * width, coefficients);
        if (sample) {
          round(w, n * width);
          average(n * width, step);
        }
        store(rows, k, n, arrays);
      }
    }

    /** Whether there were samples since some of these rows were last updated. */
    private boolean missedSamples(int[] rows, int from, int n, int step) {
      int samples = shares.samples(step);
      for (int i = from; i < from + n; i++) {
        if (shares.samples(steps[rows[i]]) < samples) {
          return true;
        }
      }
      return false;
    }

    /** Adds the share of a sample to the average. */
    private void average(int n, int step) {
      double[] a = s[average];
      double share = shares.share(step);
      for (int i = 0; i < n; i++) {
        a[i] += share * (w[i] - a[i]);
      }
    }

    /**
     * Brings the averages of loaded rows up to a step; the rows have not changed since their last
     * average.
     */
    private void settle(int[] rows, int from, int n, int step) {
      double[] a = s[average];
      for (int i = 0; i < n; i++) {
        double kept = shares.kept(steps[rows[from + i]], step);
        if (kept != 1) {
          for (int j = i * width; j < (i + 1) * width; j++) {
            a[j] = w[j] + kept * (a[j] - w[j]);
          }
        }
      }
    }

    /**
     * Exchanges rows and their averages, {@code rows[from]} up to {@code rows[to - 1]}, and catches
     * them up to the last step.
     */
    void exchange(int[] rows, int from, int to) {
      int step = history.last();
      save(rows, from, to);
      for (int k = from; k < to; k += blockRows) {
        int n = Math.min(blockRows, to - k);
        load(rows, k, n, state.length);
        if (decay == 0) {
          settle(rows, k, n, step);
          for (int i = k; i < k + n; i++) {
            steps[rows[i]] = step;
          }
        }
        values.write(rows, k, n, s[average]);
        state[average].write(rows, k, n, w);
      }
    }

    private void scale(int n, double scale) {
      for (int i = 0; i < n; i++) {
        g[i] *= scale;
      }
    }

    private void addDecay(int n) {
      for (int i = 0; i < n; i++) {
        g[i] += decay * w[i];
      }
    }

    private void touch(int[] rows, int from, int n) {
      double sum = values.touch(rows, from, n);
      for (ParameterTable table : state) {
        if (!table.isBeside(values)) {
          sum += table.touch(rows, from, n);
        }
      }
      ahead.took(sum);
    }

    private void load(int[] rows, int from, int n, int arrays) {
      values.read(rows, from, n, w);
      for (int j = 0; j < arrays; j++) {
        state[j].read(rows, from, n, s[j]);
      }
    }

    private void store(int[] rows, int from, int n, int arrays) {
      values.write(rows, from, n, w);
      for (int j = 0; j < arrays; j++) {
        state[j].write(rows, from, n, s[j]);
      }
    }

    private void save(int[] rows, int from, int to) {
      TableSnapshot open = snapshot;
      if (open != null) {
        open.save(rows, from, to);
      }
    }

    /** Catches up distinct rows, {@code rows[from]} to {@code rows[to - 1]}, to the last step. */
    void catchUp(int[] rows, int from, int to) {
      save(rows, from, to);
      makeUp(rows, from, to, history.last());
    }

    private void makeUp(int[] rows, int from, int to, int step) {
      if (late.length < to - from) {
        late = new long[to - from];
      }
      int count = 0;
      for (int k = from; k < to; k++) {
        int row = rows[k];
        if (steps[row] < step) {
          late[count++] = ((long) steps[row] << 32) | row;
        }
      }
      Arrays.sort(late, 0, count);
      for (int k = 0; k < count; k += blockRows) {
        replay(k, Math.min(count, k + blockRows), step);
      }
      // Written last: a thread that sees this step reads the row without a lock.
      for (int k = 0; k < count; k++) {
        STEP.setRelease(steps, (int) late[k], step);
      }
    }

    /**
     * Catches a block of late rows up to a step: processes the skipped steps in order, each for all
     * rows that lack it. The rows that lack the most steps come first and others join them, so the
     * active rows are at the start of the block.
     */
    private void replay(int from, int to, int step) {
      int next = from;
      int n = 0;
      for (int t = (int) (late[from] >>> 32) + 1; t <= step; t++) {
        n = retire(n);
        if (n == 0 && next < to) {
          t = Math.max(t, (int) (late[next] >>> 32) + 1);
        }
        while (next < to && (int) (late[next] >>> 32) < t) {
          n += join((int) late[next++], n);
        }
        if (n == 0) {
          if (next == to) {
            return;
          }
          continue;
        }
        int numbers = n * width;
        for (int i = 0; i < numbers; i++) {
          g[i] = decay * w[i];
        }
        rule.update(w, g, s, numbers, history.coefficients(t));
        round(numbers);
        if (average >= 0 && shares.takes(t)) {
          average(numbers, t);
          round(s[average], numbers);
        }
      }
      store(active, 0, n, state.length);
    }

    /** Loads a row to a position in the block; returns 1, or 0 when it is at rest. */
    private int join(int row, int place) {
      active[place] = row;
      values.read(row, w, place * width);
      for (int j = 0; j < state.length; j++) {
        state[j].read(row, s[j], place * width);
      }
      return atRest(place) ? 0 : 1;
    }

    /**
     * Stores rows that have come to rest and fills their positions; returns the number of rows that
     * remain active.
     */
    private int retire(int n) {
      for (int place = n - 1; place >= 0; place--) {
        if (atRest(place)) {
          values.write(active[place], w, place * width);
          for (int j = 0; j < state.length; j++) {
            state[j].write(active[place], s[j], place * width);
          }
          n--;
          active[place] = active[n];
          System.arraycopy(w, n * width, w, place * width, width);
          for (double[] numbers : s) {
            System.arraycopy(numbers, n * width, numbers, place * width, width);
          }
        }
      }
      return n;
    }

    /** Whether a row is at rest: zeros with zero state stay zero under decay alone. */
    private boolean atRest(int place) {
      int at = place * width;
      for (int i = at; i < at + width; i++) {
        if (w[i] != 0) {
          return false;
        }
      }
      for (double[] numbers : s) {
        for (int i = at; i < at + width; i++) {
          if (numbers[i] != 0) {
            return false;
          }
        }
      }
      return true;
    }

    private void round(int n) {
      round(w, n);
      for (int j = 0; j < ofRule; j++) {
        round(s[j], n);
      }
    }

    private void round(double[] numbers, int n) {
      for (int i = 0; i < n && precision == Precision.FLOAT32; i++) {
        numbers[i] = (float) numbers[i];
      }
    }
  }

  /** Initializes the state of rows that were appended to the table, at rest until the last step. */
  void grow() {
    int old = state.length == 0 ? steps == null ? values.rows() : steps.length : state[0].rows();
    for (ParameterTable table : state) {
      table.growTo(values.rows());
    }
    if (steps != null && old < values.rows()) {
      steps = Arrays.copyOf(steps, values.rows());
      Arrays.fill(steps, old, steps.length, history.last());
    }
  }

  /**
   * Continues from saved state, after the given step; rows beyond the saved ones keep their initial
   * state.
   */
  void restore(NamedState saved, int step) {
    grow();
    String[] names = rule.stateNames();
    for (int s = 0; s < names.length; s++) {
      restore(s, saved.table(name + "." + names[s]));
    }
    history = new StepHistory(rule, rate, step);
    if (steps != null) {
      Arrays.fill(steps, step);
    }
  }

  private void restore(int index, ParameterTable saved) {
    if (saved.width() != values.width() || saved.rows() > values.rows()) {
      throw new IllegalArgumentException(
          "optimiser state: a table of "
              + name
              + " must have at most "
              + values.rows()
              + " rows of "
              + values.width()
              + " numbers, got "
              + saved.rows()
              + " of "
              + saved.width());
    }
    double[] row = new double[saved.width()];
    for (int r = 0; r < saved.rows(); r++) {
      saved.read(r, row, 0);
      state[index].write(r, row, 0);
    }
  }

  /**
   * Sets the snapshot to which rows of this table and its state are saved before updates; null for
   * none.
   */
  void follow(TableSnapshot next) {
    snapshot = next;
  }

  boolean decays() {
    return decay > 0;
  }

  int rows() {
    return values.rows();
  }

  /**
   * Adds the state to tables by name; shared, not copied, except for the steps of an average.
   *
   * @param start of the average
   */
  void addTo(Map<String, ParameterTable> tables, int start) {
    String[] names = rule.stateNames();
    for (int s = 0; s < names.length; s++) {
      tables.put(name + "." + names[s], state[s]);
    }
    if (average >= 0) {
      tables.put(ParameterAverage.of(name), state[average]);
      tables.put(ParameterAverage.stepsOf(name), averagedSteps(start));
    }
  }

  /** [rows, 2] the step up to which each row's average is computed. */
  private ParameterTable averagedSteps(int start) {
    ParameterTable result = ParameterTable.zeros(Precision.FLOAT32, steps.length, 2);
    double[] digits = new double[2];
    for (int r = 0; r < steps.length; r++) {
      digits[0] = (steps[r] - start) / STEP_DIGIT;
      digits[1] = (steps[r] - start) % STEP_DIGIT;
      result.write(r, digits, 0);
    }
    return result;
  }

  /** Continues from saved averages, whose start was the given step. */
  void restoreAverage(NamedState saved, int start) {
    restore(average, saved.table(ParameterAverage.of(name)));
    ParameterTable averaged = saved.table(ParameterAverage.stepsOf(name));
    double[] digits = new double[2];
    for (int r = 0; r < averaged.rows(); r++) {
      averaged.read(r, digits, 0);
      steps[r] = start + (int) digits[0] * STEP_DIGIT + (int) digits[1];
    }
  }
}
