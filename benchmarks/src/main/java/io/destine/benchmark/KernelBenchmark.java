package io.destine.benchmark;

import io.destine.feature.EncodedBatch;
import io.destine.model.NetworkKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * A whole training step without Spark: gradient, fixed-point sum and lazy Adam, in one thread or in
 * several independent threads; also its parts.
 */
final class KernelBenchmark {
  private final BenchmarkOptions options;
  private final NetworkKernels kernels;
  private final List<EncodedBatch> batches;

  KernelBenchmark(BenchmarkOptions options) {
    this.options = options;
    kernels = options.kernels();
    batches = SkewedRows.batches(options.batch(), options.shape().fields, options.singleVocab());
  }

  /** Rows per second of all threads together, by part of the step. */
  Map<String, Object> run() {
    List<TrainingStep> steps =
        IntStream.range(0, options.threads())
            .mapToObj(t -> new TrainingStep(kernels, options.singleVocab(), options.batch()))
            .toList();
    List<Rounds> logits = measure(steps, TrainingStep::logits);
    List<Rounds> gradient = measure(steps, TrainingStep::sum);
    List<Rounds> whole = measure(steps, TrainingStep::step);
    Map<String, Object> line = Measurement.of("kernel", options, kernels);
    line.put("vocab", options.singleVocab());
    line.put(
        "step_ms", Measurement.milliseconds(options.batch() / rate(whole) * options.threads()));
    line.put("rows_per_s", Math.round(rate(whole)));
    line.put("rows_per_cpu_s", Math.round(processorRate(whole)));
    line.put("gradient_rows_per_s", Math.round(rate(gradient)));
    line.put("logits_rows_per_s", Math.round(rate(logits)));
    Operations.add(line, options, kernels.choice().key(), rate(gradient));
    return line;
  }

  private List<Rounds> measure(
      List<TrainingStep> steps, BiConsumer<TrainingStep, EncodedBatch> work) {
    List<Callable<Rounds>> works = new ArrayList<>();
    for (TrainingStep step : steps) {
      works.add(
          () -> Rounds.measure(batches, options.seconds(), batch -> work.accept(step, batch)));
    }
    return OwnThreads.together(works);
  }

  private double rate(List<Rounds> rounds) {
    return rounds.stream().mapToDouble(r -> options.batch() / r.seconds()).sum();
  }

  private double processorRate(List<Rounds> rounds) {
    return rounds.stream().mapToDouble(r -> options.batch() / r.processorSeconds()).sum();
  }
}
