package io.destine.spark.plan;

import io.destine.config.TrainConfig;
import io.destine.param.ParameterLayout;
import io.destine.spark.parameters.OwnerMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Estimates the time of a training step on executors in separate processes, from the sizes of its
 * messages and a few measured constants. With E executors, d table rows used by the share of one of
 * them and D used by the whole batch, n numbers of a table row, and the driver as owner of all
 * rows:
 *
 * <pre>
 *   compute    rows of the executor with the most blocks, at its cores' rate; one call per block
 *   fetch      the driver reads E d rows on its cores, 4 (n + 1) E d bytes with ids; an executor
 *              places d
 *   send       an executor writes d sums, the driver receives and reads E d of them
 *   schedule   a Spark job
 *   optimise   the driver updates D table rows
 * </pre>
 *
 * <p>With executors as owners, f is the share of rows of the executor with the most stripes,
 * slightly more than 1 / E. Rows used by other executors pass its network card in each direction:
 *
 * <pre>
 *   fetch      an owner reads f E d rows on its cores and answers in pieces; an executor places d
 *   send       an executor writes d sums, in pieces; an owner receives and reads f E d of them
 *   dense      dense parameters pass the driver's card: to tasks during fetch, and back after send
 *   commit     the driver tells owners to update rows; with a norm bound it first requests squares
 *   optimise   an owner updates f D rows
 * </pre>
 *
 * <p>The driver is assumed to have its own cores and network. Immutable.
 */
public final class StepCost {
  // Milliseconds on a Zen 4 core; Cluster.coreSpeed is the relative speed of another core.

  /** Fixed milliseconds of a kernel call, one for each block, in addition to its rows. */
  private static final double CALL = 0.05;

  /** Milliseconds of an owner for a requested table row of 16 numbers. */
  private static final double READ = 90e-6;

  /** Milliseconds of an executor for such a row that it receives. */
  private static final double PLACE = 50e-6;

  /** Milliseconds of an executor for the sum of such a row. */
  private static final double WRITE = 60e-6;

  /** Milliseconds of an owner for such a sum that it receives. */
  private static final double RECEIVE = 50e-6;

  /** Milliseconds of a core for an Adam update of such a row. */
  private static final double MOVE = 210e-6;

  /** The numbers per row in these measurements. */
  private static final double NUMBERS = 16;

  /** Number of cores up to which the optimiser gets faster; more cores wait for memory. */
  private static final int MOVING_CORES = 4;

  /** Milliseconds until a request is answered, without its bytes and the network. */
  private static final double REQUEST = 1.5;

  /**
   * Milliseconds of a job whose tasks have been started ahead; the next constant is for each of its
   * tasks.
   */
  private static final double JOB = 4;

  private static final double TASK = 0.1;

  /** Bytes per number of a gradient sum: 3 to 4.4 were measured. */
  private static final double SUM_BYTES = 4;

  /** Milliseconds of a core for a message with its answer, on either side. */
  private static final double MESSAGE = 0.05;

  /** Milliseconds of a core for the exact squares of a row's sum. */
  private static final double SQUARE = 15e-6;

  /**
   * The usable share of the network bandwidth when all executors send to each other and to the
   * driver.
   */
  private static final double SHARE_OF_WIRE = 0.9;

  /** Largest batch size that is tried. */
  private static final int LARGEST = 1 << 24;

  private static final int STEPS_OF_INTEGRAL = 4096;

  private final Workload work;
  private final Cluster cluster;
  private final int batch;
  private final double width;
  private final long dense;

  /** Table rows used by the share of an executor; the next field is for the whole batch. */
  private final double used;

  private final double moved;

  /**
   * The cluster of a training run.
   *
   * @param rowsPerSecond of a training step on one core without Spark, as measured by {@code
   *     bench.sh kernel}
   * @param gigabits per second of each machine's network, in each direction
   * @param latencyMillis round-trip time of a message
   * @param driverCores cores of the driver
   * @param coreSpeed of a core for everything except the kernel, relative to Zen 4
   * @param skew s: the k-th most frequent value of a field is k^-s times as frequent as the first,
   *     in [0, 1)
   */
  public record Cluster(
      double rowsPerSecond,
      double gigabits,
      double latencyMillis,
      int driverCores,
      double coreSpeed,
      double skew) {
    public Cluster {
      require("--rows-per-second", rowsPerSecond > 0, "above 0", rowsPerSecond);
      require("--bandwidth", gigabits > 0, "above 0", gigabits);
      require("--latency", latencyMillis >= 0, "at least 0", latencyMillis);
      require("--driver-cores", driverCores >= 1, "at least 1", driverCores);
      require("--core-speed", coreSpeed > 0, "above 0", coreSpeed);
      require("--skew", skew >= 0 && skew < 1, "in [0, 1)", skew);
    }

    private static void require(String option, boolean holds, String what, double found) {
      if (!holds) {
        throw new IllegalArgumentException(option + " must be " + what + ", got " + found);
      }
    }
  }

