package io.destine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.config.Residual;
import io.destine.config.Unary;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.nd4j.Nd4jKernelProvider;
import io.destine.kernel.vector.VectorKernelProvider;
import io.destine.param.Gradient;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.testing.Full;
import io.destine.train.FloatingGradientSum;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vector kernel in float32 against the reference kernel in float64. */
class VectorKernelTest {
  /** Relative to a tensor's largest element. */
  private static final double ROUNDED = 1e-4;

  private static final VectorKernelProvider VECTOR = new VectorKernelProvider();

  /**
   * Networks with every option, then random sizes, including 1, primes and sizes that do not fill
   * vectors.
   */
  static Stream<NetworkCase> networks() {
    return Stream.of(
            NetworkCase.all().stream(),
            IntStream.range(0, Full.Tier.size("random networks of VectorKernelTest", 48, 3))
                .mapToObj(VectorKernelTest::random),
            manyTerms())
        .flatMap(networks -> networks);
  }

  /** Sums over fields, embeddings and heads of more terms than a product takes at a time. */
  private static Stream<NetworkCase> manyTerms() {
    ModelConfig narrow = NetworkCase.base();
    ModelConfig wide =
        narrow.toBuilder().embeddingDim(53).heads(2).headDim(50).deep(List.of(97)).build();
    return Stream.of(
            new NetworkCase(
                "97 fields, all parts",
                narrow.toBuilder().bias(true).wide(true).fm(true).deep(List.of(50)).build(),
                FieldLayout.ofIds(97)),
            new NetworkCase("wide vectors", wide, FieldLayout.ofIds(7)),
            new NetworkCase("50 fields", narrow, FieldLayout.ofIds(50)),
            new NetworkCase(
                "97 fields, dropout",
                narrow.toBuilder().attention(Attention.PLAIN).attentionDropout(0.3).build(),
                FieldLayout.ofIds(97)),
            new NetworkCase(
                "50 fields, linear",
                narrow.toBuilder().unary(Unary.LINEAR).residual(Residual.LAST_LAYER).build(),
                FieldLayout.ofIds(50)))
        .limit(Full.Tier.size("networks of many terms of VectorKernelTest", 5, 2));
  }

