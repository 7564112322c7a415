package io.destine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.param.Gradient;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.train.FloatingGradientSum;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Properties that callers rely on, apart from the results of one batch. */
class KernelBehaviourTest {
  /** A drop rate at which the chance that one of a million elements is kept is 1e-6. */
  private static final double ALMOST_ALL = 1 - 1e-12;

  static List<KernelProvider> kernels() {
    return TestedKernels.all();
  }

  static List<KernelProvider> exactKernels() {
    return TestedKernels.exact();
  }

  /**
   * One field of width 1 and one unit, so that the inputs of the normalization are easy to compute.
   */
  @ParameterizedTest
  @MethodSource("exactKernels")
  void batchStatisticsAreMeanAndUnbiasedVarianceTimesRows(KernelProvider provider) {
    ModelConfig config =
        ModelConfig.interaction()
            .embeddingDim(1)
            .layers(0)
            .deep(List.of(1))
            .batchNorm(true)
            .build();
    NetworkCase network = new NetworkCase("norm", config, FieldLayout.ofIds(1));
    Parameters p = new Parameters(network.layout(), Precision.FLOAT64, 3);
    double[] values = {1, 4, 7};
    for (int id = 0; id < 3; id++) {
      p.embedding().write(id, values, id);
    }
    p.dense()[p.layout().tensor("deep.0.weight").offset()] = 2;
    p.dense()[p.layout().tensor("deep.0.bias").offset()] = 0.5;
    Gradient three = gradient(provider, network, p, new int[] {0, 1, 2});
    assertThat(three.statistics()).containsExactly(new double[] {8.5 * 3, 36 * 3}, within(1e-12));
    Gradient one = gradient(provider, network, p, new int[] {1});
    assertThat(one.statistics()).containsExactly(new double[] {8.5, 0}, within(1e-12));
  }

  /** If all units are dropped, the output of the last layer is its bias. */
  @ParameterizedTest
  @MethodSource("kernels")
  void theDeepPartIsItsLastBiasWhenEveryUnitIsDropped(KernelProvider provider) {
    ModelConfig config =
        ModelConfig.interaction().layers(0).deep(List.of(9)).deepDropout(ALMOST_ALL).build();
    NetworkCase network = new NetworkCase("deep", config, FieldLayout.ofIds(4));
    Parameters p = network.parameters(Precision.FLOAT32);
    double logit =
        p.dense()[p.layout().tensor("output.bias").offset()]
            + p.dense()[p.layout().tensor("deep.1.bias").offset()];
    assertThat(loss(provider, network, p, new Dropout(3, 1)))
        .isCloseTo(2 * softplus(-logit) + 2 * softplus(logit), within(1e-5));
    assertThat(loss(provider, network, p, null))
        .isNotCloseTo(loss(provider, network, p, new Dropout(3, 1)), within(1e-2));
  }

  /** With all attention weights dropped, z = 0 in every layer, as if all values were zero. */
  @ParameterizedTest
  @MethodSource("kernels")
  void onlyTheResidualIsLeftWhenEveryAttentionWeightIsDropped(KernelProvider provider) {
    for (Attention attention : Attention.values()) {
      ModelConfig config =
          NetworkCase.base().toBuilder().attention(attention).attentionDropout(ALMOST_ALL).build();
      NetworkCase network = new NetworkCase("attention", config, FieldLayout.ofIds(4));
      Parameters p = network.parameters(Precision.FLOAT32);
      double dropped = loss(provider, network, p, new Dropout(3, 1));
      assertThat(loss(provider, network, p, null)).isNotCloseTo(dropped, within(1e-2));
      for (int l = 0; l < config.layers(); l++) {
        ParameterLayout.Tensor values = p.layout().tensor("layers." + l + ".value.weight");
        Arrays.fill(p.dense(), values.offset(), values.offset() + values.size(), 0);
      }
      p.changed();
      assertThat(dropped)
          .as(attention.key())
          .isCloseTo(loss(provider, network, p, null), within(1e-5));
    }
  }

  /** Labels of {@link NetworkCase#batchOfIds}: 1, 0, 0, 1. */
  private static double loss(
      KernelProvider provider, NetworkCase network, Parameters p, Dropout dropout) {
    FloatingGradientSum sum = new FloatingGradientSum(p.layout());
    kernel(provider, network, Precision.FLOAT32).gradient(p, network.batchOfIds(), dropout, sum);
    return sum.toGradient().loss();
  }

  private static double softplus(double z) {
    return Math.log1p(Math.exp(z));
  }

