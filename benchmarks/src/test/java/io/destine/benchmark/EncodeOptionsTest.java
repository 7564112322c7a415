package io.destine.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class EncodeOptionsTest {
  @Test
  void whatIsNotGivenIsCriteosShape() {
    assertThat(EncodeOptions.parse("--rows", "5000000", "--skew", "1.05"))
        .isEqualTo(new EncodeOptions(5_000_000, 26, 13, 1.05, 2, 0));
  }

  @Test
  void argumentsThatCannotBeUsedAreNamed() {
    assertThatThrownBy(() -> EncodeOptions.parse("--batch", "3"))
        .hasMessageStartingWith("options must be among --rows, --fields")
        .hasMessageEndingWith("got --batch");
    assertThatThrownBy(() -> EncodeOptions.parse("--rows"))
        .hasMessage("--rows must be followed by a value");
    assertThatThrownBy(() -> EncodeOptions.parse("--fields", "27"))
        .hasMessage("--fields must be a whole number of 1 .. 26, got 27");
    assertThatThrownBy(() -> EncodeOptions.parse("--repeats", "1.5"))
        .hasMessage("--repeats must be a whole number of 2 .. 1000, got 1.5");
    assertThatThrownBy(() -> EncodeOptions.parse("--skew", "much"))
        .hasMessage("--skew must be a number of 0 .. 10, got much");
  }
}
