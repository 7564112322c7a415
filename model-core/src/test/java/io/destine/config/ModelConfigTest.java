package io.destine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ModelConfigTest {
  private static ModelConfig.Builder model() {
    return ModelConfig.interaction();
  }

  static Stream<Arguments> tooLarge() {
    return Stream.of(
        Arguments.of(
            model().heads(1_000_000_000),
            "model.heads times model.head-dim is 16000000000, the limit is 4096"),
        Arguments.of(
            model().heads(1).headDim(5794),
            "model.heads times model.head-dim is 5794, the limit is 4096"),
        Arguments.of(
            model().embeddingDim(4097), "model.embedding-dim must be at most 4096, got 4097"),
        Arguments.of(model().layers(65), "model.layers must be at most 64, got 65"),
        Arguments.of(
            model().deep(List.of(8, Integer.MAX_VALUE)),
            "a width of model.deep is 2147483647, the limit is 65536"),
        Arguments.of(
            model().deep(Collections.nCopies(65, 8)),
            "the number of layers of model.deep is 65, the limit is 64"));
  }

  @ParameterizedTest
  @MethodSource("tooLarge")
  void sizesThatNoNetworkCanHaveAreRefusedByName(ModelConfig.Builder builder, String message) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  static Stream<ModelConfig.Builder> large() {
    return Stream.of(
        model().embeddingDim(4096),
        model().heads(4096).headDim(1),
        model().layers(64),
        model().deep(Collections.nCopies(64, 65_536)));
  }

  @ParameterizedTest
  @MethodSource("large")
  void theLimitsThemselvesAreAllowed(ModelConfig.Builder builder) {
    assertThat(builder.build()).isNotNull();
  }
}
