package io.destine.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import io.destine.config.Unary;
import io.destine.feature.FieldLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterCountTest {

  @Test
  void aNetworkOfMoreNumbersThanAnArrayHoldsIsRefusedByName() {
    ModelConfig config = ModelConfig.interaction().deep(List.of(65_536, 65_536)).build();
    assertThatThrownBy(() -> ParameterLayout.of(config, FieldLayout.ofIds(10)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the network is too large: with deep.1.weight it has 43")
        .hasMessageContaining("the limit is 2147483647");
  }

  /** The published run has 623,346: it counts a bias for each of 4 linear unary scores. */
  @Test
  void aPublishedNetworkHasItsNumberOfParameters() {
    ModelConfig config =
        ModelConfig.interaction()
            .embeddingDim(10)
            .heads(1)
            .headDim(128)
            .layers(4)
            .unary(Unary.LINEAR)
            .bias(true)
            .residual(Residual.EACH_LAYER)
            .deep(List.of(400, 400, 400))
            .batchNorm(true)
            .build();
    assertThat(ParameterLayout.of(config, FieldLayout.ofIds(10)).parameterCount(5389))
        .isEqualTo(623_342);
  }
}