  private static NetworkCase random(int seed) {
    Random random = new Random(seed);
    int[] sizes = {1, 2, 3, 4, 5, 7, 11, 13};
    int fields = new int[] {1, 2, 3, 5, 7, 10, 11, 13, 17, 23, 39}[random.nextInt(11)];
    List<Integer> deep = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      deep.add(new int[] {1, 3, 17, 31, 32, 33, 67}[random.nextInt(7)]);
    }
    boolean large = random.nextInt(4) == 0;
    ModelConfig config =
        ModelConfig.interaction()
            .embeddingDim(large ? 16 : sizes[random.nextInt(sizes.length)])
            .heads(1 + random.nextInt(3))
            .headDim(large ? 16 : sizes[random.nextInt(sizes.length)])
            .layers(random.nextInt(4))
            .attention(oneOf(random, Attention.values()))
            .unary(oneOf(random, Unary.values()))
            .residual(oneOf(random, Residual.values()))
            .scale(random.nextBoolean())
            .bias(random.nextBoolean())
            .wide(random.nextBoolean())
            .fm(random.nextBoolean())
            .deep(deep)
            .batchNorm(!deep.isEmpty() && random.nextInt(3) == 0)
            .reluBeforeAttention(random.nextInt(3) == 0)
            .attentionDropout(random.nextInt(3) == 0 ? 0.3 : 0)
            .deepDropout(random.nextInt(3) == 0 ? 0.3 : 0)
            .build();
    if (config.layers() > 0 && !deep.isEmpty()) {
      config = config.toBuilder().consistency(random.nextInt(3) / 2.0).build();
    }
    return new NetworkCase("random " + seed + " " + config, config, FieldLayout.ofIds(fields));
  }

  private static <T> T oneOf(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void agreesWithTheReferenceForAnyNumberOfRows(NetworkCase network) {
    Kernel vector =
        VECTOR.create(network.config(), network.fields(), network.layout(), Precision.FLOAT32);
    Kernel reference =
        new Nd4jKernelProvider()
            .create(network.config(), network.fields(), network.layout(), Precision.FLOAT64);
    for (int rows : new int[] {1, 15, 16, 17, 71}) {
      EncodedBatch batch = batch(network, rows);
      Parameters rounded = network.parameters(Precision.FLOAT32);
      Parameters exact = network.parameters(Precision.FLOAT64);
      copy(rounded, exact);
      double[] expected = new double[rows];
      double[] found = new double[rows];
      reference.logits(exact, batch, expected);
      vector.logits(rounded, batch, found);
      assertClose("logits", found, expected, 1e-6);
      for (Dropout dropout : new Dropout[] {null, new Dropout(3, 1)}) {
        Gradient right = gradient(reference, exact, batch, dropout);
        Gradient got = gradient(vector, rounded, batch, dropout);
        assertThat(got.ids()).isEqualTo(right.ids());
        assertThat(got.rows()).isEqualTo(rows);
        assertThat(got.weight()).isEqualTo(right.weight());
        assertThat(got.loss()).isCloseTo(right.loss(), within(ROUNDED * Math.max(1, right.loss())));
        Map<String, double[]> values = NamedTensors.of(network.layout(), right, rounded.rows(), 1);
        NamedTensors.of(network.layout(), got, rounded.rows(), 1)
            .forEach((name, v) -> assertClose(name, v, values.get(name), 1e-4));
      }
    }
  }

  /** Two layers of 4 by 4096 by 4096 weights, each with 16 sums of its gradient. */
  @Test
  void aNetworkThatItsMemoryDoesNotHoldIsRefusedWithAWayOut() {
    ModelConfig config = ModelConfig.interaction().heads(64).headDim(64).layers(3).build();
    FieldLayout fields = FieldLayout.ofIds(2);
    ParameterLayout layout = ParameterLayout.of(config, fields);
    assertThatThrownBy(() -> VECTOR.create(config, fields, layout, Precision.FLOAT32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the network is too large for the vector kernel")
        .hasMessageEndingWith("compute.kernel = nd4j");
  }

  /** JVMs with vectors of 4, 8 and 16 floats, as far as the processor has them. */
  @Test
  void theWidthOfVectorsDoesNotShowInTheBits() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int bytes : new int[] {16, 32, 64}) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--add-modules=jdk.incubator.vector",
                  "-XX:MaxVectorSize=" + bytes,
                  "-cp",
                  System.getProperty("java.class.path"),
                  Bits.class.getName())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      lines.add(output);
    }
    assertThat(lines.get(0)).hasLineCount(4);
    assertThat(lines.get(1)).isEqualTo(lines.get(0));
    assertThat(lines.get(2)).isEqualTo(lines.get(0));
  }

  /** Prints the bits of gradients of some networks. */
  static final class Bits {
    private Bits() {}

    public static void main(String[] arguments) {
      ModelConfig config =
          NetworkCase.base().toBuilder().bias(true).wide(true).fm(true).deep(List.of(33)).build();
      for (NetworkCase network :
          List.of(
              new NetworkCase("paper", NetworkCase.base(), FieldLayout.ofIds(39)),
              new NetworkCase("terms", config, NetworkCase.ALL_KINDS),
              new NetworkCase(
                  "linear, dropout",
                  config.toBuilder().unary(Unary.LINEAR).attentionDropout(0.3).build(),
                  FieldLayout.ofIds(7)),
              new NetworkCase(
                  "last residual",
                  config.toBuilder().residual(Residual.LAST_LAYER).build(),
                  FieldLayout.ofIds(10)))) {
        Kernel kernel =
            VECTOR.create(network.config(), network.fields(), network.layout(), Precision.FLOAT32);
        Parameters parameters = network.parameters(Precision.FLOAT32);
        Gradient gradient = gradient(kernel, parameters, batch(network, 43), new Dropout(3, 1));
        System.out.println(
            Arrays.hashCode(gradient.dense())
                + " "
                + Arrays.hashCode(gradient.embedding())
                + " "
                + gradient.loss());
      }
    }
  }

  /** Rows of the case's own batch, which has fields of every kind, or of drawn ids. */
  private static EncodedBatch batch(NetworkCase network, int rows) {
    if (network.fields().onlyIds()) {
      Random random = new Random(rows);
      int[] ids = random.ints((long) rows * network.fields().size(), 0, 9).toArray();
      float[] labels = new float[rows];
      for (int n = 0; n < rows; n++) {
        labels[n] = random.nextInt(2);
      }
      return EncodedBatch.ofIds(ids, labels);
    }
    int[] order = IntStream.range(0, rows).map(n -> n % 4).toArray();
    return network.batch().select(order, 0, rows);
  }

  /** Float parameters as doubles, so that both kernels start from the same numbers. */
  private static void copy(Parameters from, Parameters to) {
    System.arraycopy(from.dense(), 0, to.dense(), 0, from.dense().length);
    double[] row = new double[from.embedding().width()];
    for (int id = 0; id < from.rows(); id++) {
      from.embedding().read(id, row, 0);
      to.embedding().write(id, row, 0);
      if (from.wide() != null) {
        from.wide().read(id, row, 0);
        to.wide().write(id, row, 0);
      }
    }
    to.changed();
  }

  private static Gradient gradient(
      Kernel kernel, Parameters parameters, EncodedBatch batch, Dropout dropout) {
    FloatingGradientSum sum = new FloatingGradientSum(parameters.layout());
    kernel.gradient(parameters, batch, dropout, sum);
    return sum.toGradient();
  }

  private static void assertClose(String name, double[] found, double[] expected, double floor) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i])
          .as("%s[%d]", name, i)
          .isCloseTo(expected[i], within(Math.max(floor, ROUNDED * largest)));
    }
  }
}