  /** The cost of a step of the workload's batch. */
  public StepCost(Workload work, Cluster cluster) {
    this(work, cluster, work.train().batchSize());
  }

  private StepCost(Workload work, Cluster cluster, int batch) {
    this.work = work;
    this.cluster = cluster;
    this.batch = batch;
    ParameterLayout layout = ParameterLayout.of(work.model(), work.fields());
    width = layout.embeddingDim() + (layout.wide() ? 1 : 0);
    dense = layout.denseSize() + layout.statisticsSize();
    used = distinctIds(mostRows());
    moved = distinctIds(batch);
  }

  /**
   * Expected number of distinct ids in n rows, if each of the F fields has V / F values and the
   * probability of the k-th value is proportional to k^-s. With k = V/F u^(1 / (1 - s)), all values
   * of u in [0, 1] are equally likely, and a value with m expected occurrences in n rows occurs
   * with probability 1 - e^-m.
   */
  double distinctIds(double rows) {
    double fields = Math.max(1, work.idsPerRow());
    double values = work.vocabulary() / fields;
    double power = 1 / (1 - cluster.skew()) - 1;
    double sum = 0;
    for (int i = 0; i < STEPS_OF_INTEGRAL; i++) {
      double u = (i + 0.5) / STEPS_OF_INTEGRAL;
      double width = (power + 1) * values * Math.pow(u, power);
      sum += width * -Math.expm1(-rows / width);
    }
    return Math.min(fields * sum / STEPS_OF_INTEGRAL, rows * fields);
  }

  /** The workload of the step. */
  public Workload workload() {
    return work;
  }

  private int tasks() {
    return Math.min(work.executors(), blocks());
  }

  private int blocks() {
    return batch == work.train().batchSize()
        ? work.train().blocksPerStep()
        : TrainConfig.blocksPerStepFor(batch);
  }

  /** Number of rows of the executor with the most blocks. */
  private double mostRows() {
    return Math.ceil((double) blocks() / tasks()) * batch / blocks();
  }

  private double ofNumbers(double millisOfSixteen) {
    return ofCore(millisOfSixteen) * width / NUMBERS;
  }

  private double ofCore(double millis) {
    return millis / cluster.coreSpeed();
  }

  private double wireMillis(double bytes) {
    return bytes * 8 / (cluster.gigabits() * 1e6);
  }

  private double moveMillis(double rows, int cores) {
    return rows * ofNumbers(MOVE) / Math.min(cores, MOVING_CORES);
  }

  /** The share of all rows that the busiest of several owners has. */
  private double ownedShare() {
    return (double) OwnerMap.mostRows(work.executors(), OwnerMap.stripes(work.executors()))
        / OwnerMap.stripes(work.executors());
  }

  /** Number of rows requested by all tasks from the busiest of several owners. */
  private double served() {
    return tasks() * used * ownedShare();
  }

  /**
   * Words that pass the network card of the busiest owner among executors, with {@code ofRow} words
   * for each row.
   */
  private double words(double ofRow) {
    double others = 1 - 1.0 / work.executors();
    return Math.max(used, served()) * others * ofRow;
  }

  /**
   * Bytes of parameters and of the ids of their rows that pass the busiest network card in a step:
   * an owner's or, for dense parameters, the driver's.
   */
  public double fetchedBytes() {
    return work.executorsOwn()
        ? Math.max(4 * words(width + 1), denseBytes())
        : tasks() * 4 * (used * (width + 1) + dense);
  }

  /** Bytes of gradients received in a step by the busiest network card. */
  public double gradientBytes() {
    return work.executorsOwn()
        ? Math.max(SUM_BYTES * words(width), denseBytes())
        : tasks() * SUM_BYTES * (used * width + dense);
  }

  /** Bytes of the parameters outside tables, in one direction. */
  private double denseBytes() {
    return tasks() * 4.0 * dense;
  }

