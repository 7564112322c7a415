package io.destine.benchmark;

import io.destine.kernel.KernelChoice;
import io.destine.kernel.vector.Sgemm;
import java.util.Arrays;
import java.util.Map;

/**
 * Floating-point operations of the products of the paper's network, and the vector kernel's rate
 * relative to a bare product of matrices.
 */
final class Operations {
  private static final int ROUNDS = 60;
  private static final long ROUND_NANOS = 50_000_000;

  private Operations() {}

  /**
   * Operations of the gradient of one row. In each layer: four projections of M fields and one of
   * the mean field, M + 1 queries with M keys, M + 1 lines of weights with M values; then the
   * output. The backward pass takes twice the forward pass. Other operations are not counted.
   */
  static double ofGradient(BenchmarkOptions options) {
    double fields = options.shape().fields;
    double width = options.shape().heads * options.shape().headDim;
    double sum = 0;
    double in = options.shape().d;
    for (int l = 0; l < options.shape().layers; l++) {
      sum += (4 * fields + 1) * in * width + 2 * (fields + 1) * fields * width;
      in = width;
    }
    return 3 * 2 * (sum + fields * width);
  }

  /** Adds the rates to a line, if it describes the vector kernel in one thread. */
  static void add(
      Map<String, Object> line, BenchmarkOptions options, String kernel, double gradientRate) {
    if (options.threads() > 1 || !kernel.equals(KernelChoice.VECTOR.key())) {
      return;
    }
    double gradient = ofGradient(options) * gradientRate / 1e9;
    double sgemm = sgemm();
    line.put("gradient_gflops", Math.round(10 * gradient) / 10.0);
    line.put("sgemm_gflops", Math.round(10 * sgemm) / 10.0);
    line.put("share_of_sgemm", Measurement.ratio(gradient, sgemm));
  }

  /** Billions of operations per second: the median round of the second half. */
  private static double sgemm() {
    Sgemm sgemm = new Sgemm();
    double[] rates = new double[ROUNDS];
    float kept = 0;
    for (int r = 0; r < ROUNDS; r++) {
      long start = System.nanoTime();
      long n = 0;
      while (System.nanoTime() - start < ROUND_NANOS) {
        for (int i = 0; i < 50; i++) {
          kept += sgemm.multiply();
        }
        n += 50;
      }
      rates[r] = n * sgemm.operations() / (System.nanoTime() - start);
    }
    if (Float.isNaN(kept)) {
      throw new IllegalStateException("a product of numbers must be a number, got NaN");
    }
    double[] later = Arrays.copyOfRange(rates, ROUNDS / 2, ROUNDS);
    Arrays.sort(later);
    return later[later.length / 2];
  }
}
