package io.destine.spark.plan;

import io.destine.config.OptimizerConfig;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.param.Snapshot;
import io.destine.spark.parameters.OwnerMap;
import java.util.stream.LongStream;

/**
 * The memory of a training run: bytes on the driver, on an executor, on the network and on storage,
 * computed from the sizes of the data structures. With V ids, embedding dimension d, w = 1 with
 * first-order weights and 0 without, D dense parameters, S running statistics, s numbers of
 * optimiser state per parameter, B rows of a step, r ids of a row:
 *
 * <ul>
 *   <li>a row of the tables takes 4 (d + w) bytes, and 4 s (d + w) for its optimiser state if the
 *       wide part has the same optimiser; dense numbers take 8 in memory and 4 on the wire;
 *   <li>while a checkpoint is written concurrently with training, up to an eighth of the tables and
 *       their state, or up to 64 MiB if that is more, exists twice;
 *   <li>an average of parameters takes as many bytes as the tables, and for each row 4 (1 + w)
 *       bytes for the step up to which it is current, and 8 (1 + w) more while a checkpoint is
 *       written;
 *   <li>a step touches at most min(V, B r) table rows, and a task of it the table rows for its
 *       share of B;
 *   <li>a gradient sum takes 8 (d + w) + 4 bytes per touched row and 8 (D + S) bytes, before its
 *       wire format compacts it;
 *   <li>a task requests the rows that it touches: 4 bytes for each, 4 (d + w) for each in the
 *       answer, and 4 (D + S) for the rest;
 *   <li>an executor that scores rows keeps the table rows that they use.
 * </ul>
 *
 * <p>If executors own the tables, the driver has only the rest, and each executor has its rows with
 * their state, and the sums for these rows received from all tasks of a step. A checkpoint is then
 * written between two steps, and no row exists twice. Immutable.
 */
public final class MemoryPlan {
  static final long MIB = 1 << 20;

  static final String TOO_LARGE =
      "the training needs more than 2^63 bytes: choose smaller --rows, --vocabulary,"
          + " --values-per-multi, --executors, --cores or checkpoint.keep";

  /** The part of a heap that Spark reserves. */
  private static final long RESERVED = 300 * MIB;

  /** Memory that does not grow with the model: code, encoding of the source, class data. */
  private static final long BASE = 256 * MIB;

  /** A heap is a quarter larger than its live data, for the garbage collector. */
  private static final double ROOM = 1.25;

  private static final long SMALLEST_HEAP = 1024 * MIB;
  private static final long HEAP_STEP = 256 * MIB;

  /**
   * ND4J's off-heap memory as in conf/spark-defaults.conf, and the same amount for the JVM and
   * Netty.
   */
  private static final long SMALLEST_OVERHEAD = 1024 * MIB;

  /** Overhead that grows with the heap, as a share of it; Spark's default. */
  private static final double OVERHEAD_SHARE = 0.1;

  /** Copies of table rows on the heap: as received, and where kernels read them. */
  private static final int COPIES = 2;

  private final Workload work;
  private final int d;
  private final int w;
  private final long dense;
  private final long statistics;
  private final boolean averages;
  private final int ofRule;
  private final int ofWideRule;

  /** Number of table rows of the driver or of an executor, including rows without an id. */
  private final long ownedRows;

  /**
   * The plan of a training run.
   *
   * @throws IllegalArgumentException if it needs more than 2^63 bytes, or the network is too large
   */
  public MemoryPlan(Workload work) {
    this.work = work;
    ParameterLayout layout = ParameterLayout.of(work.model(), work.fields());
    d = layout.embeddingDim();
    w = layout.wide() ? 1 : 0;
    dense = layout.denseSize();
    statistics = layout.statisticsSize();
    averages = work.train().optimizer().averageEpochs() > 0;
    OptimizerConfig optimizer = work.train().optimizer();
    ofRule =
        switch (optimizer.kind()) {
          case SGD -> 0;
          case ADAGRAD -> 1;
          case ADAM -> 2;
        };
    ofWideRule =
        switch (optimizer.wide().optimizer()) {
          case SAME -> ofRule;
          case ADAGRAD -> 1;
          case FTRL -> 2;
        };
    ownedRows =
        work.executorsOwn()
            ? OwnerMap.mostRows(work.executors(), work.vocabulary())
            : work.vocabulary();
    requireCountable();
  }

  /** Computes the largest sums once; all sums below are checked for overflow. */
  private void requireCountable() {
    try {
      storageBytes();
      driverMemory();
      executorMemory();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(TOO_LARGE);
    }
  }

  static long sum(long... terms) {
    return LongStream.of(terms).reduce(0, Math::addExact);
  }

