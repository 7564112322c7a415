package io.destine.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.conf.DateOrder;
import io.destine.spark.conf.LabelRule;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelColumnsTest {
  private static final LabelRule RATINGS = new LabelRule(4, 2, List.of());

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "2.5, 2", "3, 2", "4, 1", "' 5 ', 1", "Infinity, 1", "-1e3, 0"})
  void numbersBetweenTheBoundsAreNeither(String rating, float label) {
    assertThat(LabelColumns.label(RATINGS, rating)).isEqualTo(label);
  }

  @ParameterizedTest
  @CsvSource({"3.9, 0", "4, 1"})
  void withoutALowerBoundAllOtherNumbersAreZero(double rating, float label) {
    assertThat(LabelColumns.label(new LabelRule(4, Double.NaN, List.of()), rating))
        .isEqualTo(label);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "good", "4 stars"})
  void otherTextsAreNoLabels(String rating) {
    assertThatThrownBy(() -> LabelColumns.label(RATINGS, rating))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the label is \"" + rating + "\"; with positive-from it must be a number");
  }

  /** As in a column of documents, named by mistake. */
  @Test
  void aLongTextIsShownByItsBeginning() {
    String text = "0123456789".repeat(100_000);
    String shown = "0123456789".repeat(4) + "...";
    assertThatThrownBy(() -> LabelColumns.label(LabelRule.PLAIN, text))
        .hasMessage("the label is \"" + shown + "\"; labels are 0 and 1, or false and true");
    assertThatThrownBy(() -> LabelColumns.label(RATINGS, text + " stars"))
        .hasMessage("the label is \"" + shown + "\"; with positive-from it must be a number");
    assertThatThrownBy(() -> LabelColumns.weight("w", text))
        .hasMessage(
            "column \"w\": weight "
                + shown
                + " is not allowed; a weight is 0 or a number from 1e-30 to 1e30");
    SplitRule byDate = new SplitRule.ByDate(new DateOrder("7", Optional.empty()), "day", "7", null);
    assertThatThrownBy(() -> byDate.split(0, 0, text + " days"))
        .hasMessage("column \"day\": \"" + shown + "\" is not a date like 7");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2024-03-31T12:00:00", "2024-03-31 12:00:00"})
  void timesAreComparedWhetherATOrABlankSeparatesThemFromTheDate(String bound) {
    DateOrder order = new DateOrder(bound, Optional.empty());
    SplitRule rule = new SplitRule.ByDate(order, "ts", bound, null);
    for (String separator : List.of("T", " ")) {
      assertThat(rule.split(0, 0, "2024-03-31" + separator + "11:59:59")).isZero();
      assertThat(rule.split(0, 0, "2024-03-31" + separator + "12:00:00")).isEqualTo(1);
    }
    assertThat(rule.split(0, 0, "2024-03-31")).isZero();
  }

  @ParameterizedTest
  @NullAndEmptySource
  void aMissingLabelIsNamed(String rating) {
    assertThatThrownBy(() -> LabelColumns.label(RATINGS, rating))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the label is missing");
  }

  @Test
  void namedTextsAreOne() {
    LabelRule rule = new LabelRule(Double.NaN, Double.NaN, List.of(">50K"));
    assertThat(LabelColumns.label(rule, " >50K ")).isEqualTo(1);
    assertThat(LabelColumns.label(rule, "<=50K")).isZero();
  }

  @Test
  void boundsThatContradictAreRefused() {
    assertThatThrownBy(() -> new LabelRule(2, 4, List.of())).hasMessageContaining("negative-to");
    assertThatThrownBy(() -> new LabelRule(Double.NaN, 2, List.of()))
        .hasMessageContaining("negative-to");
    assertThatThrownBy(() -> new LabelRule(4, Double.NaN, List.of("yes")))
        .hasMessageContaining("positive-values");
  }
}