  private double computeMillis() {
    double oneCore = batch * 1e3 / cluster.rowsPerSecond() - moveMillis(moved, 1);
    double calls = Math.ceil(Math.ceil((double) blocks() / tasks()) / work.cores());
    return Math.max(0, oneCore) / batch * mostRows() / work.cores() + ofCore(CALL) * calls;
  }

  private double scheduleMillis() {
    return ofCore(JOB + TASK * tasks()) + cluster.latencyMillis();
  }

  /** Milliseconds by phase. */
  public Map<String, Double> millis() {
    Map<String, Double> phases = new LinkedHashMap<>();
    phases.put("compute", computeMillis());
    if (work.executorsOwn()) {
      ownedByExecutors(phases);
    } else {
      ownedByDriver(phases);
    }
    return phases;
  }

  private void ownedByDriver(Map<String, Double> phases) {
    double read = tasks() * used * ofNumbers(READ) / cluster.driverCores();
    double fetch = Math.max(read, wireMillis(fetchedBytes())) + used * ofNumbers(PLACE);
    phases.put("fetch", ofCore(REQUEST) + cluster.latencyMillis() + fetch);
    double received =
        tasks() * used * ofNumbers(RECEIVE) / Math.min(tasks(), cluster.driverCores());
    double send = used * ofNumbers(WRITE) + Math.max(received, wireMillis(gradientBytes()));
    phases.put("send", cluster.latencyMillis() + send);
    phases.put("schedule", scheduleMillis());
    phases.put("optimise", moveMillis(moved, cluster.driverCores()));
  }

  /**
   * Adds the phases with executors as owners. Rows and sums are sent in pieces, so a task reads or
   * writes a piece while others are on the network.
   */
  private void ownedByExecutors(Map<String, Double> phases) {
    int piece = OwnerMap.pieceBytes(work.executors());
    double pieces = Math.ceil(4 * used * width / piece / work.executors());
    double messages = pieces * work.executors() * ofCore(MESSAGE) / work.cores();
    double read = served() * ofNumbers(READ) / work.cores() + messages;
    double rows = wireMillis(4 * words(width + 1)) / SHARE_OF_WIRE;
    double placed = used * ofNumbers(PLACE);
    double fetch =
        ofCore(REQUEST)
            + cluster.latencyMillis()
            + Math.max(placed, Math.max(read, rows))
            + messages;
    phases.put("fetch", fetch);

    double received = served() * ofNumbers(RECEIVE) / work.cores() + messages;
    double sums = wireMillis(SUM_BYTES * words(width)) / SHARE_OF_WIRE;
    double written = used * ofNumbers(WRITE);
    phases.put(
        "send", cluster.latencyMillis() + Math.max(written, Math.max(received, sums)) + messages);

    double dense = wireMillis(denseBytes()) / SHARE_OF_WIRE;
    phases.put("dense", cluster.latencyMillis() + dense + Math.max(0, dense - fetch));

    double told =
        work.executors() * ofCore(MESSAGE) / cluster.driverCores() + cluster.latencyMillis();
    double ofOwner = moved * ownedShare();
    boolean clips = work.train().optimizer().clipNorm() > 0;
    double squares = clips ? told + ofOwner * ofNumbers(SQUARE) / work.cores() : 0;
    phases.put("commit", told + squares);
    phases.put("schedule", scheduleMillis());
    phases.put("optimise", moveMillis(ofOwner, work.cores()));
  }

  /** Milliseconds of a step. */
  public double stepMillis() {
    return millis().values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Training rows per second. */
  public double rowsPerSecond() {
    return batch * 1e3 / stepMillis();
  }

  /** The rate divided by the rate of all executor cores without Spark. */
  public double efficiency() {
    return rowsPerSecond() / ((double) work.executors() * work.cores() * cluster.rowsPerSecond());
  }

  /** The slowest phase of a step other than computing. */
  public String limit() {
    return millis().entrySet().stream()
        .filter(phase -> !phase.getKey().equals("compute"))
        .max(Map.Entry.comparingByValue())
        .orElseThrow()
        .getKey();
  }

  /**
   * The smallest batch size, a power of two from 1,024 on, with at least this efficiency; 0 if
   * there is none.
   */
  public int batchFor(double efficiency) {
    for (int rows = 1024; rows <= LARGEST; rows *= 2) {
      if (new StepCost(work, cluster, rows).efficiency() >= efficiency) {
        return rows;
      }
    }
    return 0;
  }
}