  static long times(long a, long b) {
    return Math.multiplyExact(a, b);
  }

  static long ceil(double bytes) {
    if (bytes >= 0x1p63) {
      throw new ArithmeticException("more than 2^63 bytes");
    }
    return (long) Math.ceil(bytes);
  }

  private long rowBytes() {
    return 4L * (d + w);
  }

  /** Bytes of the tables' numbers. */
  public long tableBytes() {
    return times(work.vocabulary(), rowBytes());
  }

  /** Bytes of the update rules' state for a row, without averages. */
  private long rowStateBytes() {
    return 4L * (d * ofRule + w * ofWideRule);
  }

  /** The same for all rows. */
  private long tableStateBytes() {
    return times(work.vocabulary(), rowStateBytes());
  }

  /**
   * Bytes of the optimiser for a row: state, average, and the step up to which the row is current.
   */
  private long rowOptimizerBytes() {
    boolean decays = work.train().optimizer().decaysRows();
    int tables = (decays || averages ? 1 : 0) + (averages ? w : 0);
    return rowStateBytes() + (averages ? rowBytes() : 0) + 4L * tables;
  }

  /** Bytes of the optimiser for the dense parameters. */
  private long denseOptimizerBytes() {
    return 8 * dense * (ofRule + 1) + (averages ? 8 * dense : 0);
  }

  /** Bytes of a copy of all parameters in memory. */
  public long parameterBytes() {
    return tableBytes() + 8 * (dense + statistics);
  }

  /**
   * Bytes of the optimiser: its state, including averages, a dense gradient and, with a penalty on
   * rows or an average, the step of each row.
   */
  public long optimizerBytes() {
    return sum(times(work.vocabulary(), rowOptimizerBytes()), denseOptimizerBytes());
  }

  /** Bytes of the rows that the driver or an executor owns, with their optimiser state. */
  public long ownedBytes() {
    return times(ownedRows, rowBytes() + rowOptimizerBytes());
  }

  /** Number of tasks of a step: one for each executor, but at most one for each block of a step. */
  public int tasks() {
    return Math.min(work.executors(), work.train().blocksPerStep());
  }

  private static long share(long all, long parts) {
    return -Math.floorDiv(-all, parts);
  }

  private long touched(long rows) {
    return (long) Math.min(work.vocabulary(), Math.ceil(rows * work.idsPerRow()));
  }

  /** Bytes of a sum with this number of table rows. */
  private long sumBytes(long tableRows) {
    return times(tableRows, 8L * (d + w) + 4);
  }

  private long gradientBytes(long rows) {
    return sumBytes(touched(rows)) + 8 * (dense + statistics);
  }

  /** Maximum bytes of a task's gradient. */
  public long taskGradientBytes() {
    return gradientBytes(share(work.train().batchSize(), tasks()));
  }

  /** Maximum total bytes of the gradients of a task's threads. */
  private long threadGradientBytes() {
    long rows = share(work.train().batchSize(), tasks());
    long threads = Math.min(work.cores(), rows);
    return times(threads, gradientBytes(share(rows, threads)));
  }

  /**
   * Maximum bytes that the tasks of a step send, to the driver or, in a deeper tree, to each other.
   */
  public long stepGradientBytes() {
    return times(tasks(), taskGradientBytes());
  }

  /** Maximum bytes exchanged for parameters between a task of a step and their owners. */
  public long fetchBytes() {
    return touched(share(work.train().batchSize(), tasks())) * (4 + rowBytes())
        + 4 * (dense + statistics);
  }

  /**
   * Maximum bytes of the table rows that an executor keeps while it scores its share of the rows.
   */
  public long scoringBytes() {
    return touched(share(work.rows(), work.executors())) * (4 + rowBytes());
  }

  /** Total bytes of the encoded rows of all executors. */
  public long encodedBytes() {
    FieldLayout fields = work.stored();
    double ids = 4 * work.storedIdsPerRow() + 4.0 * fields.multis();
    double label = 4;
    // The epoch's order of rows.
    double order = 4;
    double weight = work.weighted() ? 4 : 0;
    double group = work.grouped() ? 8 : 0;
    double row = ids + 4.0 * fields.denseWidth() + label + order + weight + group;
    return ceil(work.rows() * row);
  }

  /**
   * Bytes in a checkpoint of the steps up to which the averages of this number of rows are current.
   */
  private long averageStepBytes(long rows) {
    return averages ? times(rows, 8L * (1 + w)) : 0;
  }

