package io.destine.train;

import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelChoice;
import io.destine.kernel.Kernels;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Prints rows per second of scoring (logits) and of a whole training step in one thread (gradient,
 * fixed-point sum, lazy Adam), on skewed ids, as one JSON line; of each the median round. From the
 * project's directory:
 *
 * <pre>
 *   mvn -B -q test-compile dependency:build-classpath -pl model-core -Dmdep.outputFile=target/classpath
 *   java -cp model-core/target/test-classes:model-core/target/classes:$(cat model-core/target/classpath)
 *       io.destine.train.TrainingThroughput --kernel nd4j --batch 1024 --fields 39 --d 16
 *       --heads 2 --head-dim 16 --layers 3 --vocab 1000000 --threads 1 --seconds 10
 * </pre>
 */
public final class TrainingThroughput {
  private final Map<String, String> options = new HashMap<>();

  private TrainingThroughput(String[] arguments) {
    for (int i = 0; i < arguments.length; i += 2) {
      options.put(arguments[i].substring(2), arguments[i + 1]);
    }
  }

  /** Runs with the given options; those above are the defaults. */
  public static void main(String[] arguments) throws InterruptedException, ExecutionException {
    new TrainingThroughput(arguments).run();
  }

  private int option(String name, int otherwise) {
    return Integer.parseInt(options.getOrDefault(name, String.valueOf(otherwise)));
  }

  private void run() throws InterruptedException, ExecutionException {
    int threads = option("threads", 1);
    ModelConfig config =
        ModelConfig.builder()
            .embeddingDim(option("d", 16))
            .heads(option("heads", 2))
            .headDim(option("head-dim", 16))
            .layers(option("layers", 3))
            .build();
    FieldLayout fields = FieldLayout.ofIds(option("fields", 39));
    ParameterLayout layout = ParameterLayout.of(config, fields);
    KernelChoice choice =
        KernelChoice.valueOf(options.getOrDefault("kernel", "auto").toUpperCase(Locale.ROOT));
    List<Callable<double[]>> tasks = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      tasks.add(
          () ->
              rates(
                  Kernels.create(choice, config, fields, layout, Precision.FLOAT32),
                  Parameters.initial(layout, Precision.FLOAT32, option("vocab", 1_000_000), 7)));
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    double[] total = new double[4];
    for (Future<double[]> rate : pool.invokeAll(tasks)) {
      for (int i = 0; i < total.length; i++) {
        total[i] += rate.get()[i];
      }
    }
    pool.shutdown();
    System.out.printf(
        Locale.ROOT,
        "{\"options\": \"%s\", \"logit_rows_per_s\": %.0f, \"logit_rows_per_cpu_s\": %.0f, "
            + "\"step_rows_per_s\": %.0f, \"step_rows_per_cpu_s\": %.0f}%n",
        options,
        total[0],
        total[1],
        total[2],
        total[3]);
  }

  private double[] rates(Kernel kernel, Parameters parameters) {
    List<EncodedBatch> batches = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      batches.add(batch(i));
    }
    double[] logits = new double[batches.get(0).rows()];
    double[] scoring = rate(batches, batch -> kernel.logits(parameters, batch, logits));
    Optimizer optimizer = Optimizers.create(OptimizerConfig.defaults(), parameters);
    int bits = GradientSum.bitsFor(logits.length, 1);
    double[] training = rate(batches, batch -> step(kernel, parameters, optimizer, batch, bits));
    return new double[] {scoring[0], scoring[1], training[0], training[1]};
  }

  private static void step(
      Kernel kernel, Parameters parameters, Optimizer optimizer, EncodedBatch batch, int bits) {
    GradientSum sum = new GradientSum(parameters.layout(), bits);
    kernel.gradient(parameters, batch, null, sum);
    optimizer.step(sum.toGradient(), 0.001);
  }

  /** Rows per second, and per second of this thread's processor time: medians after a warm-up. */
  private double[] rate(List<EncodedBatch> batches, Consumer<EncodedBatch> work) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    List<Double> byClock = new ArrayList<>();
    List<Double> byProcessor = new ArrayList<>();
    long end = System.nanoTime() + 1_000_000_000L * option("seconds", 10);
    int round = 0;
    while (System.nanoTime() < end || byClock.isEmpty()) {
      EncodedBatch batch = batches.get(round % batches.size());
      long start = System.nanoTime();
      long used = threads.getCurrentThreadCpuTime();
      work.accept(batch);
      if (round++ >= 2 * batches.size()) {
        byClock.add(batch.rows() * 1e9 / (System.nanoTime() - start));
        byProcessor.add(batch.rows() * 1e9 / (threads.getCurrentThreadCpuTime() - used));
      }
    }
    return new double[] {median(byClock), median(byProcessor)};
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private EncodedBatch batch(int seed) {
    int rows = option("batch", 1024);
    int fields = option("fields", 39);
    int perField = option("vocab", 1_000_000) / fields;
    CounterRandom random = CounterRandom.of(seed, Purpose.ROW_ORDER);
    int[] ids = new int[rows * fields];
    Arrays.setAll(
        ids, i -> i % fields * perField + (int) (Math.pow(random.uniform(i), 4) * perField));
    float[] labels = new float[rows];
    for (int n = 0; n < rows; n++) {
      labels[n] = random.at(1).uniform(n) < 0.25 ? 1 : 0;
    }
    return EncodedBatch.ofIds(ids, labels);
  }
}
