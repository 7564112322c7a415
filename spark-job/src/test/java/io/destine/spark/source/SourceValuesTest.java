package io.destine.spark.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceValuesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-01T00:00:00",
        "2026-07-31T23:59:59.100000",
        "1969-12-31T01:02:03.000001",
      })
  void aTimestampIsTheTextThatTheJvmPrintsInTheSessionsZone(String local) {
    TimeZone before = TimeZone.getDefault();
    try {
      for (String zone : List.of("UTC", "Asia/Tokyo", "America/New_York")) {
        TimeZone.setDefault(TimeZone.getTimeZone(zone));
        Timestamp timestamp = Timestamp.valueOf(LocalDateTime.parse(local));
        String printed = timestamp.toString();
        for (String jvm : List.of("UTC", "Asia/Tokyo")) {
          TimeZone.setDefault(TimeZone.getTimeZone(jvm));
          assertThat(SourceValues.in(ZoneId.of(zone)).of(timestamp)).isEqualTo(printed);
        }
      }
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void theDigitsOfALocaleAreNotUsed() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("fa-IR-u-nu-arabext"));
      assertThat(String.format("%02d", 3)).isNotEqualTo("03");
      assertThat(SourceValues.in(ZoneOffset.UTC).of(Instant.parse("2026-01-01T03:04:05Z")))
          .isEqualTo("2026-01-01 03:04:05.0");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void instantsAndListsOfTimestampsAreTexts() {
    Instant instant = Instant.parse("2026-01-01T00:00:00.5Z");
    SourceValues values = SourceValues.in(ZoneOffset.ofHours(9));
    assertThat(values.of(instant)).isEqualTo("2026-01-01 09:00:00.5");
    assertThat(
            values.of(
                scala.collection.JavaConverters.asScalaBuffer(List.of(Timestamp.from(instant)))))
        .isEqualTo(List.of("2026-01-01 09:00:00.5"));
  }

  @Test
  void aTimeWithoutAZoneHasTheTextOfATimestampInEveryZone() {
    LocalDateTime time = LocalDateTime.parse("2024-03-31T02:30:00");
    LocalDateTime fine = LocalDateTime.parse("2024-03-31T02:30:00.0501");
    SourceValues values = SourceValues.in(ZoneId.of("Europe/Berlin"));
    assertThat(values.of(time)).isEqualTo("2024-03-31 02:30:00.0");
    assertThat(values.of(scala.collection.JavaConverters.asScalaBuffer(List.of(time, fine))))
        .isEqualTo(List.of("2024-03-31 02:30:00.0", "2024-03-31 02:30:00.0501"));
  }
}
