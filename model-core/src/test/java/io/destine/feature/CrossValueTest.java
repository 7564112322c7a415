package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CrossValueTest {
  private static String of(String... parts) {
    CrossValue value = new CrossValue();
    value.add(99);
    value.clear();
    for (String part : parts) {
      if (part == null) {
        value.addMissing();
      } else {
        byte[] bytes = ("<" + part + ">").getBytes(StandardCharsets.UTF_8);
        value.add(bytes, 1, bytes.length - 2);
      }
    }
    return new String(value.bytes(), 0, value.length(), StandardCharsets.UTF_8);
  }

  @Test
  void aSeparatorStandsBetweenPlainParts() {
    assertThat(of("JFK", "7")).isEqualTo("JFK\u001f7");
    assertThat(of("Zürich", null)).isEqualTo("Zürich\u001f\u001bm");
  }

  @Test
  void aWholeNumberIsItsDigits() {
    CrossValue value = new CrossValue();
    value.add(1234567);
    value.add(0);
    assertThat(new String(value.bytes(), 0, value.length(), StandardCharsets.UTF_8))
        .isEqualTo("1234567\u001f0");
  }

  @Test
  void differentPartsHaveDifferentValuesAndComeBack() {
    List<String> pieces =
        Arrays.asList(null, "", "m", "a", "\u001f", "\u001b", "\u001bm", "a\u001f", ";", "?", "é");
    Map<String, List<String>> seen = new HashMap<>();
    for (String first : pieces) {
      for (String second : pieces) {
        for (String third : pieces) {
          List<String> parts = new ArrayList<>(Arrays.asList(first, second, third));
          String value = of(first, second, third);
          assertThat(seen.put(value, parts))
              .as("another cross with the value of %s", parts)
              .isNull();
          assertThat(CrossValue.parts(value)).isEqualTo(parts);
        }
      }
    }
  }

  @Test
  void longPartsFit() {
    String part = "\u001f".repeat(1000);
    assertThat(CrossValue.parts(of(part, "x"))).containsExactly(part, "x");
  }
}
