package io.destine.kernel;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.param.FloatingGradientSum;
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
 * Prints rows per second of a kernel's logits and gradients, on skewed ids, as one JSON line. Run
 * after {@code mvn test-compile} with the test class path:
 *
 * <pre>
 *   java io.destine.kernel.KernelThroughput --kernel nd4j --batch 1024 --fields 39 --d 16
 *       --heads 2 --head-dim 16 --layers 3 --vocab 1000000 --threads 1 --seconds 5
 * </pre>
 */
public final class KernelThroughput {
  private final Map<String, String> options = new HashMap<>();

  private KernelThroughput(String[] arguments) {
    for (int i = 0; i < arguments.length; i += 2) {
      options.put(arguments[i].substring(2), arguments[i + 1]);
    }
  }

  /** Runs with the given options; those above are the defaults. */
  public static void main(String[] arguments) throws InterruptedException, ExecutionException {
    new KernelThroughput(arguments).run();
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
    Parameters parameters =
        Parameters.initial(layout, Precision.FLOAT32, option("vocab", 1_000_000), 7);
    KernelChoice choice =
        KernelChoice.valueOf(options.getOrDefault("kernel", "auto").toUpperCase(Locale.ROOT));
    List<Callable<double[]>> tasks = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      tasks.add(
          () ->
              rates(Kernels.create(choice, config, fields, layout, Precision.FLOAT32), parameters));
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
            + "\"gradient_rows_per_s\": %.0f, \"gradient_rows_per_cpu_s\": %.0f}%n",
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
    double[] training =
        rate(
            batches,
            batch ->
                kernel.gradient(
                    parameters, batch, null, new FloatingGradientSum(parameters.layout())));
    return new double[] {scoring[0], scoring[1], training[0], training[1]};
  }

  /** Rows per second, and per second of this thread's processor time, of the best round. */
  private double[] rate(List<EncodedBatch> batches, Consumer<EncodedBatch> work) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    double[] best = new double[2];
    long end = System.nanoTime() + 1_000_000_000L * option("seconds", 5);
    while (System.nanoTime() < end) {
      long start = System.nanoTime();
      long used = threads.getCurrentThreadCpuTime();
      double rows = 0;
      while (System.nanoTime() - start < 300_000_000L) {
        for (EncodedBatch batch : batches) {
          work.accept(batch);
          rows += batch.rows();
        }
      }
      best[0] = Math.max(best[0], rows * 1e9 / (System.nanoTime() - start));
      best[1] = Math.max(best[1], rows * 1e9 / (threads.getCurrentThreadCpuTime() - used));
    }
    return best;
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
