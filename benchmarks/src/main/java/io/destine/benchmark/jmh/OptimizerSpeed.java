package io.destine.benchmark.jmh;

import io.destine.benchmark.SkewedRows;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.feature.FieldLayout;
import io.destine.model.Destine;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.Gradient;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.Arrays;
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
 * Milliseconds of an optimiser's step: the dense tensors and the table rows touched by 4096 rows of
 * 39 skewed ids, d = 16. Uses the gradients of four batches in turn. Runs on all cores, as on the
 * driver.
 *
 * <pre>
 *   submit-scripts/bench.sh jmh OptimizerSpeed -p optimizer=adam
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class OptimizerSpeed {
  private static final int FIELDS = 39;
  private static final int D = 16;
  private static final int ROWS = 4096;

  @Param({"sgd", "adagrad", "adam"})
  String optimizer;

  @Param({"10000", "1000000", "10000000"})
  int vocabulary;

  private final Gradient[] gradients = new Gradient[4];
  private Optimizer moved;
  private int turn;

  @Setup
  public void create() {
    ModelConfig config =
        ModelConfig.interaction().embeddingDim(D).heads(2).headDim(16).layers(3).build();
    Destine network = new Destine(config, FieldLayout.ofIds(FIELDS));
    OptimizerKind kind = OptimizerKind.valueOf(optimizer.toUpperCase(Locale.ROOT));
    moved =
        Optimizers.create(
            OptimizerConfig.of(kind, 0.001), network.initialParameters(vocabulary, 7));
    for (int g = 0; g < gradients.length; g++) {
      int[] ids = SkewedRows.batch(g, ROWS, FIELDS, vocabulary).ids();
      int[] touched = Arrays.stream(ids).sorted().distinct().toArray();
      gradients[g] =
          new Gradient(
              random(g, network.layout().denseSize()),
              new double[0],
              touched,
              random(g, touched.length * D),
              null,
              ROWS * 0.5,
              ROWS,
              ROWS);
    }
  }

  private static double[] random(int seed, int n) {
    CounterRandom random = CounterRandom.of(seed, Purpose.DENSE_INIT);
    double[] numbers = new double[n];
    Arrays.setAll(numbers, i -> random.uniform(i) - 0.5);
    return numbers;
  }

  /** One step. */
  @Benchmark
  public long step() {
    moved.step(gradients[turn++ % gradients.length], 0.001);
    return moved.steps();
  }
}
