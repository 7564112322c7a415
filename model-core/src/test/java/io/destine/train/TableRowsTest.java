package io.destine.train;

import io.destine.config.ModelConfig;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import org.junit.jupiter.api.Test;

class TableRowsTest {
  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction()
              .embeddingDim(3)
              .heads(1)
              .headDim(2)
              .layers(1)
              .wide(true)
              .build(),
          FieldLayout.ofIds(2));

  /** Bits that keep the sums of a million rows far from an overflow. */
  private static final int FEW_BITS = 20;

  @Test
  void manySumsSideBySideHaveTheBitsOfOne() {
    int large = 1 << 19;
    int parts = 1 << 11;
    GradientSum whole = new GradientSum(LAYOUT, FEW_BITS);
    GradientSum merged = new GradientSum();
    for (int p = 0; p <= parts; p++) {
      GradientSum part = new GradientSum(LAYOUT, FEW_BITS);
      for (int k = 0; k < (p == 0 ? large : 2); k++) {
        float[] row = {(p + k) % 7, 1, -(p % 5)};
        part.addEmbedding(p + 3 * k, row, 0);
        whole.addEmbedding(p + 3 * k, row, 0);
      }
      merged = merged.merge(part);
    }
    GradientSumTest.assertSameBits(merged.toGradient(), whole.toGradient());
  }
}
