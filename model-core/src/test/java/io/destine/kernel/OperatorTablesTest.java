package io.destine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.kernel.vector.VectorKernelProvider;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.Parameters;
import io.destine.train.GradientSum;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Training and scoring use no operation of the Vector API that was not used before they began: see
 * {@link io.destine.numeric.VectorOperatorTables}. Looks into the tables of the JDK, in a JVM of
 * its own, because they are filled once for a process.
 */
class OperatorTablesTest {
  private static final VectorKernelProvider VECTOR = new VectorKernelProvider();

  @Test
  void everyOperationIsUsedOnceBeforeAKernelComputes() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--add-opens=jdk.incubator.vector/jdk.incubator.vector=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Entries.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    List<String> lines = output.lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.get(0)).as("before").contains("FloatVector.TERN_IMPL", "IntVector.BIN_IMPL");
    assertThat(lines.get(1)).as("entries made by computing").isEqualTo("[]");
  }

  /** Prints the entries that there are before any network computes, and those added by it. */
  static final class Entries {
    private Entries() {}

    public static void main(String[] arguments) throws ReflectiveOperationException {
      List<NetworkCase> networks = NetworkCase.all();
      List<Kernel> kernels =
          networks.stream()
              .map(n -> VECTOR.create(n.config(), n.fields(), n.layout(), Precision.FLOAT32))
              .toList();
      Set<String> before = entries();
      System.out.println(before);
      for (int i = 0; i < networks.size(); i++) {
        train(networks.get(i), kernels.get(i));
      }
      for (NetworkCase network : networks) {
        score(network);
      }
      Set<String> added = entries();
      added.removeAll(before);
      System.out.println(added);
    }
  }

  private static void train(NetworkCase network, Kernel kernel) {
    Parameters parameters = network.parameters(Precision.FLOAT32);
    EncodedBatch batch = batch(network, 43);
    GradientSum sum = new GradientSum(network.layout(), GradientSum.bitsFor(43, 1));
    kernel.gradient(parameters, batch, new Dropout(3, 1), sum);
    Optimizer optimizer =
        Optimizers.create(OptimizerConfig.of(OptimizerKind.ADAM, 0.001), parameters, 1);
    optimizer.step(sum.toGradient(), 0.001);
    kernel.logits(parameters, batch, new double[43]);
  }

  /** Also with parameters so large that softmax has to shift its logits. */
  private static void score(NetworkCase network) {
    Parameters parameters = network.parameters(Precision.FLOAT32);
    for (int i = 0; i < 2; i++) {
      Forward forward = VECTOR.forward(network.config(), network.fields(), network.layout());
      for (int rows : new int[] {1, 43}) {
        forward.logits(parameters, batch(network, rows), new double[rows]);
      }
      double[] dense = parameters.dense();
      for (int n = 0; n < dense.length; n++) {
        dense[n] *= 1000;
      }
      parameters.changed();
    }
  }

  private static EncodedBatch batch(NetworkCase network, int rows) {
    return network.batch().select(IntStream.range(0, rows).map(n -> n % 4).toArray(), 0, rows);
  }

  /** Names of the operations that have an entry, such as FloatVector.TERN_IMPL 17. */
  private static Set<String> entries() throws ReflectiveOperationException {
    Set<String> names = new TreeSet<>();
    for (String type : List.of("Byte", "Short", "Int", "Long", "Float", "Double")) {
      Class<?> vectors = Class.forName("jdk.incubator.vector." + type + "Vector");
      for (Field table : vectors.getDeclaredFields()) {
        if (table.getType().getSimpleName().equals("ImplCache")) {
          table.setAccessible(true);
          Field cache = table.getType().getDeclaredField("cache");
          cache.setAccessible(true);
          Object[] entries = (Object[]) cache.get(table.get(null));
          for (int i = 0; i < entries.length; i++) {
            if (entries[i] != null) {
              names.add(vectors.getSimpleName() + "." + table.getName() + " " + i);
            }
          }
        }
      }
    }
    return names;
  }
}
