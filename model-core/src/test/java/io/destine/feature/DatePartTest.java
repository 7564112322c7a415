package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatePartTest {
  @Test
  void partsAreThoseOfTheCalendar() {
    LocalDateTime time = LocalDateTime.of(2023, 12, 25, 0, 30);
    for (int i = 0; i < 1500; i++) {
      time = time.plusHours(7).plusMinutes(13);
      for (String text : List.of(time.toString(), time.toString().replace('T', ' ') + ":07.5Z")) {
        assertThat(DatePart.HOUR.of(text)).isEqualTo(Integer.toString(time.getHour()));
        assertThat(DatePart.DAY.of(text)).isEqualTo(Integer.toString(time.getDayOfMonth()));
        assertThat(DatePart.WEEKDAY.of(text))
            .isEqualTo(time.getDayOfWeek().name().toLowerCase(Locale.ROOT));
      }
    }
  }

  @Test
  void aPartIsThatOfSomeTime() {
    for (DatePart part : DatePart.values()) {
      List<String> texts =
          List.of(
              "0", "7", "23", "24", "31", "32", "07", "monday", "Monday", "mon", "", "2024-01-01");
      assertThat(texts.stream().filter(part::has))
          .containsExactlyElementsOf(
              switch (part) {
                case HOUR -> List.of("0", "7", "23");
                case WEEKDAY -> List.of("monday");
                case DAY -> List.of("7", "23", "24", "31");
              });
    }
  }

  @Test
  void aDateHasNoHourAndAMissingTimeNoPart() {
    assertThat(DatePart.HOUR.of("2024-02-29")).isNull();
    assertThat(DatePart.WEEKDAY.of(" 2024-02-29 ")).isEqualTo("thursday");
    assertThat(DatePart.DAY.of((String) null)).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2023-02-29", "2024-13-01", "2024-1-1", "20240101", "2024-01-01 24:00", "2024-01-01 7",
        "2024-01-01 07-30", "2024-01-01x07:30", "x", "24:00", "2024-01-01 1:30:00", "-024-01-01"
      })
  void otherTextsAreRefusedWithTheNameOfTheField(String text) {
    assertThat(DatePart.isTime(text)).isFalse();
    FieldSpec field = FieldSpec.part("at hour", "at", DatePart.HOUR);
    assertThatThrownBy(() -> RawValues.text(field, text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "field at hour: value must be a date or time such as 2024-03-01 17:30:00, got " + text);
  }

  @ParameterizedTest
  @EnumSource(DatePart.class)
  void anExampleHasItsPart(DatePart part) {
    Map<DatePart, List<String>> values =
        Map.of(
            DatePart.HOUR, List.of("0", "7", "23"),
            DatePart.WEEKDAY, List.of("monday", "sunday"),
            DatePart.DAY, List.of("1", "31"));
    for (String value : values.get(part)) {
      assertThat(part.of(part.example(value))).isEqualTo(value);
    }
  }

  @Test
  void aFieldOfAPartIsStoredAndTakesItsPart() {
    FieldSpec spec = FieldSpec.part("at hour", "at", DatePart.HOUR);
    FittedFields fields = new FittedFields(List.of(FittedField.of(spec)));
    assertThat(FittedFields.ofJson(fields.toJson()).specs()).containsExactly(spec);
    assertThat(FittedField.of(spec).value("2024-03-01T17:30:00")).isEqualTo("17");
    assertThatThrownBy(() -> FieldSpec.multi("tags").withPart(DatePart.DAY))
        .hasMessageContaining("part");
  }
}
