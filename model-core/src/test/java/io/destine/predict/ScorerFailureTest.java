package io.destine.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.ModelConfig;
import io.destine.feature.RawRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A call that fails has no effect on the probabilities of later calls. */
class ScorerFailureTest {
  private static final Map<String, Object> FIRST = Map.of("user", "user 3", "price", 19);
  private static final Map<String, Object> SECOND = Map.of("user", "user 8", "item", "語5");

  @TempDir Path directory;
  private Path model;
  private double expected;

  @BeforeEach
  void write() throws IOException {
    model =
        ModelOnDisk.write(
                directory.resolve("model"),
                ModelConfig.interaction().embeddingDim(8).heads(2).headDim(4).layers(1).build())
            .path();
    try (Scorer scorer = Scorer.load(model)) {
      expected = scorer.score(SECOND);
      assertThat(scorer.score(FIRST)).isNotEqualTo(expected);
    }
  }

  private void assertNoEffect(ThrowingCallable failing, Scorer scorer) {
    assertThatThrownBy(failing).isNotNull();
    assertThat(scorer.score(SECOND)).isEqualTo(expected);
    assertThatThrownBy(failing).isNotNull();
    double[] found = new double[3];
    scorer.score(List.of(SECOND), found);
    assertThat(found).containsExactly(expected, 0, 0);
    assertThatThrownBy(failing).isNotNull();
    assertThat(scorer.explain(SECOND).probability()).isEqualTo(expected);
    assertThatThrownBy(failing).isNotNull();
    assertThat(scorer.verify()).isEqualTo(8);
  }

  @Test
  void aBatchWithANullRowNamesTheRowAndLeavesNothingBehind() {
    try (Scorer scorer = Scorer.load(model)) {
      List<Map<String, Object>> rows = Arrays.asList(FIRST, FIRST, null);
      assertThatThrownBy(() -> scorer.score(rows, new double[3]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("row 2: a row must be a map from column to value, got null");
      assertNoEffect(() -> scorer.score(rows, new double[3]), scorer);
      assertNoEffect(() -> scorer.score((Map<String, ?>) null), scorer);
      assertNoEffect(() -> scorer.explain(null), scorer);
    }
  }

  @Test
  void aMapOrRecordThatThrowsLeavesNothingBehind() {
    // Comparing the key of a lookup with these numbers throws ClassCastException.
    Map<?, ?> numbers = new TreeMap<>(Map.of(1, "a"));
    @SuppressWarnings("unchecked")
    Map<String, Object> throwing = (Map<String, Object>) numbers;
    RawRecord late =
        m -> {
          if (m == 8) {
            throw new StackOverflowError("value " + m);
          }
          return null;
        };
    try (Scorer scorer = Scorer.load(model)) {
      assertNoEffect(() -> scorer.score(List.of(FIRST, throwing), new double[2]), scorer);
      assertNoEffect(() -> scorer.score(throwing), scorer);
      assertNoEffect(() -> scorer.score(late), scorer);
    }
  }

  @Test
  void aRefusedValueLeavesNothingBehind() {
    Map<String, Object> refused = Map.of("user", "user 1", "tags", "a", "visits", "many");
    try (Scorer scorer = Scorer.load(model)) {
      assertNoEffect(() -> scorer.score(List.of(FIRST, refused), new double[2]), scorer);
      assertNoEffect(() -> scorer.score(refused), scorer);
    }
  }
}
