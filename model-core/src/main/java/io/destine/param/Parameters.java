package io.destine.param;

import io.destine.config.Precision;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.BitSet;
import java.util.stream.IntStream;

/**
 * The values of a network: dense tensors as one flat array, running statistics, and the parameter
 * tables. Mutable. The tables have either all rows that this process owns, or copies of some rows.
 * The values are written between steps, and kernels read them during steps; table rows may also be
 * brought up to date during a step, each before it is read.
 *
 * <p>Dense values are kept as doubles; at float32 precision each is rounded to a float whenever it
 * is written, so that kernels compute with the same values that are saved.
 */
public final class Parameters {
  /** Standard deviation of initial embeddings. */
  public static final double EMBEDDING_STD = 0.01;

  /** 2 to this power is the number of rows that one thread initialises at a time. */
  private static final int INITIAL_BITS = 14;

  private final ParameterLayout layout;
  private final Precision precision;
  private final double[] dense;
  private final double[] statistics;
  private final ParameterTable embedding;
  private final ParameterTable wide;
  private volatile long version;

  /** All zeros, for {@code rows} ids. */
  public Parameters(ParameterLayout layout, Precision precision, int rows) {
    this(
        layout,
        ParameterTable.zeros(precision, rows, layout.embeddingDim()),
        layout.wide() ? ParameterTable.zeros(precision, rows, 1) : null);
  }

  /**
   * The given tables, which are not copied, and dense tensors of zeros.
   *
   * @param wide null in a network without a wide part
   */
  public Parameters(ParameterLayout layout, ParameterTable embedding, ParameterTable wide) {
    this.layout = layout;
    precision = embedding.precision();
    dense = new double[layout.denseSize()];
    statistics = new double[layout.statisticsSize()];
    this.embedding = embedding;
    this.wide = wide;
  }

  /** Initial values: a pure function of layout, number of rows and seed, row by row. */
  public static Parameters initial(
      ParameterLayout layout, Precision precision, int rows, long seed) {
    Parameters p = new Parameters(layout, precision, rows);
    fill(p, layout.tensors(), p.dense, seed);
    fill(p, layout.statistics(), p.statistics, seed);
    p.initialiseRows(0, rows, seed);
    return p;
  }

  private static void fill(
      Parameters p, Iterable<ParameterLayout.Tensor> tensors, double[] into, long seed) {
    for (ParameterLayout.Tensor tensor : tensors) {
      CounterRandom random = initialStream(tensor.name(), seed);
      double bound = 1 / Math.sqrt(tensor.fanIn());
      for (int i = 0; i < tensor.size(); i++) {
        into[tensor.offset() + i] =
            p.round(
                switch (tensor.initial()) {
                  case UNIFORM -> bound * (2 * random.uniform(i) - 1);
                  case NORMAL -> EMBEDDING_STD * random.gaussian(i);
                  case ZERO -> 0;
                  case ONE -> 1;
                });
      }
    }
  }

  /**
   * The stream of a tensor's initial values. Field names are chosen by users and need many bits to
   * be distinguished; the other names are few and known, so 32 bits suffice (checked by a test).
   */
  private static CounterRandom initialStream(String name, long seed) {
    return name.startsWith(ParameterLayout.FIELDS)
        ? CounterRandom.of(seed, Purpose.FIELD_INIT).at(name)
        : CounterRandom.of(seed, Purpose.DENSE_INIT).at(name.hashCode());
  }

  /**
   * Tables with only the rows of some ids, with the same values as in {@link #initial}.
   *
   * @param layout of the tables alone
   * @param ids [K] of the rows
   * @param end rows of ids from this one on stay zero
   */
  public static Parameters initialRows(
      ParameterLayout layout, Precision precision, int[] ids, int end, long seed) {
    Parameters p = new Parameters(layout, precision, ids.length);
    CounterRandom random = CounterRandom.of(seed, Purpose.EMBEDDING_INIT);
    TableSlices.forEach(
        ids.length,
        Runtime.getRuntime().availableProcessors(),
        () -> {
          double[] row = new double[layout.embeddingDim()];
          return (from, to) -> {
            for (int k = from; k < to; k++) {
              if (ids[k] < end) {
                initialRow(random, ids[k], row);
                p.embedding.write(k, row, 0);
              }
            }
          };
        });
    return p;
  }

