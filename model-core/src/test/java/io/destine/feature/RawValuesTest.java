package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RawValuesTest {
  private static final FieldSpec FIELD = FieldSpec.categorical("colour");
  private static final FieldSpec TAGS = FieldSpec.multi("tags");

  @Test
  void aNumberHasOneTextWhateverItsType() {
    for (Object three : List.of(3, 3L, 3f, 3.0, "3", new BigDecimal("3.00"), (short) 3)) {
      assertThat(RawValues.text(FIELD, three)).isEqualTo("3");
    }
    assertThat(RawValues.text(FIELD, "")).isNull();
    assertThat(RawValues.text(FIELD, null)).isNull();
  }

  /** A record's hash selects its split, so it refuses the same values as the encoder. */
  @Test
  void whatHasNoTextOfItsOwnIsRefusedByTheFieldsName() {
    for (Object raw : List.of(new byte[] {1}, new int[0], List.of("a"), Map.of("a", 1))) {
      assertThatThrownBy(() -> RawValues.text(FIELD, raw))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "field colour: value must be a single string or number, got a list, a map");
      assertThatThrownBy(() -> RecordHash.of(List.of(FIELD), m -> raw))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> FittedField.of(FIELD).value(raw))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> RawValues.texts(TAGS, List.of("a", raw)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("field tags: ");
    }
  }

  @Test
  void textWhoseBytesWereLostIsRefused() {
    for (String text : List.of("caf\uFFFD", "\uFFFD", "a|\uFFFD")) {
      assertThatThrownBy(() -> RawValues.text(FIELD, text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("field colour: \"" + text + "\" holds bytes that are not text");
      assertThatThrownBy(() -> RawValues.texts(TAGS, text))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(RawValues.text(FIELD, "caf\u00e9\0\uD83D\uDE00"))
        .isEqualTo("caf\u00e9\0\uD83D\uDE00");
    assertThat(RawValues.texts(TAGS, Arrays.asList("a", null, "", 2.0))).containsExactly("a", "2");
  }
}
