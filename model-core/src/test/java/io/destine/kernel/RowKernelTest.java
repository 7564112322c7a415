package io.destine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.config.Residual;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.row.FieldLanes;
import io.destine.kernel.row.PlainLanes;
import io.destine.kernel.row.RowKernel;
import io.destine.kernel.vector.VectorKernelProvider;
import io.destine.kernel.vector.VectorLanes;
import io.destine.param.Parameters;
import io.destine.testing.Full;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A row scored alone has the same logit as in a batch. */
class RowKernelTest {
  private static final List<FieldLanes> LANES = List.of(new PlainLanes(), new VectorLanes());

  static List<NetworkCase> cases() {
    return NetworkCase.all();
  }

  private static double[] logits(NetworkCase network, FieldLanes lanes) {
    EncodedBatch batch = network.batch();
    double[] logits = new double[batch.rows()];
    kernel(network, lanes).logits(network.parameters(Precision.FLOAT32), batch, logits);
    return logits;
  }

  private static double[] logits(NetworkCase network, Kernel kernel, Precision precision) {
    EncodedBatch batch = network.batch();
    double[] logits = new double[batch.rows()];
    kernel.logits(network.parameters(precision), batch, logits);
    return logits;
  }

  /**
   * Numbers of fields below, at and above the widths of vectors, and products that span several
   * cache lines.
   */
  static List<NetworkCase> large() {
    ModelConfig.Builder base =
        ModelConfig.interaction().embeddingDim(16).heads(2).headDim(16).layers(3).wide(true);
    return Stream.of(1, 3, 8, 15, 39, 2, 4, 7, 16, 23, 31, 32, 47, 48, 70)
        .limit(Full.Tier.size("numbers of fields of RowKernelTest", 15, 5))
        .flatMap(
            m ->
                Stream.of(
                    new NetworkCase(m + " fields", base.build(), FieldLayout.ofIds(m)),
                    new NetworkCase(
                        m + " fields, odd widths",
                        base.build().toBuilder()
                            .embeddingDim(7)
                            .heads(3)
                            .headDim(5)
                            .deep(List.of(33, 17))
                            .fm(true)
                            .residual(Residual.LAST_LAYER)
                            .build(),
                        FieldLayout.ofIds(m))))
        .toList();
  }

  /** Rows of random ids with parameters whose logits inside a softmax go beyond 100. */
  @ParameterizedTest
  @MethodSource("large")
  void everyNumberOfFieldsHasTheBitsOfTheVectorKernel(NetworkCase network) {
    Parameters parameters = network.parameters(Precision.FLOAT32);
    for (double scale : new double[] {1, 30}) {
      double[] dense = parameters.dense();
      for (int i = 0; i < dense.length; i++) {
        dense[i] = (float) (dense[i] * scale);
      }
      parameters.changed();
      int fields = network.fields().size();
      int[] ids = new Random(fields).ints(100L * fields, 0, 9).toArray();
      EncodedBatch batch = EncodedBatch.ofIds(ids, new float[100]);
      double[] expected = new double[100];
      new VectorKernelProvider()
          .create(network.config(), network.fields(), network.layout(), Precision.FLOAT32)
          .logits(parameters, batch, expected);
      for (FieldLanes lanes : LANES) {
        double[] logits = new double[100];
        kernel(network, lanes).logits(parameters, batch, logits);
        assertThat(logits).as("%s, scale %s", lanes.name(), scale).containsExactly(expected);
      }
    }
  }

  private static RowKernel kernel(NetworkCase network, FieldLanes lanes) {
    return new RowKernel(network.config(), network.fields(), network.layout(), lanes);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyOptionHasTheBitsOfTheVectorKernelAndTheLogitsOfTheReference(NetworkCase network) {
    ModelConfig config = network.config();
    VectorKernelProvider provider = new VectorKernelProvider();
    Kernel reference =
        TestedKernels.exact()
            .get(0)
            .create(config, network.fields(), network.layout(), Precision.FLOAT64);
    for (FieldLanes lanes : LANES) {
      double[] found = logits(network, lanes);
      Kernel kernel =
          provider.create(config, network.fields(), network.layout(), Precision.FLOAT32);
      assertThat(found)
          .as(lanes.name())
          .containsExactly(logits(network, kernel, Precision.FLOAT32));
      assertThat(found)
          .as(lanes.name())
          .containsExactly(logits(network, reference, Precision.FLOAT64), within(2e-5));
    }
  }
}
