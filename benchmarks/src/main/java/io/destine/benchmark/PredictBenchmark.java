package io.destine.benchmark;

import io.destine.feature.EncodedBatch;
import io.destine.model.NetworkKernels;
import io.destine.param.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * Scoring of encoded rows in memory, up to probabilities, in threads that share the parameters,
 * compared with a training step of the same batch in one thread.
 */
final class PredictBenchmark {
  private final BenchmarkOptions options;
  private final NetworkKernels kernels;
  private final List<EncodedBatch> batches;

  PredictBenchmark(BenchmarkOptions options) {
    this.options = options;
    kernels = options.kernels();
    batches = SkewedRows.batches(options.batch(), options.shape().fields, options.singleVocab());
  }

  /** Rows per second of each thread, and the ratio to the rate of training. */
  Map<String, Object> run() {
    Parameters shared = kernels.network().initialParameters(options.singleVocab(), 7);
    List<Callable<Double>> works = new ArrayList<>();
    for (TrainingStep step :
        IntStream.range(0, options.threads())
            .mapToObj(t -> new TrainingStep(kernels, shared, options.batch()))
            .toList()) {
      works.add(() -> rate(Rounds.measure(batches, options.seconds(), step::predict)));
    }
    double all = OwnThreads.together(works).stream().mapToDouble(Double::doubleValue).sum();
    double perThread = all / options.threads();
    TrainingStep training = new TrainingStep(kernels, shared, options.batch());
    double trained = rate(Rounds.measure(batches, options.seconds(), training::step));
    Map<String, Object> line = Measurement.of("predict", options, kernels);
    line.put("vocab", options.singleVocab());
    line.put("rows_per_s", Math.round(all));
    line.put("rows_per_s_per_thread", Math.round(perThread));
    line.put("training_rows_per_s", Math.round(trained));
    line.put("ratio_to_training", Measurement.ratio(perThread, trained));
    return line;
  }

  private double rate(Rounds rounds) {
    return options.batch() / rounds.seconds();
  }
}