  /**
   * Maximum additional bytes while a checkpoint is written concurrently with training: saved table
   * rows, and the steps of averages.
   */
  public long snapshotBytes() {
    if (work.executorsOwn()) {
      return 0;
    }
    long steps = averageStepBytes(work.vocabulary());
    long averaged = averages ? tableBytes() : 0;
    return sum(steps, Snapshot.mostBytes(sum(tableBytes(), tableStateBytes(), averaged, steps)));
  }

  /** The data on the driver's heap, without the constant part of Spark and the program. */
  public long driverBytes() {
    return work.executorsOwn() ? driverWithoutTables() : driverWithTables();
  }

  /**
   * A task receives floats and sends sums of eight bytes, which are merged and converted to a
   * gradient.
   */
  private long driverWithoutTables() {
    long numbers = dense + statistics;
    return sum(
        8 * numbers, denseOptimizerBytes(), times(tasks(), (4 + 8) * numbers), 2 * 8 * numbers);
  }

  private long driverWithTables() {
    return sum(
        parameterBytes(),
        optimizerBytes(),
        snapshotBytes(),
        times(tasks(), fetchBytes()),
        stepGradientBytes(),
        times(2, gradientBytes(work.train().batchSize())));
  }

  /** Bytes of an executor's share of the encoded rows. */
  private long executorRows() {
    return share(encodedBytes(), work.executors());
  }

  /** The number of distinct table rows, out of a given number, that belong to the busiest owner. */
  private long ofOwner(long tableRows) {
    return Math.min(tableRows, ceil((double) tableRows * ownedRows / work.vocabulary()));
  }

  /**
   * Maximum bytes of a step in an executor as an owner: answers in flight to all tasks, their sums
   * for its rows, the merged sums and the gradient; 0 if the driver owns the tables.
   */
  public long receivedBytes() {
    if (!work.executorsOwn()) {
      return 0;
    }
    int batch = work.train().batchSize();
    long ofTask = ofOwner(touched(share(batch, tasks())));
    long window = OwnerMap.WINDOW + OwnerMap.pieceBytes(work.executors());
    long answer = Math.min(window, times(ofTask, 4 + rowBytes()));
    return sum(
        times(tasks(), sum(answer, sumBytes(ofTask))), times(2, sumBytes(ofOwner(touched(batch)))));
  }

  /**
   * The data on an executor's heap: its share of the rows, its own table rows, and one of these:
   * parameters and gradients of a step, the parameters for scoring its rows, or the data of a
   * checkpoint other than table rows.
   */
  public long executorBytes() {
    long step = sum(times(COPIES, fetchBytes()), times(2, threadGradientBytes()), receivedBytes());
    long owned = work.executorsOwn() ? ownedBytes() : 0;
    long checkpoint = work.executorsOwn() ? averageStepBytes(ownedRows) : 0;
    return sum(
        executorRows(),
        owned,
        Math.max(step, Math.max(scoringBytes(), checkpoint)),
        8 * (dense + statistics));
  }

  /** Heap of the driver, in MiB. */
  public long driverMemory() {
    return heap(driverBytes());
  }

  /** Heap of an executor, in MiB, in which its rows take no more than their share. */
  public long executorMemory() {
    return Math.max(heap(executorBytes()), rounded(ceil(executorRows() / work.rowsMemory())));
  }

  static long heap(long live) {
    return rounded(sum(RESERVED, ceil(ROOM * sum(BASE, live))));
  }

  private static long rounded(long bytes) {
    return -Math.floorDiv(-Math.max(SMALLEST_HEAP, bytes), HEAP_STEP) * (HEAP_STEP / MIB);
  }

  /** The memory of a container in addition to a heap of the given MiB, in MiB. */
  public static long overhead(long heap) {
    return Math.max(SMALLEST_OVERHEAD / MIB, (long) Math.ceil(OVERHEAD_SHARE * heap));
  }

  /** Bytes of the model's tensor files, including optimiser state, without their headers. */
  public long modelBytes() {
    return sum(tableBytes(), tableStateBytes(), 4 * (dense + statistics), 8 * dense * ofRule);
  }

  /**
   * Bytes of a checkpoint's tensor files: the files of a model, and averages with the step of each
   * row.
   */
  private long checkpointBytes() {
    long averaged =
        sum(tableBytes(), averageStepBytes(work.vocabulary()), times(8, sum(dense, statistics)));
    return sum(modelBytes(), averages ? averaged : 0);
  }

  /**
   * Maximum bytes on storage: the served model, the newest checkpoints and the checkpoint of the
   * best epoch, plus one more model or one more checkpoint being written.
   */
  public long storageBytes() {
    return sum(modelBytes(), times(2L + work.checkpoints(), checkpointBytes()));
  }
}
