package io.destine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.param.Gradient;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.train.FloatingGradientSum;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Identities between different inputs or parameters that follow from the equations, in float64. */
class OptionEquivalenceTest {
  private static final double EXACT = 1e-12;

  static List<KernelProvider> kernels() {
    return TestedKernels.exact();
  }

  /** Fields with single ids, permuted to the order 2, 0, 3, 1. */
  @ParameterizedTest
  @MethodSource("kernels")
  void permutingFieldsWithTheirOutputWeightsKeepsTheLogit(KernelProvider provider) {
    ModelConfig config =
        NetworkCase.base().toBuilder().wide(true).fm(true).deep(List.of(4)).build();
    int[] order = {2, 0, 3, 1};
    NetworkCase straight = new NetworkCase("straight", config, ids(new int[] {0, 1, 2, 3}));
    NetworkCase permuted = new NetworkCase("permuted", config, ids(order));
    Parameters p = straight.parameters(Precision.FLOAT64);
    Parameters q = permuted.parameters(Precision.FLOAT64);
    System.arraycopy(p.dense(), 0, q.dense(), 0, p.dense().length);
    permuteColumns(p, q, "output.weight", order);
    permuteColumns(p, q, "deep.0.weight", order);
    q.changed();
    int[] rows = {0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 0, 1};
    int[] permutedRows = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      permutedRows[i] = rows[i - i % 4 + order[i % 4]];
    }
    float[] labels = new float[3];
    double[] expected = logits(provider, straight, p, EncodedBatch.ofIds(rows, labels));
    double[] found = logits(provider, permuted, q, EncodedBatch.ofIds(permutedRows, labels));
    assertThat(found).containsExactly(expected, within(EXACT));
  }

  private static FieldLayout ids(int[] order) {
    return new FieldLayout(Arrays.stream(order).mapToObj(m -> FieldShape.id("f" + m)).toList());
  }

  /** Moves the blocks of columns that belong to the fields. */
  private static void permuteColumns(Parameters from, Parameters to, String name, int[] order) {
    ParameterLayout.Tensor tensor = from.layout().tensor(name);
    int columns = tensor.shape().get(1);
    int perField = columns / order.length;
    for (int at = 0; at < tensor.size(); at++) {
      int column = at % columns;
      int source = order[column / perField] * perField + column % perField;
      to.dense()[tensor.offset() + at] = from.dense()[tensor.offset() + at - column + source];
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void keyBiasesChangeNothingWithoutReluBeforeAttention(KernelProvider provider) {
    for (Attention attention : Attention.values()) {
      ModelConfig config = NetworkCase.base().toBuilder().bias(true).attention(attention).build();
      double[] change = changeByKeyBias(provider, config);
      assertThat(change).as(attention.key()).containsExactly(new double[4], within(EXACT));
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void keyBiasesMatterWithReluBeforeAttention(KernelProvider provider) {
    ModelConfig config =
        NetworkCase.base().toBuilder().bias(true).reluBeforeAttention(true).build();
    assertThat(Arrays.stream(changeByKeyBias(provider, config)).map(Math::abs).max().orElseThrow())
        .isGreaterThan(1e-3);
  }

  private static double[] changeByKeyBias(KernelProvider provider, ModelConfig config) {
    NetworkCase network = new NetworkCase("biased", config, NetworkCase.ALL_KINDS);
    Parameters p = network.parameters(Precision.FLOAT64);
    double[] before = logits(provider, network, p, network.batch());
    ParameterLayout.Tensor bias = p.layout().tensor("layers.0.key.bias");
    for (int i = 0; i < bias.size(); i++) {
      p.dense()[bias.offset() + i] += 1 + i;
    }
    p.changed();
    double[] after = logits(provider, network, p, network.batch());
    Arrays.setAll(after, n -> after[n] - before[n]);
    return after;
  }

  /** In float64, where regrouping a sum moves only the last bits. */
  @ParameterizedTest
  @MethodSource("kernels")
  void gradientOfABatchIsTheSumOverItsRows(KernelProvider provider) {
    ModelConfig config =
        NetworkCase.base().toBuilder()
            .wide(true)
            .fm(true)
            .deep(List.of(5, 4))
            .attentionDropout(0.3)
            .deepDropout(0.3)
            .build();
    NetworkCase network = new NetworkCase("rows", config, NetworkCase.ALL_KINDS);
    Parameters p = network.parameters(Precision.FLOAT64);
    EncodedBatch batch = network.batch();
    Kernel kernel = kernel(provider, network);
    FloatingGradientSum whole = new FloatingGradientSum(p.layout());
    FloatingGradientSum byRow = new FloatingGradientSum(p.layout());
    Dropout dropout = new Dropout(3, 1);
    kernel.gradient(p, batch, dropout, whole);
    for (int n = 0; n < batch.rows(); n++) {
      kernel.gradient(p, batch.select(new int[] {n}, 0, 1), dropout, byRow);
    }
    Gradient expected = byRow.toGradient();
    Gradient found = whole.toGradient();
    assertThat(found.ids()).isEqualTo(expected.ids());
    assertThat(found.dense()).containsExactly(expected.dense(), within(EXACT));
    assertThat(found.embedding()).containsExactly(expected.embedding(), within(EXACT));
    assertThat(found.wide()).containsExactly(expected.wide(), within(EXACT));
    assertThat(found.loss()).isCloseTo(expected.loss(), within(EXACT));
  }

  /** A batch longer than the kernel's passes, whose last pass is short. */
  @ParameterizedTest
  @MethodSource("kernels")
  void longBatchesHaveTheLogitsAndGradientsOfTheirPieces(KernelProvider provider) {
    NetworkCase network = new NetworkCase("long", NetworkCase.base(), FieldLayout.ofIds(4));
    Parameters p = network.parameters(Precision.FLOAT64);
    int rows = 2503;
    int[] ids = new int[4 * rows];
    float[] labels = new float[rows];
    Arrays.setAll(ids, i -> (i * 7 + i / 4) % 9);
    for (int n = 0; n < rows; n++) {
      labels[n] = n % 3 == 0 ? 1 : 0;
    }
    EncodedBatch batch = EncodedBatch.ofIds(ids, labels);
    Kernel kernel = kernel(provider, network);
    double[] found = new double[rows];
    kernel.logits(p, batch, found);
    double[] expected =
        new PlainNetwork(network.config(), network.fields()).logits(p, batch, null, false);
    assertThat(found).containsExactly(expected, within(EXACT));
    FloatingGradientSum whole = new FloatingGradientSum(p.layout());
    kernel.gradient(p, batch, null, whole);
    FloatingGradientSum pieces = new FloatingGradientSum(p.layout());
    int[] order = new int[rows];
    Arrays.setAll(order, n -> n);
    List<Integer> cuts = new ArrayList<>(List.of(0, 100, 1000, rows));
    for (int i = 1; i < cuts.size(); i++) {
      kernel.gradient(p, batch.select(order, cuts.get(i - 1), cuts.get(i)), null, pieces);
    }
    Gradient a = whole.toGradient();
    Gradient b = pieces.toGradient();
    assertThat(a.rows()).isEqualTo(rows);
    assertThat(a.dense()).containsExactly(b.dense(), within(1e-10));
    assertThat(a.embedding()).containsExactly(b.embedding(), within(1e-10));
  }

  private static double[] logits(
      KernelProvider provider, NetworkCase network, Parameters p, EncodedBatch batch) {
    double[] logits = new double[batch.rows()];
    kernel(provider, network).logits(p, batch, logits);
    return logits;
  }

  private static Kernel kernel(KernelProvider provider, NetworkCase network) {
    return provider.create(network.config(), network.fields(), network.layout(), Precision.FLOAT64);
  }
}