  private static void initialRow(CounterRandom random, int id, double[] row) {
    CounterRandom stream = random.at(id);
    for (int i = 0; i < row.length; i++) {
      row[i] = EMBEDDING_STD * stream.gaussian(i);
    }
  }

  /**
   * Appends rows until there are {@code rows}, with the initial values they would have had from the
   * start.
   */
  public void growTo(int rows, long seed) {
    int old = rows();
    embedding.growTo(rows);
    if (wide != null) {
      wide.growTo(rows);
    }
    initialiseRows(old, rows, seed);
  }

  private void initialiseRows(int from, int to, long seed) {
    CounterRandom random = CounterRandom.of(seed, Purpose.EMBEDDING_INIT);
    IntStream.rangeClosed(from >>> INITIAL_BITS, (Math.max(to, 1) - 1) >>> INITIAL_BITS)
        .parallel()
        .forEach(
            block -> {
              int d = layout.embeddingDim();
              double[] row = new double[d];
              int first = Math.max(from, block << INITIAL_BITS);
              int end = (int) Math.min(to, ((long) block + 1) << INITIAL_BITS);
              for (int id = first; id < end; id++) {
                initialRow(random, id, row);
                embedding.write(id, row, 0);
              }
            });
  }

  /**
   * Copies the values of other parameters.
   *
   * @throws IllegalArgumentException when they have another number of rows or of dense numbers
   */
  public void set(Parameters other) {
    if (other.rows() != rows() || other.dense.length != dense.length) {
      throw new IllegalArgumentException(
          "parameters: must have "
              + rows()
              + " rows and "
              + dense.length
              + " dense numbers, got "
              + other.rows()
              + " and "
              + other.dense.length);
    }
    System.arraycopy(other.dense, 0, dense, 0, dense.length);
    System.arraycopy(other.statistics, 0, statistics, 0, statistics.length);
    embedding.set(other.embedding);
    if (wide != null) {
      wide.set(other.wide);
    }
    changed();
  }

  /** Multiplies the rows of some ids, each number rounded to the precision. */
  public void multiplyRows(BitSet rows, double factor) {
    embedding.multiply(rows, factor);
    if (wide != null) {
      wide.multiply(rows, factor);
    }
    changed();
  }

  /**
   * Checks that a kernel of that network and precision can compute with these parameters.
   *
   * @throws IllegalArgumentException when it cannot, with the reason
   */
  public void requireFor(ParameterLayout network, Precision kernel) {
    if (precision != kernel) {
      throw new IllegalArgumentException(
          "parameters must be " + kernel.key() + " for this kernel, got " + precision.key());
    }
    if (dense.length != network.denseSize()) {
      throw new IllegalArgumentException(
          "parameters must have "
              + network.denseSize()
              + " dense numbers for this network, got "
              + dense.length);
    }
  }

  /** Rounds a value to this precision. */
  public double round(double value) {
    return precision == Precision.FLOAT32 ? (float) value : value;
  }

  public ParameterLayout layout() {
    return layout;
  }

  public Precision precision() {
    return precision;
  }

  /** V, rows of the tables. */
  public int rows() {
    return embedding.rows();
  }

  /**
   * Dense tensors, shared and writable; see {@link ParameterLayout.Tensor#offset()}. Write rounded
   * values only.
   */
  public double[] dense() {
    return dense;
  }

  /** Running statistics, shared and writable. */
  public double[] statistics() {
    return statistics;
  }

  /** embedding.weight [V, d]. */
  public ParameterTable embedding() {
    return embedding;
  }

  /** wide.weight [V, 1], or null. */
  public ParameterTable wide() {
    return wide;
  }

  /** Counts changes, so that a kernel knows when its copies of the dense tensors are stale. */
  public long version() {
    return version;
  }

  /** Marks the values as changed. */
  public void changed() {
    long next = version + 1;
    version = next;
  }
}
