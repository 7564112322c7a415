package io.destine.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TrainConfigTest {
  private static final TrainConfig AUTO = TrainConfig.defaults().withBatchSize(256);

  @Test
  void theAutomaticPenaltyIsOnePriorForAnyNumberOfRows() {
    assertThat(AUTO.optimizer().embeddingL2()).isEmpty();
    assertThat(AUTO.resolved(50_000, 1000).optimizer().embeddingL2()).hasValue(0.002);
    assertThat(AUTO.resolved(200_000, 1000).optimizer().embeddingL2()).hasValue(0.0005);
    assertThat(AUTO.resolved(50_000, 1000).withOptimizer(AUTO.optimizer())).isEqualTo(AUTO);
  }

  @Test
  void aGivenPenaltyStays() {
    TrainConfig given = AUTO.withOptimizer(AUTO.optimizer().withEmbeddingL2(0.7));
    assertThat(given.resolved(50_000, 1_000_000)).isEqualTo(given);
    TrainConfig none = AUTO.withOptimizer(AUTO.optimizer().withEmbeddingL2(0));
    assertThat(none.resolved(50_000, 1000)).isEqualTo(none);
    assertThat(none.optimizer().decaysRows()).isFalse();
    assertThat(given.optimizer().decaysRows()).isTrue();
  }

  /** The automatic penalty is used up to 1,000 ids per row of a batch, here of 256 rows. */
  @Test
  void aTableThatIsLargeBesideABatchHasNoAutomaticPenalty() {
    assertThat(AUTO.resolved(50_000, 256_000).optimizer().embeddingL2()).hasValue(0.002);
    assertThat(AUTO.resolved(50_000, 256_001).optimizer().embeddingL2()).hasValue(0.0);
    assertThat(AUTO.withBatchSize(512).resolved(50_000, 256_001).optimizer().embeddingL2())
        .hasValue(0.002);
  }
}
