package io.destine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.param.Gradient;
import io.destine.param.ParameterLayout;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import io.destine.train.FloatingGradientSum;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels in float64 against the equations and their central differences, for every option. */
class GradientCheckTest {
  private static final double STEP = 1e-5;
  private static final double RELATIVE = 1e-6;

  /** Below it, gradients are compared as if they were this large: differences round to 1e-11. */
  private static final double SMALLEST = 1e-3;

  private static final Dropout DROPOUT = new Dropout(3, 1);

  static Stream<Arguments> cases() {
    return TestedKernels.exact().stream()
        .flatMap(
            provider -> NetworkCase.all().stream().map(network -> Arguments.of(network, provider)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void logitsAreThoseOfTheEquations(NetworkCase network, KernelProvider provider) {
    Parameters p = network.parameters(Precision.FLOAT64);
    EncodedBatch batch = network.batch();
    double[] logits = new double[batch.rows()];
    kernel(network, provider).logits(p, batch, logits);
    double[] expected =
        new PlainNetwork(network.config(), network.fields()).logits(p, batch, null, false);
    for (int n = 0; n < logits.length; n++) {
      assertThat(logits[n]).as("row %d", n).isCloseTo(expected[n], within(1e-12));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void trainingLossIsThatOfTheEquations(NetworkCase network, KernelProvider provider) {
    Parameters p = network.parameters(Precision.FLOAT64);
    EncodedBatch batch = network.batch();
    Gradient gradient = gradient(kernel(network, provider), p, batch);
    double expected = new PlainNetwork(network.config(), network.fields()).loss(p, batch, DROPOUT);
    assertThat(gradient.loss()).isCloseTo(expected, within(1e-12 * expected));
    assertThat(gradient.weight()).isEqualTo(4.5);
    assertThat(gradient.rows()).isEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientOfEveryParameterIsTheCentralDifference(
      NetworkCase network, KernelProvider provider) {
    Parameters p = network.parameters(Precision.FLOAT64);
    EncodedBatch batch = network.batch();
    PlainNetwork plain = new PlainNetwork(network.config(), network.fields());
    Map<String, double[]> found =
        NamedTensors.of(
            network.layout(), gradient(kernel(network, provider), p, batch), p.rows(), 1);
    for (ParameterLayout.Tensor tensor : network.layout().tensors()) {
      for (int i = 0; i < tensor.size(); i++) {
        int at = tensor.offset() + i;
        double value = p.dense()[at];
        p.dense()[at] = value + STEP;
        double above = plain.loss(p, batch, DROPOUT);
        p.dense()[at] = value - STEP;
        double below = plain.loss(p, batch, DROPOUT);
        p.dense()[at] = value;
        assertSame(tensor.name(), i, found.get(tensor.name())[i], above, below);
      }
    }
    checkTable(ParameterLayout.EMBEDDING, p.embedding(), found, p, batch, plain);
    if (p.wide() != null) {
      checkTable(ParameterLayout.WIDE, p.wide(), found, p, batch, plain);
    }
  }

  private static void checkTable(
      String name,
      ParameterTable table,
      Map<String, double[]> found,
      Parameters p,
      EncodedBatch batch,
      PlainNetwork plain) {
    double[] row = new double[table.width()];
    for (int id = 0; id < table.rows(); id++) {
      for (int i = 0; i < row.length; i++) {
        table.read(id, row, 0);
        double value = row[i];
        row[i] = value + STEP;
        table.write(id, row, 0);
        double above = plain.loss(p, batch, DROPOUT);
        row[i] = value - STEP;
        table.write(id, row, 0);
        double below = plain.loss(p, batch, DROPOUT);
        row[i] = value;
        table.write(id, row, 0);
        int at = id * row.length + i;
        assertSame(name, at, found.get(name)[at], above, below);
      }
    }
  }

  private static void assertSame(String name, int i, double found, double above, double below) {
    double difference = (above - below) / (2 * STEP);
    double size = Math.max(SMALLEST, Math.max(Math.abs(found), Math.abs(difference)));
    assertThat(found).as("%s[%d]", name, i).isCloseTo(difference, within(RELATIVE * size));
  }

  private static Kernel kernel(NetworkCase network, KernelProvider provider) {
    return provider.create(network.config(), network.fields(), network.layout(), Precision.FLOAT64);
  }

  private static Gradient gradient(Kernel kernel, Parameters p, EncodedBatch batch) {
    FloatingGradientSum sum = new FloatingGradientSum(p.layout());
    kernel.gradient(p, batch, DROPOUT, sum);
    return sum.toGradient();
  }
}
