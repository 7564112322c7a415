package io.destine.benchmark;

import io.destine.config.Components;
import io.destine.config.Metric;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelChoice;
import io.destine.kernel.KernelFactory;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.optim.StatefulOptimizer;
import io.destine.param.Parameters;
import io.destine.spark.conf.TableOwner;
import io.destine.spark.encode.BlockReader;
import io.destine.spark.internals.StepContext;
import io.destine.spark.train.RowBlocks;
import io.destine.spark.train.StepTime;
import io.destine.spark.train.SynchronousTrainer;
import io.destine.train.GradientSum;
import io.destine.train.TrainingState;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.stream.DoubleStream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Trains on synthetic rows with skewed ids: measures the rate and the parts of a step's time, and
 * the rate of the same step in one thread without Spark. Needs no files. Without a master it runs
 * in this process.
 */
@Command(
    name = "step",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    description = "Training steps through Spark, one treeAggregate each.")
final class StepBenchmark implements Callable<Map<String, Object>> {
  private static final long EXECUTORS_NANOS = TimeUnit.MINUTES.toNanos(2);

  private static final int LARGEST_SAMPLE = 4;

  @Mixin private NetworkOptions shape = new NetworkOptions();

  @Option(names = "--vocab", description = "V, ids of all fields")
  private int vocabulary = 1_000_000;

  @Option(names = "--batch", description = "rows of a step")
  private int batch = 4096;

  @Option(names = "--rows", description = "rows of an epoch")
  private int rows = 200_000;

  @Option(
      names = "--blocks-per-step",
      description =
          "blocks from which a step takes its rows; by default as for train.blocks-per-step:"
              + " batch / 64, rounded down to a power of two, 16 to 256")
  private Integer blocksPerStep;

  @Option(names = "--blocks", description = "blocks of the data set; by default those of a step")
  private Integer blocks;

  @Option(
      names = "--rows-memory",
      description = "share of the heap for blocks; other blocks are generated again when needed")
  private double rowsMemory = 0.5;

  @Option(names = "--threads", description = "threads of the local master used when none is set")
  private int threads = 2;

  @Option(names = "--owners", description = "owner of the tables: auto, driver or executors")
  private TableOwner owners = TableOwner.DRIVER;

  @Option(names = "--tasks", description = "tasks of a step, 0 for one per core")
  private int tasks;

  @Option(
      names = "--kernel",
      description = "auto, vector, nd4j, or idle: no arithmetic, to measure everything else")
  private String kernel = "auto";

  @Option(
      names = "--idle-rows-per-second",
      description = "simulated rate of the idle kernel in one thread, 0 for no limit")
  private double idleRate;

  @Option(
      names = "--seconds",
      description = "seconds of each measurement, after a warm-up of the same length")
  private int seconds = 10;

  @Option(
      names = "--one-thread-rows-per-second",
      description = "rate of the step in one thread without Spark, if known; 0 to measure it")
  private double oneThreadRate;

  @Option(names = "--embedding-l2", description = "penalty on embeddings")
  private double embeddingL2;

  @Option(
      names = "--checkpoint-seconds",
      description = "seconds between checkpoints in a temporary directory, 0 for none")
  private double checkpointSeconds;

  @Option(
      names = "--standing-still",
      description = "waits for each checkpoint to be written before the next step")
  private boolean standingStill;

  @Override
  public Map<String, Object> call() {
    if (owners != TableOwner.DRIVER && checkpointSeconds > 0) {
      throw new IllegalArgumentException("--checkpoint-seconds needs --owners driver");
    }
    Destine network = shape.network();
    if (blocksPerStep == null) {
      blocksPerStep = TrainConfig.blocksPerStepFor(batch);
    }
    if (blocks == null) {
      blocks = blocksPerStep;
    }
    SyntheticRows data = new SyntheticRows(shape.fields, vocabulary, rows, blocks);
    KernelFactory kernels =
        kernel.equals("idle")
            ? new IdleKernel.Factory(idleRate)
            : new NetworkKernels(network, KernelChoice.valueOf(kernel.toUpperCase(Locale.ROOT)))
                .resolved();
    double half = seconds / 2.0;
    double[] before =
        oneThreadRate > 0 ? new double[0] : oneThread(network, kernels, data, seconds, half);
    Map<String, Object> json = described(kernels);
    StepTime time;
    int cores;
    SparkConf settings = new SparkConf().setAppName("destine step benchmark");
    if (System.getProperty("spark.master") == null) {
      settings.setMaster("local[" + threads + "]").set("spark.ui.enabled", "false");
    }
    try (JavaSparkContext context =
        JavaSparkContext.fromSparkContext(StepContext.getOrCreate(settings))) {
      time = onSpark(context, network, kernels, data, json);
      cores = context.isLocal() ? threads : context.defaultParallelism();
    }
    err().print(time.table());
    double oneThread = oneThreadRate;
    if (oneThreadRate == 0) {
      // Before and after, since the speed of a shared machine changes within minutes.
      double[] after = oneThread(network, kernels, data, 1, half);
      oneThread = median(DoubleStream.concat(Arrays.stream(before), Arrays.stream(after)));
    }
    json.put("threads", cores);
    json.put("rows_per_s", Math.round(time.rowsPerSecond()));
    json.put("one_thread_rows_per_s", Math.round(oneThread));
    json.put("efficiency", Math.round(1e3 * time.rowsPerSecond() / (cores * oneThread)) / 1e3);
    json.put("step_time", time.json());
    return json;
  }

