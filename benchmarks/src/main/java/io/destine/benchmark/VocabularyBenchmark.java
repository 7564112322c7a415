package io.destine.benchmark;

import io.destine.feature.EncodedBatch;
import io.destine.model.NetworkKernels;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The same training step, in one thread, on a small table and on a large one. With the large table,
 * batches of skewed ids have more distinct ids, and a table row has to be updated for each of them.
 * So a third case uses the small table's batches with their ids spread over the large table: the
 * same number of rows to update, but far apart.
 *
 * <p>The cases alternate, a second each, so that other load of the machine affects all of them.
 */
final class VocabularyBenchmark {
  private static final long TURN_NANOS = 1_000_000_000L;

  private final BenchmarkOptions options;
  private final NetworkKernels kernels;

  VocabularyBenchmark(BenchmarkOptions options) {
    if (options.vocab().size() != 2 || options.vocab().get(0) > options.vocab().get(1)) {
      throw new IllegalArgumentException(
          "--vocab must be two numbers, a small and a large one, such as 10000,10000000");
    }
    options.requireOneThread();
    this.options = options;
    kernels = options.kernels();
  }

  /** Milliseconds of the three cases, ratios to the small table, and the heap of each table. */
  Map<String, Object> run() {
    int small = options.vocab().get(0);
    int large = options.vocab().get(1);
    long empty = heapBytes();
    TrainingStep onSmall = new TrainingStep(kernels, small, options.batch());
    List<EncodedBatch> few = SkewedRows.batches(options.batch(), options.shape().fields, small);
    few.forEach(onSmall::step);
    long withSmall = heapBytes();
    TrainingStep onLarge = new TrainingStep(kernels, large, options.batch());
    List<EncodedBatch> many = SkewedRows.batches(options.batch(), options.shape().fields, large);
    List<EncodedBatch> spread =
        few.stream().map(batch -> SkewedRows.spread(batch, large / small)).toList();
    many.forEach(onLarge::step);
    long withLarge = heapBytes();

    List<Rounds> times = inTurns(onSmall, few, onLarge, many, spread);
    Map<String, Object> line = Measurement.of("vocabulary", options, kernels);
    line.put("vocab_small", small);
    line.put("vocab_large", large);
    line.put("step_ms_small", Measurement.milliseconds(times.get(0).seconds()));
    line.put("step_ms_large", Measurement.milliseconds(times.get(1).seconds()));
    line.put("ratio", Measurement.ratio(times.get(1).seconds(), times.get(0).seconds()));
    line.put("step_ms_large_same_rows", Measurement.milliseconds(times.get(2).seconds()));
    line.put("ratio_same_rows", Measurement.ratio(times.get(2).seconds(), times.get(0).seconds()));
    line.put("distinct_ids_small", SkewedRows.distinct(few));
    line.put("distinct_ids_large", SkewedRows.distinct(many));
    line.put("heap_mb_small", megabytes(withSmall - empty));
    line.put("heap_mb_large", megabytes(withLarge - withSmall));
    return line;
  }

  private List<Rounds> inTurns(
      TrainingStep onSmall,
      List<EncodedBatch> few,
      TrainingStep onLarge,
      List<EncodedBatch> many,
      List<EncodedBatch> spread) {
    List<Rounds> sums = new ArrayList<>();
    int turns = Math.max(1, options.seconds() / 3) + 1;
    for (int turn = 0; turn < turns; turn++) {
      List<Rounds> times = List.of(turn(onSmall, few), turn(onLarge, many), turn(onLarge, spread));
      if (turn == 0) {
        continue;
      }
      for (int i = 0; i < times.size(); i++) {
        if (turn == 1) {
          sums.add(times.get(i));
        } else {
          sums.set(i, sums.get(i).and(times.get(i)));
        }
      }
    }
    return sums;
  }

  /** The first step of a turn is not counted, since the caches contain another table. */
  private Rounds turn(TrainingStep step, List<EncodedBatch> batches) {
    step.step(batches.get(0));
    long nanos = options.seconds() == 0 ? 0 : TURN_NANOS;
    return Rounds.timed(batches, 1, System.nanoTime() + nanos, step::step);
  }

  private static long megabytes(long bytes) {
    return Math.round(bytes / 1e6);
  }

  private static long heapBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
