package io.destine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.train.GradientSum;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * In steady state a kernel allocates nothing for a row: a vector boxed by the compiler, or newly
 * allocated scratch memory, costs hundreds of bytes per row and most of the speed. Tests the
 * kernels that can run here, except ND4J's, where every operation creates an object.
 */
class AllocationTest {
  private static final int ROWS = 256;
  private static final int FIELDS = 7;
  private static final int VOCABULARY = 700;

  /** A few objects a call are nothing among {@value #ROWS} rows; one a row is more than this. */
  private static final double BYTES_PER_ROW = 8;

  /** An id and the start of its sums take 8 bytes; the rest is a margin. */
  private static final double BYTES_PER_TOUCHED_ROW = 24;

  /** Scratch memory of the optimiser, 27,000 bytes for each table, and other fixed costs. */
  private static final double STEP_BYTES = 70_000;

  private static final long PATIENCE_SECONDS = 60;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static Stream<Arguments> kernels() {
    return ServiceLoader.load(KernelProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .map(KernelProvider::choice)
        .filter(choice -> choice != KernelChoice.ND4J)
        .filter(AllocationTest::runsHere)
        .flatMap(
            choice ->
                Stream.of(
                    Arguments.of(choice, Named.of("interaction", config(false))),
                    Arguments.of(choice, Named.of("all parts", config(true)))));
  }

  private static boolean runsHere(KernelChoice choice) {
    return ServiceLoader.load(KernelProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .anyMatch(provider -> provider.choice() == choice && provider.obstacle().isEmpty());
  }

  private static ModelConfig config(boolean all) {
    ModelConfig.Builder config =
        ModelConfig.interaction().embeddingDim(16).heads(2).headDim(16).layers(2);
    return all
        ? config.wide(true).fm(true).deep(List.of(32, 16)).bias(true).deepDropout(0.1).build()
        : config.build();
  }

  @ParameterizedTest(name = "{0}, {1}", allowZeroInvocations = true)
  @MethodSource("kernels")
  void nothingIsAllocatedForARow(KernelChoice choice, ModelConfig config) {
    Parameters parameters = parameters(config);
    ParameterLayout layout = parameters.layout();
    Kernel kernel = kernel(choice, config, layout);
    EncodedBatch batch = batch();
    Dropout dropout = new Dropout(1, 0);
    // Room for the sum of all calls.
    GradientSum sum = new GradientSum(layout, GradientSum.bitsFor(1 << 28, 1));
    double[] logits = new double[ROWS];
    assertThat(bytesPerRow(() -> kernel.gradient(parameters, batch, dropout, sum)))
        .as("gradient")
        .isLessThan(BYTES_PER_ROW);
    assertThat(bytesPerRow(() -> kernel.logits(parameters, batch, logits)))
        .as("logits")
        .isLessThan(BYTES_PER_ROW);
  }

  /**
   * A whole step allocates the dense gradient and a few numbers for each touched row, while the
   * kernel still allocates nothing: if a second shape of float vectors were used anywhere, the
   * compiler would box the kernel's vectors, too.
   */
  @ParameterizedTest(name = "{0}, {1}", allowZeroInvocations = true)
  @MethodSource("kernels")
  void aStepAllocatesFewBytesForATouchedRow(KernelChoice choice, ModelConfig config) {
    Parameters parameters = parameters(config);
    ParameterLayout layout = parameters.layout();
    Kernel kernel = kernel(choice, config, layout);
    Optimizer optimizer =
        Optimizers.create(OptimizerConfig.of(OptimizerKind.ADAM, 0.001), parameters, 1);
    EncodedBatch batch = batch();
    Dropout dropout = new Dropout(1, 0);
    int bits = GradientSum.bitsFor(ROWS, 1);
    int touched = (int) Arrays.stream(batch.ids()).distinct().count();
    assertThat(touched).isGreaterThan(2 * ROWS);
    double dense = 2 * Long.BYTES * (layout.denseSize() + layout.statisticsSize());
    double most = dense + STEP_BYTES + BYTES_PER_TOUCHED_ROW * touched;
    Runnable step =
        () -> {
          GradientSum sum = new GradientSum(layout, bits);
          kernel.gradient(parameters, batch, dropout, sum);
          optimizer.step(sum.toGradient(), 0.001);
          sum.release();
        };
    assertThat(bytes(step, most)).as("step").isLessThan(most);
  }

  private static Parameters parameters(ModelConfig config) {
    return Parameters.initial(
        ParameterLayout.of(config, FieldLayout.ofIds(FIELDS)), Precision.FLOAT32, VOCABULARY, 3);
  }

  private static Kernel kernel(KernelChoice choice, ModelConfig config, ParameterLayout layout) {
    return Kernels.create(choice, config, FieldLayout.ofIds(FIELDS), layout, Precision.FLOAT32);
  }

  private static double bytesPerRow(Runnable call) {
    return bytes(call, BYTES_PER_ROW * ROWS) / ROWS;
  }

  /**
   * Bytes per call, the minimum over many rounds: a kernel allocates until its code is compiled.
   */
  private static double bytes(Runnable call, double most) {
    long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
    double least = Double.POSITIVE_INFINITY;
    long id = Thread.currentThread().getId();
    while (least >= most && System.nanoTime() < end) {
      long before = THREADS.getThreadAllocatedBytes(id);
      for (int i = 0; i < 20; i++) {
        call.run();
      }
      least = Math.min(least, (THREADS.getThreadAllocatedBytes(id) - before) / 20.0);
    }
    return least;
  }

  private static EncodedBatch batch() {
    CounterRandom random = CounterRandom.of(5, Purpose.ROW_ORDER);
    int[] ids = new int[ROWS * FIELDS];
    Arrays.setAll(ids, i -> i % FIELDS * 100 + random.below(100, i));
    float[] labels = new float[ROWS];
    for (int n = 0; n < ROWS; n++) {
      labels[n] = random.at(1).below(2, n);
    }
    return EncodedBatch.ofIds(ids, labels);
  }
}
