package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.nightly.Rollback.Target;
import java.time.LocalDate;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RollbackTest {
  private static final LocalDate DATE = LocalDate.of(2026, 11, 24);

  @Test
  void aTargetIsADateOrARunOfIt() {
    assertThat(Target.parse("2026-11-24")).hasValue(new Target(DATE, OptionalInt.empty()));
    assertThat(Target.parse("2026-11-24.1")).hasValue(new Target(DATE, OptionalInt.of(1)));
    assertThat(Target.parse("2026-11-24.12")).hasValue(new Target(DATE, OptionalInt.of(12)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".1",
        "today",
        "2026-11-31",
        "2026-11-24.0",
        "2026-11-24.01",
        "2026-11-24.2.1"
      })
  void otherTextsAreNone(String text) {
    assertThat(Target.parse(text)).isEmpty();
  }
}
