package io.destine.param;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.config.Residual;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Initial values of dense tensors: independent of each other, and the same for ever. */
class InitialValuesTest {
  private static final ModelConfig MODEL =
      ModelConfig.interaction().residual(Residual.LAST_LAYER).bias(true).deep(List.of(4)).build();

  /**
   * "Aa" and "BB" have the same String.hashCode, and so have texts that contain one in place of the
   * other.
   */
  @Test
  void fieldsWithEqualHashCodesStartDifferently() {
    FieldLayout fields =
        new FieldLayout(
            List.of(
                FieldShape.linear("Aa"),
                FieldShape.linear("BB"),
                FieldShape.vector("xAa", 3),
                FieldShape.vector("xBB", 3)));
    Parameters p = initial(fields);
    assertThat(values(p, "fields.Aa.weight")).doesNotContain(values(p, "fields.BB.weight"));
    assertThat(values(p, "fields.xAa.weight")).doesNotContain(values(p, "fields.xBB.weight"));
    assertThat(values(p, "fields.xAa.bias")).doesNotContain(values(p, "fields.xBB.bias"));
  }

  /**
   * Two tensors of one stream would be equal up to a factor; no two of the network's own names
   * share a stream.
   */
  @Test
  void theNetworksOwnTensorsHaveStreamsOfTheirOwn() {
    ModelConfig large =
        MODEL.toBuilder()
            .layers(ModelConfig.MOST_LAYERS)
            .residual(Residual.EACH_LAYER)
            .deep(IntStream.range(0, ModelConfig.MOST_LAYERS).mapToObj(i -> 2).toList())
            .batchNorm(true)
            .build();
    Map<Integer, String> names = new HashMap<>();
    for (ModelConfig config : List.of(large, MODEL, large.toBuilder().layers(0).build())) {
      ParameterLayout layout = ParameterLayout.of(config, FieldLayout.ofIds(2));
      layout
          .tensors()
          .forEach(
              t ->
                  assertThat(
                          names.merge(
                              t.name().hashCode(), t.name(), (a, b) -> a.equals(b) ? a : a + b))
                      .isEqualTo(t.name()));
    }
    assertThat(names).hasSizeGreaterThan(900);
  }

  /** Runs with the same seed keep their initial values: saved runs depend on the scheme. */
  @Test
  void theNetworksOwnTensorsStartFromTheStreamOfTheirNames() {
    Parameters p = initial(FieldLayout.ofIds(3));
    for (String name : List.of("layers.0.query.weight", "residual.bias", "deep.0.weight")) {
      ParameterLayout.Tensor tensor = p.layout().tensor(name);
      CounterRandom stream = CounterRandom.of(7, Purpose.DENSE_INIT).at(name.hashCode());
      double bound = 1 / Math.sqrt(tensor.fanIn());
      double[] expected = new double[tensor.size()];
      Arrays.setAll(expected, i -> (float) (bound * (2 * stream.uniform(i) - 1)));
      assertThat(values(p, name)).isEqualTo(expected);
    }
  }

  private static Parameters initial(FieldLayout fields) {
    return Parameters.initial(ParameterLayout.of(MODEL, fields), Precision.FLOAT32, 1, 7);
  }

  private static double[] values(Parameters p, String name) {
    ParameterLayout.Tensor t = p.layout().tensor(name);
    return Arrays.copyOfRange(p.dense(), t.offset(), t.offset() + t.size());
  }
}
