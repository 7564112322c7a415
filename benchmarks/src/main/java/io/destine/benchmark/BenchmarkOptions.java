package io.destine.benchmark;

import io.destine.kernel.KernelChoice;
import io.destine.model.NetworkKernels;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a benchmark without Spark. */
final class BenchmarkOptions {
  @Mixin private NetworkOptions shape = new NetworkOptions();

  @Option(
      names = "--vocab",
      split = ",",
      paramLabel = "V",
      description =
          "rows of the embedding table; default 1000000, score 100000, vocabulary 10000,10000000")
  private List<Integer> vocab = List.of();

  @Option(names = "--batch", description = "rows of a step; default 4096, score 1000")
  private Integer batch;

  @Option(names = "--threads", description = "number of parallel threads; default 1")
  private int threads = 1;

  @Option(names = "--kernel", description = "${COMPLETION-CANDIDATES}; default AUTO")
  private KernelChoice kernel = KernelChoice.AUTO;

  @Option(
      names = "--seconds",
      description = "seconds of each measurement, with its warm-up; default 10, score 60")
  private Integer seconds;

  /**
   * The same with defaults for options that are not in the arguments.
   *
   * @throws IllegalArgumentException naming the invalid option
   */
  BenchmarkOptions or(List<Integer> vocab, int batch, int seconds) {
    this.vocab = this.vocab.isEmpty() ? vocab : this.vocab;
    this.batch = this.batch == null ? batch : this.batch;
    this.seconds = this.seconds == null ? seconds : this.seconds;
    atLeast("fields", 1, shape.fields);
    atLeast("batch", 1, this.batch);
    atLeast("threads", 1, threads);
    atLeast("seconds", 0, this.seconds);
    this.vocab.forEach(rows -> atLeast("vocab", shape.fields, rows));
    return this;
  }

  private static void atLeast(String name, int least, int found) {
    if (found < least) {
      throw new IllegalArgumentException(
          "--" + name + " must be at least " + least + ", got " + found);
    }
  }

  NetworkOptions shape() {
    return shape;
  }

  List<Integer> vocab() {
    return vocab;
  }

  int batch() {
    return batch;
  }

  int threads() {
    return threads;
  }

  int seconds() {
    return seconds;
  }

  /** Kernels of the network; the choice auto is resolved. */
  NetworkKernels kernels() {
    return new NetworkKernels(shape.network(), kernel).resolved();
  }

  /** V of a benchmark with a single table. */
  int singleVocab() {
    if (vocab.size() != 1) {
      throw new IllegalArgumentException(
          "--vocab must be one number here, got " + vocab.size() + " of them");
    }
    return vocab.get(0);
  }

  /** Checks that one thread is requested, for a benchmark with one thread. */
  void requireOneThread() {
    if (threads != 1) {
      throw new IllegalArgumentException("--threads must be 1 here, got " + threads);
    }
  }
}
