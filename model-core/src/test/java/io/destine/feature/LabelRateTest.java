package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LabelRateTest {
  private static int bucket(long rows, long positives) {
    return LabelRate.bucket(LabelRate.of(rows, positives, 0.2), 0.2);
  }

  @Test
  void rowsLikeAllOthersSayNothing() {
    assertThat(bucket(0, 0)).isEqualTo(LabelRate.PRIOR_BUCKET);
    assertThat(bucket(1000, 200)).isEqualTo(LabelRate.PRIOR_BUCKET);
  }

  /** logit(1 / 2) - logit(1 / 5) = ln 4 = 1.386, 11.09 steps of an eighth. */
  @Test
  void bucketsAreEvenInLogitsAndFewRowsCountLittle() {
    assertThat(bucket(10_000_000, 5_000_000)).isEqualTo(LabelRate.PRIOR_BUCKET + 11);
    assertThat(bucket(10_000_000, 800_000))
        .isEqualTo(
            LabelRate.PRIOR_BUCKET + (int) Math.round((Math.log(0.08 / 0.92) + Math.log(4)) * 8));
    // (1 + 20 * 0.2) / 21 = 0.238: 0.223 in logits, 1.79 steps.
    assertThat(bucket(1, 1)).isEqualTo(LabelRate.PRIOR_BUCKET + 2);
    assertThat(bucket(1L << 40, 1L << 40)).isEqualTo(LabelRate.BUCKETS - 1);
    assertThat(bucket(1L << 40, 0)).isZero();
  }

  @Test
  void foldsAreOfEqualSize() {
    int[] rows = new int[LabelRate.FOLDS];
    for (int n = 0; n < 10_000; n++) {
      rows[LabelRate.fold(31L * n)]++;
    }
    // 2,000 with a standard deviation of 40.
    for (int count : rows) {
      assertThat(count).isBetween(1800, 2200);
    }
  }

  @Test
  void aRateIsOfAFieldWithAVocabulary() {
    FittedFields fields =
        new FittedFields(
            List.of(
                FittedField.of(FieldSpec.categorical("a")),
                FittedField.of(FieldSpec.categorical("b").withHashBuckets(7)),
                FittedField.of(FieldSpec.multi("tags"))));
    FittedFields rated =
        fields.with(List.of(FieldSpec.cross(List.of("a", "b")), FieldSpec.rate("a x b")));
    assertThat(rated.inputs()).hasSize(3);
    assertThat(rated.crosses()[0]).containsExactly(0, 1);
    assertThat(rated.rates()).containsExactly(3);
    assertThat(FittedFields.ofJson(rated.toJson()).toJson()).isEqualTo(rated.toJson());
    for (String wrong : List.of("b", "tags", "c")) {
      assertThatThrownBy(() -> fields.with(List.of(FieldSpec.rate(wrong))))
          .hasMessageContaining("rate of " + wrong)
          .hasMessageContaining("with a vocabulary");
    }
    assertThatThrownBy(
            () -> fields.with(List.of(FieldSpec.rate("a"), FieldSpec.cross(List.of("a", "b")))))
        .hasMessageContaining(
            "fields must be in this order: fields of the log, fields of side tables in the order of"
                + " the tables, crosses, rates; got rate of a before a x b");
  }
}