  private static double median(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** The settings of the measurement; the results are added to them. */
  private Map<String, Object> described(KernelFactory kernels) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("benchmark", "step");
    json.put("kernel", kernels.create().name());
    json.put("fields", shape.fields);
    json.put("vocab", vocabulary);
    json.put("d", shape.d);
    json.put("heads", shape.heads);
    json.put("head_dim", shape.headDim);
    json.put("layers", shape.layers);
    json.put("batch", batch);
    json.put("rows", rows);
    json.put("owners", owners.key());
    return json;
  }

  private static PrintStream err() {
    return new PrintStream(System.err, true, StandardCharsets.UTF_8);
  }

  /** Trains; the cost of checkpoints, if there were any, is added to the JSON. */
  private StepTime onSpark(
      JavaSparkContext context,
      Destine network,
      KernelFactory kernels,
      SyntheticRows data,
      Map<String, Object> json) {
    TrainConfig config = config();
    boolean owned = owners.executors(RowBlocks.keepsExecutors(context));
    if (owned && tasks > 0) {
      awaitExecutors(context);
    }
    Parameters parameters = network.initialParameters(owned ? 0 : vocabulary, config.seed());
    StatefulOptimizer own = Optimizers.create(config.optimizer(), parameters);
    IntSupplier wanted = () -> tasks > 0 ? tasks : context.defaultParallelism();
    BlockReader few = new SyntheticRows(shape.fields, vocabulary, batch, 1);
    try (RowBlocks training = new RowBlocks(context, data, blocksPerStep, rowsMemory, wanted);
        RowBlocks validation = new RowBlocks(context, few, blocksPerStep, rowsMemory, wanted);
        SynchronousTrainer trainer = new SynchronousTrainer(context, config, kernels, parameters)) {
      Optimizer optimizer = owned ? trainer.own(training, vocabulary, own) : own;
      TrialCheckpoints checkpoints =
          new TrialCheckpoints(network, own, checkpointSeconds, standingStill);
      return measured(trainer, training, validation, checkpoints, optimizer, config, json);
    }
  }

  /** Waits until there is an executor for each task, or the time limit has passed. */
  private void awaitExecutors(JavaSparkContext context) {
    long end = System.nanoTime() + EXECUTORS_NANOS;
    while (!context.isLocal()
        && context.sc().statusTracker().getExecutorInfos().length <= tasks
        && System.nanoTime() < end) {
      LockSupport.parkNanos(EXECUTORS_NANOS / 1000);
    }
  }

  private StepTime measured(
      SynchronousTrainer trainer,
      RowBlocks training,
      RowBlocks validation,
      TrialCheckpoints trial,
      Optimizer optimizer,
      TrainConfig config,
      Map<String, Object> json) {
    try (TrialCheckpoints checkpoints = trial) {
      StepTime before = trainer.stepTime();
      for (int round = 0; round < 2; round++) {
        err().printf("%s for %s s%n", round == 0 ? "warming up" : "measuring", seconds);
        before = trainer.stepTime();
        checkpoints.restart();
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        do {
          trainer.train(
              training,
              validation,
              optimizer,
              TrainingState.start(config),
              checkpoints,
              checkpoints);
        } while (System.nanoTime() < end);
      }
      if (checkpointSeconds > 0) {
        checkpoints.addTo(json);
      }
      return trainer.stepTime().since(before);
    }
  }

  private TrainConfig config() {
    TrainConfig config =
        TrainConfig.defaults()
            .withBatchSize(batch)
            .withEpochs(1)
            .withMetric(Metric.LOG_LOSS)
            .withOptimizer(
                OptimizerConfig.of(OptimizerKind.ADAM, 0.001).withEmbeddingL2(embeddingL2));
    return Components.with(
        Components.with(config, "blocksPerStep", blocksPerStep), "plateauCuts", 0);
  }

  /**
   * Rates of steps without Spark: gradient, sum and optimiser in this thread.
   *
   * @param warmUp seconds in which steps are not counted
   * @param time seconds in which steps are counted
   * @return rows per second of each step
   */
  private double[] oneThread(
      Destine network, KernelFactory factory, SyntheticRows data, double warmUp, double time) {
    Parameters parameters = network.initialParameters(vocabulary, 1);
    Optimizer optimizer = Optimizers.create(config().optimizer(), parameters, 1);
    Kernel one = factory.create();
    EncodedBatch[] batches = new EncodedBatch[LARGEST_SAMPLE];
    Arrays.setAll(batches, i -> data.batch(i, batch));
    int bits = GradientSum.bitsFor(batch, 1);
    double[] rates = new double[0];
    long begin = System.nanoTime() + (long) (warmUp * 1e9);
    long end = begin + (long) (time * 1e9);
    for (int step = 0; rates.length == 0 || System.nanoTime() < end; step++) {
      EncodedBatch rowsOfStep = batches[step % batches.length];
      long start = System.nanoTime();
      GradientSum sum = new GradientSum(parameters.layout(), bits);
      one.gradient(parameters, rowsOfStep, null, sum);
      optimizer.step(sum.toGradient(), 0.001);
      sum.release();
      if (start >= begin) {
        rates = Arrays.copyOf(rates, rates.length + 1);
        rates[rates.length - 1] = rowsOfStep.rows() * 1e9 / (System.nanoTime() - start);
      }
    }
    return rates;
  }
}