  @ParameterizedTest
  @MethodSource("exactKernels")
  void changedParametersAreSeenAfterTheirVersionMoves(KernelProvider provider) {
    NetworkCase network = new NetworkCase("version", NetworkCase.base(), FieldLayout.ofIds(4));
    Parameters p = network.parameters(Precision.FLOAT64);
    Kernel kernel = kernel(provider, network, Precision.FLOAT64);
    double[] before = new double[4];
    kernel.logits(p, network.batchOfIds(), before);
    p.dense()[p.layout().tensor("output.bias").offset()] += 2;
    p.changed();
    double[] after = new double[4];
    kernel.logits(p, network.batchOfIds(), after);
    for (int n = 0; n < 4; n++) {
      assertThat(after[n]).isCloseTo(before[n] + 2, within(1e-12));
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void theSameCallGivesTheSameBits(KernelProvider provider) {
    for (NetworkCase network : NetworkCase.all()) {
      Parameters p = network.parameters(Precision.FLOAT32);
      Kernel used = kernel(provider, network, Precision.FLOAT32);
      FloatingGradientSum first = new FloatingGradientSum(p.layout());
      used.gradient(p, network.batch(), new Dropout(3, 1), first);
      used.logits(p, network.batch().select(new int[] {2, 1}, 0, 2), new double[2]);
      for (Kernel kernel : List.of(used, kernel(provider, network, Precision.FLOAT32))) {
        FloatingGradientSum again = new FloatingGradientSum(p.layout());
        kernel.gradient(p, network.batch(), new Dropout(3, 1), again);
        assertThat(again.toGradient().dense())
            .as(network.name())
            .isEqualTo(first.toGradient().dense());
        assertThat(again.toGradient().embedding())
            .as(network.name())
            .isEqualTo(first.toGradient().embedding());
        assertThat(again.toGradient().loss()).isEqualTo(first.toGradient().loss());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void hugeLogitsHaveAFiniteLoss(KernelProvider provider) {
    ModelConfig config = ModelConfig.interaction().layers(0).wide(true).build();
    NetworkCase network = new NetworkCase("bias", config, FieldLayout.ofIds(1));
    Parameters p = new Parameters(network.layout(), Precision.FLOAT32, 1);
    p.dense()[0] = 1000;
    EncodedBatch batch = EncodedBatch.ofIds(new int[] {0, 0}, new float[] {0, 1});
    FloatingGradientSum sum = new FloatingGradientSum(p.layout());
    kernel(provider, network, Precision.FLOAT32).gradient(p, batch, null, sum);
    assertThat(sum.toGradient().loss()).isEqualTo(1000);
    assertThat(sum.toGradient().dense()).containsExactly(1);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aParameterThatIsNotANumberReachesTheLoss(KernelProvider provider) {
    for (NetworkCase network : NetworkCase.all()) {
      Parameters p = network.parameters(Precision.FLOAT32);
      double[] row = new double[p.embedding().width()];
      row[0] = Double.NaN;
      p.embedding().write(0, row, 0);
      FloatingGradientSum sum = new FloatingGradientSum(p.layout());
      kernel(provider, network, Precision.FLOAT32).gradient(p, network.batch(), null, sum);
      boolean seesEmbeddings = network.config().layers() > 0 || network.config().fm();
      assertThat(Double.isNaN(sum.toGradient().loss()))
          .as(network.name())
          .isEqualTo(seesEmbeddings);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void anEmptyBatchAddsNothing(KernelProvider provider) {
    NetworkCase network = new NetworkCase("empty", NetworkCase.base(), FieldLayout.ofIds(4));
    Parameters p = network.parameters(Precision.FLOAT32);
    Gradient gradient = gradient(provider, network, p, new int[0]);
    assertThat(gradient.rows()).isZero();
    assertThat(gradient.ids()).isEmpty();
    assertThat(gradient.dense()).containsOnly(0);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void parametersOfAnotherPrecisionAreRefused(KernelProvider provider) {
    NetworkCase network = new NetworkCase("precision", NetworkCase.base(), FieldLayout.ofIds(4));
    Parameters p = network.parameters(Precision.FLOAT64);
    Kernel kernel = kernel(provider, network, Precision.FLOAT32);
    assertThatThrownBy(() -> kernel.logits(p, network.batchOfIds(), new double[4]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("parameters must be float32 for this kernel, got float64");
  }

  private static Gradient gradient(
      KernelProvider provider, NetworkCase network, Parameters p, int[] ids) {
    FloatingGradientSum sum = new FloatingGradientSum(p.layout());
    EncodedBatch batch = EncodedBatch.ofIds(ids, new float[ids.length / network.fields().size()]);
    kernel(provider, network, p.precision()).gradient(p, batch, null, sum);
    return sum.toGradient();
  }

  private static Kernel kernel(KernelProvider provider, NetworkCase network, Precision precision) {
    return provider.create(network.config(), network.fields(), network.layout(), precision);
  }
}
