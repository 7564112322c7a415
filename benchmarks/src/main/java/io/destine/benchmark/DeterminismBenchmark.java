package io.destine.benchmark;

import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.kernel.Kernel;
import io.destine.model.NetworkKernels;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.Gradient;
import io.destine.param.Parameters;
import io.destine.train.GradientSum;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The cost of sums that do not depend on the order. A step has two tasks, each with half of the
 * blocks; their gradients are added up, merged and passed to the optimiser, once as fixed-point
 * numbers and once as plain floats. Runs in one thread; the two variants alternate step by step.
 */
final class DeterminismBenchmark {
  private static final double LEARNING_RATE = 0.001;
  private static final int TASKS = 2;

  private final BenchmarkOptions options;
  private final NetworkKernels kernels;
  private final Parameters parameters;
  private final Kernel kernel;
  private final Optimizer optimizer;
  private final int bits;

  DeterminismBenchmark(BenchmarkOptions options) {
    options.requireOneThread();
    this.options = options;
    kernels = options.kernels();
    parameters = kernels.network().initialParameters(options.singleVocab(), 7);
    kernel = kernels.create();
    optimizer = Optimizers.create(OptimizerConfig.of(OptimizerKind.ADAM, 0.001), parameters, 1);
    bits = GradientSum.bitsFor(options.batch(), 1);
  }

  /** Milliseconds of both steps, and the difference as a fraction of the deterministic step. */
  Map<String, Object> run() {
    List<List<EncodedBatch>> batches = new ArrayList<>();
    for (EncodedBatch batch :
        SkewedRows.batches(options.batch(), options.shape().fields, options.singleVocab())) {
      batches.add(partitions(batch));
    }
    long start = System.nanoTime();
    long warm = start + options.seconds() * 1_000_000_000L / 3;
    long end = start + options.seconds() * 1_000_000_000L;
    List<Double> exact = new ArrayList<>();
    List<Double> plain = new ArrayList<>();
    int round = 0;
    do {
      List<EncodedBatch> batch = batches.get(round++ % batches.size());
      // The variant that runs first alternates between rounds.
      double first = seconds(batch, round % 2 == 0);
      double second = seconds(batch, round % 2 != 0);
      if (System.nanoTime() >= warm || options.seconds() == 0) {
        exact.add(round % 2 == 0 ? first : second);
        plain.add(round % 2 == 0 ? second : first);
      }
    } while (System.nanoTime() < end);
    double exactSeconds = median(exact);
    double plainSeconds = median(plain);
    Map<String, Object> line = Measurement.of("determinism", options, kernels);
    line.put("vocab", options.singleVocab());
    line.put("rounds", exact.size());
    line.put("step_ms", Measurement.milliseconds(exactSeconds));
    line.put("step_ms_plain_floats", Measurement.milliseconds(plainSeconds));
    line.put("cost_share", Measurement.ratio(exactSeconds - plainSeconds, exactSeconds));
    return line;
  }

  private List<EncodedBatch> partitions(EncodedBatch batch) {
    int count = TrainConfig.blocksPerStepFor(options.batch());
    int[] order = new int[batch.rows()];
    for (int n = 0; n < order.length; n++) {
      order[n] = n;
    }
    List<EncodedBatch> parts = new ArrayList<>();
    for (int p = 0; p < count; p++) {
      parts.add(
          batch.select(
              order,
              (int) ((long) p * batch.rows() / count),
              (int) ((p + 1L) * batch.rows() / count)));
    }
    return parts;
  }

  private double seconds(List<EncodedBatch> partitions, boolean exact) {
    long start = System.nanoTime();
    if (exact) {
      GradientSum sum = fixedPoint(partitions);
      optimizer.step(sum.toGradient(), LEARNING_RATE);
      sum.release();
    } else {
      optimizer.step(floats(partitions), LEARNING_RATE);
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private GradientSum fixedPoint(List<EncodedBatch> partitions) {
    GradientSum merged = new GradientSum();
    for (int t = 0; t < TASKS; t++) {
      GradientSum sum = new GradientSum(parameters.layout(), bits);
      for (EncodedBatch partition : ofTask(partitions, t)) {
        kernel.gradient(parameters, partition, null, sum);
      }
      merged = merged.merge(sum);
    }
    return merged;
  }

  private Gradient floats(List<EncodedBatch> partitions) {
    PlainGradientSum merged = null;
    for (int t = 0; t < TASKS; t++) {
      PlainGradientSum sum = new PlainGradientSum(parameters.layout());
      for (EncodedBatch partition : ofTask(partitions, t)) {
        kernel.gradient(parameters, partition, null, sum);
      }
      if (merged == null) {
        merged = sum;
      } else {
        merged.merge(sum);
      }
    }
    return merged.toGradient();
  }

  private static List<EncodedBatch> ofTask(List<EncodedBatch> partitions, int task) {
    int half = partitions.size() / TASKS;
    return task == 0 ? partitions.subList(0, half) : partitions.subList(half, partitions.size());
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
