package io.destine.spark.plan;

import io.destine.config.TrainConfig;
import io.destine.param.ParameterLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long a training step takes on executors in processes of their own, from the sizes of what it
 * sends and a few measured constants. With E executors, d table rows that the share of one of them
 * uses and D that the whole batch uses, n numbers of a table row:
 *
 * <pre>
 *   compute    rows of the executor with most blocks, by the rate of its cores, and a call for each block
 *   fetch      the driver reads E d table rows on its cores and sends 4 n E d bytes; an executor places d
 *   send       an executor writes d sums, the driver receives and reads E d of them
 *   schedule   a Spark job
 *   optimise   the driver moves D table rows
 * </pre>
 *
 * <p>The driver is taken to have cores and a network of its own. Immutable.
 */
public final class StepCost {
  /** Milliseconds of a call of the kernel, one for each block, beside its rows. */
  private static final double CALL = 0.05;

  /** Milliseconds of the driver for a table row of 16 numbers that a task asks for. */
  private static final double READ = 90e-6;

  /** Milliseconds of an executor for such a row that it gets. */
  private static final double PLACE = 50e-6;

  /** Milliseconds of an executor for the sum of such a row. */
  private static final double WRITE = 60e-6;

  /** Milliseconds of the driver for such a sum that it gets. */
  private static final double RECEIVE = 50e-6;

  /** Milliseconds of a core for such a row that Adam moves. */
  private static final double MOVE = 210e-6;

  /** The numbers of a row that these are for. */
  private static final double NUMBERS = 16;

  /** Cores that make the optimiser faster: more wait for the same memory. */
  private static final int MOVING_CORES = 4;

  /** Milliseconds until a request is answered, beside its bytes and the network. */
  private static final double REQUEST = 1.5;

  /** Milliseconds of a job whose tasks have been started ahead, and of each of its tasks. */
  private static final double JOB = 4;

  private static final double TASK = 0.1;

  /** Bytes of a number of a gradient sum: 3 to 4.4 were measured. */
  private static final double SUM_BYTES = 4;

  /** Largest batch that is tried. */
  private static final int LARGEST = 1 << 24;

  private static final int STEPS_OF_INTEGRAL = 4096;

  private final Workload work;
  private final Cluster cluster;
  private final int batch;
  private final double width;
  private final long dense;

  /**
   * Where a training runs.
   *
   * @param rowsPerSecond of a training step on one core without Spark, as {@code bench.sh kernel}
   *     measures it
   * @param gigabits of the network of each machine in a second, each way
   * @param latencyMillis of a message there and back
   * @param driverCores cores of the driver
   * @param skew s: the k-th most frequent value of a field is k^-s times as frequent as the first,
   *     in [0, 1)
   */
  public record Cluster(
      double rowsPerSecond, double gigabits, double latencyMillis, int driverCores, double skew) {
    public Cluster {
      require("--rows-per-second", rowsPerSecond > 0, "above 0", rowsPerSecond);
      require("--bandwidth", gigabits > 0, "above 0", gigabits);
      require("--latency", latencyMillis >= 0, "at least 0", latencyMillis);
      require("--driver-cores", driverCores >= 1, "at least 1", driverCores);
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
  }

  /**
   * Expected distinct ids of n rows, when each of the F fields has V / F values and the k-th of
   * them has a probability in proportion to k^-s. With k = V/F u^(1 / (1 - s)) all values of u in
   * [0, 1] are equally likely, and a value that n rows are expected to have m times is among them
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

  private int tasks() {
    return Math.min(work.executors(), blocks());
  }

  private int blocks() {
    return batch == work.train().batchSize()
        ? work.train().blocksPerStep()
        : TrainConfig.blocksPerStepFor(batch);
  }

  /** Rows of the executor that has most blocks. */
  private double mostRows() {
    return Math.ceil((double) blocks() / tasks()) * batch / blocks();
  }

  private double ofNumbers(double millisOfSixteen) {
    return millisOfSixteen * width / NUMBERS;
  }

  private double wireMillis(double bytes) {
    return bytes * 8 / (cluster.gigabits() * 1e6);
  }

  private double moveMillis(int cores) {
    return distinctIds(batch) * ofNumbers(MOVE) / Math.min(cores, MOVING_CORES);
  }

  /** Bytes that the driver sends for parameters in a step. */
  public double fetchedBytes() {
    return tasks() * 4 * (distinctIds(mostRows()) * (width + 1) + dense);
  }

  /** Bytes of gradients that the driver gets in a step. */
  public double gradientBytes() {
    return tasks() * SUM_BYTES * (distinctIds(mostRows()) * width + dense);
  }

  private double computeMillis() {
    double oneCore = batch * 1e3 / cluster.rowsPerSecond() - moveMillis(1);
    double calls = Math.ceil(Math.ceil((double) blocks() / tasks()) / work.cores());
    return Math.max(0, oneCore) / batch * mostRows() / work.cores() + CALL * calls;
  }

  private double fetchMillis() {
    double rows = distinctIds(mostRows());
    double read = tasks() * rows * ofNumbers(READ) / cluster.driverCores();
    double wire = wireMillis(fetchedBytes());
    return REQUEST + cluster.latencyMillis() + Math.max(read, wire) + rows * ofNumbers(PLACE);
  }

  private double sendMillis() {
    double rows = distinctIds(mostRows());
    double read = tasks() * rows * ofNumbers(RECEIVE) / Math.min(tasks(), cluster.driverCores());
    double wire = wireMillis(gradientBytes());
    return cluster.latencyMillis() + rows * ofNumbers(WRITE) + Math.max(read, wire);
  }

  /** Milliseconds by phase. */
  public Map<String, Double> millis() {
    Map<String, Double> phases = new LinkedHashMap<>();
    phases.put("compute", computeMillis());
    phases.put("fetch", fetchMillis());
    phases.put("send", sendMillis());
    phases.put("schedule", JOB + TASK * tasks() + cluster.latencyMillis());
    phases.put("optimise", moveMillis(cluster.driverCores()));
    return phases;
  }

  /** Milliseconds of a step. */
  public double stepMillis() {
    return millis().values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Training rows per second. */
  public double rowsPerSecond() {
    return batch * 1e3 / stepMillis();
  }

  /** The rate as a share of that of all cores of executors without Spark. */
  public double efficiency() {
    return rowsPerSecond() / ((double) work.executors() * work.cores() * cluster.rowsPerSecond());
  }

  /** What a step spends most time on, beside computing. */
  public String limit() {
    return millis().entrySet().stream()
        .filter(phase -> !phase.getKey().equals("compute"))
        .max(Map.Entry.comparingByValue())
        .orElseThrow()
        .getKey();
  }

  /** The least batch, a power of two from 1,024 on, of at least that efficiency; 0 for none. */
  public int batchFor(double efficiency) {
    for (int rows = 1024; rows <= LARGEST; rows *= 2) {
      if (new StepCost(work, cluster, rows).efficiency() >= efficiency) {
        return rows;
      }
    }
    return 0;
  }
}
