package io.destine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.Gradient;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.train.FloatingGradientSum;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernels against the golden files of an independent implementation. */
class GoldenFilesTest {
  /** Tolerance for float64 results, absolute or relative. */
  private static final double EXACT = 1e-9;

  /** Tolerance for float32 results, relative to a tensor's largest element. */
  private static final double ROUNDED = 1e-4;

  /** Absolute tolerance for float32 gradients whose true values are nearly 0. */
  private static final double ROUNDED_FLOOR = 1e-8;

  /** Half a unit in the last place of float32: the largest error of a term of a sum. */
  private static final double UNIT = 0x1p-24;

  static Stream<Arguments> cases() {
    return TestedKernels.all().stream()
        .flatMap(
            provider ->
                GoldenFile.all().stream()
                    .flatMap(
                        file ->
                            Arrays.stream(Precision.values())
                                .filter(p -> provider.computes(p))
                                .map(p -> Arguments.of(file, p, provider))));
  }

  static Stream<Arguments> trainingCases() {
    return cases().filter(arguments -> ((GoldenFile) arguments.get()[0]).hasTraining());
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("cases")
  void layoutHasTheNamesAndShapesOfTheFile(GoldenFile file) {
    ParameterLayout layout = file.layout();
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    layout.tensors().forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
    int rows = file.shapes().get(ParameterLayout.EMBEDDING).get(0);
    shapes.put(ParameterLayout.EMBEDDING, List.of(rows, layout.embeddingDim()));
    if (layout.wide()) {
      shapes.put(ParameterLayout.WIDE, List.of(rows, 1));
    }
    assertThat(shapes).containsExactlyInAnyOrderEntriesOf(file.shapes());
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("cases")
  void logitsProbabilitiesAndLossAreThoseOfTheFile(
      GoldenFile file, Precision precision, KernelProvider provider) {
    Kernel kernel = kernel(file, precision, provider);
    Parameters parameters = file.parameters(precision);
    EncodedBatch batch = file.batch();
    double[] logits = new double[batch.rows()];
    kernel.logits(parameters, batch, logits);
    assertClose("logits", logits, file.logits(), precision, 0);
    double[] probabilities = Arrays.stream(logits).map(z -> 1 / (1 + Math.exp(-z))).toArray();
    assertClose("probabilities", probabilities, file.probabilities(), precision, 0);
    double loss = gradient(kernel, parameters, batch).meanLoss();
    assertClose("loss", new double[] {loss}, new double[] {file.loss()}, precision, 0);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("cases")
  void everyGradientIsThatOfTheFile(GoldenFile file, Precision precision, KernelProvider provider) {
    Parameters parameters = file.parameters(precision);
    Gradient gradient = gradient(kernel(file, precision, provider), parameters, file.batch());
    Map<String, double[]> found =
        NamedTensors.of(file.layout(), gradient, parameters.rows(), 1 / gradient.weight());
    Map<String, double[]> expected = file.gradients();
    assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
    double largest =
        expected.values().stream().flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(0);
    found.forEach(
        (name, values) -> {
          double floor =
              file.normalizedBiases().contains(name) ? file.batch().rows() * UNIT * largest : 0;
          assertClose(name, values, expected.get(name), precision, Math.max(floor, ROUNDED_FLOOR));
        });
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @MethodSource("trainingCases")
  void trainingFollowsTheTrajectoryOfTheFile(
      GoldenFile file, Precision precision, KernelProvider provider) {
    Kernel kernel = kernel(file, precision, provider);
    Parameters parameters = file.parameters(precision);
    Optimizer optimizer = Optimizers.create(file.optimizer(), parameters);
    List<EncodedBatch> batches = file.trainingBatches();
    double[] losses = new double[batches.size()];
    for (int step = 0; step < losses.length; step++) {
      Gradient gradient = gradient(kernel, parameters, batches.get(step));
      losses[step] = gradient.meanLoss();
      optimizer.step(gradient, file.optimizer().learningRate());
    }
    assertClose("losses", losses, file.trainingLosses(), precision, 0);
    Map<String, double[]> expected = file.finalParameters();
    NamedTensors.of(parameters)
        .forEach((name, values) -> assertClose(name, values, expected.get(name), precision, 0));
  }

  private static Kernel kernel(GoldenFile file, Precision precision, KernelProvider provider) {
    return provider.create(file.config(), file.fields(), file.layout(), precision);
  }

  private static Gradient gradient(Kernel kernel, Parameters parameters, EncodedBatch batch) {
    FloatingGradientSum sum = new FloatingGradientSum(parameters.layout());
    kernel.gradient(parameters, batch, null, sum);
    return sum.toGradient();
  }

  private static void assertClose(
      String name, double[] found, double[] expected, Precision precision, double floor) {
    assertThat(found).as(name).hasSameSizeAs(expected);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < found.length; i++) {
      double bound =
          precision == Precision.FLOAT64
              ? EXACT * Math.max(1, Math.abs(expected[i]))
              : Math.max(floor, ROUNDED * largest);
      assertThat(found[i]).as("%s[%d]", name, i).isCloseTo(expected[i], within(bound));
    }
  }
}
