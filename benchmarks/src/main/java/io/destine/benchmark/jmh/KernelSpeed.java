package io.destine.benchmark.jmh;

import io.destine.benchmark.SkewedRows;
import io.destine.config.ModelConfig;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelChoice;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.param.Parameters;
import io.destine.train.GradientSum;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Milliseconds of a kernel for 1024 rows, 100,000 ids, by shape.
 *
 * <pre>
 *   submit-scripts/bench.sh jmh KernelSpeed -p kernel=auto,nd4j
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class KernelSpeed {
  private static final int ROWS = 1024;
  private static final int VOCABULARY = 100_000;

  /** M, d, H, c, L; "deep" adds a first-order weight and an MLP. */
  @Param({"39-16-2-16-3", "10-16-2-16-2", "39-16-2-16-3-deep", "6-16-2-16-3-deep"})
  String shape;

  @Param("auto")
  String kernel;

  private Kernel one;
  private Parameters parameters;
  private EncodedBatch batch;
  private GradientSum sum;
  private double[] logits;

  @Setup
  public void create() {
    String[] parts = shape.split("-", -1);
    int fields = Integer.parseInt(parts[0]);
    ModelConfig.Builder config =
        ModelConfig.interaction()
            .embeddingDim(Integer.parseInt(parts[1]))
            .heads(Integer.parseInt(parts[2]))
            .headDim(Integer.parseInt(parts[3]))
            .layers(Integer.parseInt(parts[4]));
    if (parts.length > 5) {
      config.wide(true).deep(List.of(128, 64));
    }
    Destine network = new Destine(config.build(), FieldLayout.ofIds(fields));
    KernelChoice choice = KernelChoice.valueOf(kernel.toUpperCase(Locale.ROOT));
    one = new NetworkKernels(network, choice).create();
    parameters = network.initialParameters(VOCABULARY, 7);
    batch = SkewedRows.batch(0, ROWS, fields, VOCABULARY);
    // Few enough fractional bits that the sum of all rounds does not overflow.
    sum = new GradientSum(network.layout(), GradientSum.bitsFor(1 << 24, 1));
    logits = new double[ROWS];
  }

  /** Scoring. */
  @Benchmark
  public double[] logits() {
    one.logits(parameters, batch, logits);
    return logits;
  }

  /** Forward and backward, added to a fixed-point sum. */
  @Benchmark
  public GradientSum gradient() {
    one.gradient(parameters, batch, null, sum);
    return sum;
  }
}
