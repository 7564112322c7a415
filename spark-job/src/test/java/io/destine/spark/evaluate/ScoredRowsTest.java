package io.destine.spark.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.testing.Serialized;
import org.junit.jupiter.api.Test;

class ScoredRowsTest {
  @Test
  void theWireFormatKeepsEveryBitAndWhatIsAbsent() throws Exception {
    double[] logits = {1.0 / 3, -0.0, Double.MIN_VALUE};
    ScoredRows full =
        Serialized.copy(
            new ScoredRows(logits, new float[] {0, 1, 0}, new float[] {1, 2, 3}, new long[3]));
    assertThat(full.logits()).containsExactly(logits);
    assertThat(full.labels()).containsExactly(0, 1, 0);
    assertThat(full.weights()).containsExactly(1, 2, 3);
    assertThat(full.groups()).containsExactly(0, 0, 0);
    ScoredRows bare = Serialized.copy(new ScoredRows(logits, new float[3], null, null));
    assertThat(bare.rows()).isEqualTo(3);
    assertThat(bare.weights()).isNull();
    assertThat(bare.groups()).isNull();
  }

  @Test
  void arraysOfDifferentLengthsAreRefused() {
    assertThatThrownBy(() -> new ScoredRows(new double[2], new float[3], null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("labels must have one entry for each of 2 rows, got 3");
  }
}
