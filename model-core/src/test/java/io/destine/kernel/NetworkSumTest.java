package io.destine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.ListPooling;
import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.model.Destine;
import io.destine.model.NetworkSum;
import io.destine.param.Parameters;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkSumTest {
  static Stream<NetworkCase> networks() {
    return NetworkCase.all().stream()
        .map(
            network ->
                new NetworkCase(
                    network.name(),
                    network.config().toBuilder().listPooling(ListPooling.MEAN).build(),
                    network.fields()));
  }

  @Test
  void networksThatWeighTheValuesOfListsHaveNone() {
    ModelConfig config = NetworkCase.base().toBuilder().listPooling(ListPooling.ATTENTION).build();
    assertThatThrownBy(() -> new NetworkSum(new Destine(config, NetworkCase.ALL_KINDS), 1, 1))
        .hasMessageContaining("model.list-pooling");
    assertThat(new NetworkSum(new Destine(config, FieldLayout.ofIds(2)), 1, 1).network())
        .isNotNull();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void itsLogitsAreTheSumOfThoseOfTheNetworks(NetworkCase network) {
    double[] shares = {0.5, 0.2, 1.5};
    List<Parameters> each =
        List.of(
            network.parameters(Precision.FLOAT64), perturbed(network, 1), perturbed(network, 2));
    NetworkSum sum = new NetworkSum(new Destine(network.config(), network.fields()), shares);
    EncodedBatch batch = network.batch();
    double[] expected = new double[batch.rows()];
    for (int j = 0; j < shares.length; j++) {
      double[] logits =
          new PlainNetwork(network.config(), network.fields())
              .logits(each.get(j), batch, null, false);
      for (int n = 0; n < expected.length; n++) {
        expected[n] += shares[j] * logits[n];
      }
    }
    double[] found =
        new PlainNetwork(sum.network().config(), network.fields())
            .logits(sum.parameters(each), batch, null, false);
    for (int n = 0; n < expected.length; n++) {
      assertThat(found[n]).as("row %d", n).isCloseTo(expected[n], within(1e-10));
    }
  }

  private static Parameters perturbed(NetworkCase network, int seed) {
    Parameters p = network.parameters(Precision.FLOAT64);
    CounterRandom random = CounterRandom.of(seed, Purpose.DENSE_INIT);
    for (int i = 0; i < p.dense().length; i++) {
      p.dense()[i] += 0.3 * random.gaussian(i);
    }
    for (int i = 0; i < p.statistics().length; i++) {
      p.statistics()[i] += 0.1 * random.uniform(i);
    }
    for (int id = 0; id < p.rows(); id++) {
      double[] row = new double[network.layout().embeddingDim()];
      p.embedding().read(id, row, 0);
      for (int i = 0; i < row.length; i++) {
        row[i] += 0.5 * random.at(1).gaussian((long) id * row.length + i);
      }
      p.embedding().write(id, row, 0);
      if (p.wide() != null) {
        p.wide().write(id, new double[] {random.at(2).gaussian(id)}, 0);
      }
    }
    p.changed();
    return p;
  }
}
