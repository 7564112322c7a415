package io.destine.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Tests that were left out are listed with their reasons, except those of other builds. */
class LeftOutTestsTest {
  private static final String FILE = "destine.tests.left-out";
  private static final String TIER = "destine.tests.full";

  /** Run only by the tests. */
  static final class Sample {
    private static final List<Integer> RUN = new ArrayList<>();

    @Test
    void runs() {}

    @Test
    void lacksSomething() {
      assumeTrue(false, "no network\nhere");
    }

    @Test
    void belongsElsewhere() {
      assumeTrue(false, "not for this Spark: no runtime");
    }

    @Test
    @Disabled("broken")
    void isDisabled() {}

    @Full
    @Test
    void isLong() {}

    @Full(from = 3)
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void hasManyCases(int number) {
      RUN.add(number);
    }

    @Full
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void isLongInEachCase(int number) {
      RUN.add(-number);
    }

    @Full(from = 2)
    @Test
    void isLongWithoutCases() {
      RUN.add(0);
    }

    @Test
    void takesSome() {
      assertThat(Full.Tier.size("cases of takesSome", 5, 2)).isBetween(2, 5);
      assertThat(Full.Tier.size("cases of takesSome", 5, 2)).isBetween(2, 5);
    }
  }

  @TempDir Path directory;

  private List<String> leftOut(boolean full) throws IOException {
    String file = System.getProperty(FILE);
    String tier = System.getProperty(TIER);
    Path list = directory.resolve("list-" + full);
    Sample.RUN.clear();
    try {
      System.setProperty(FILE, list.toString());
      System.setProperty(TIER, String.valueOf(full));
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(selectClass(Sample.class))
                  .build());
    } finally {
      restore(FILE, file);
      restore(TIER, tier);
    }
    return Files.readAllLines(list);
  }

  private static void restore(String name, String value) {
    if (value == null) {
      System.clearProperty(name);
    } else {
      System.setProperty(name, value);
    }
  }

  @Test
  void eachHasALineWithItsReason() throws IOException {
    String sample = "left out: LeftOutTestsTest$Sample.";
    assertThat(leftOut(false))
        .containsExactlyInAnyOrder(
            sample + "lacksSomething: no network here",
            sample + "isDisabled: broken",
            sample + "isLong: -Pfull runs it",
            sample + "isLongInEachCase: -Pfull runs it",
            sample + "isLongWithoutCases: -Pfull runs it",
            "left out: 3 of 5 cases of LeftOutTestsTest$Sample.hasManyCases: -Pfull runs them",
            "left out: 3 of 5 cases of takesSome: -Pfull runs them");
    assertThat(Sample.RUN).containsExactly(1, 2);
    assertThat(leftOut(true))
        .containsExactlyInAnyOrder(
            sample + "lacksSomething: no network here", sample + "isDisabled: broken");
    assertThat(Sample.RUN).containsExactlyInAnyOrder(-2, -1, 0, 1, 2, 3, 4, 5);
  }

  @Test
  void aSeedIsRepeatedWhenItIsGiven() {
    String given = System.getProperty("destine.seed");
    try {
      System.setProperty("destine.seed", "42");
      assertThat(Seeds.next("a test")).isEqualTo(42);
    } finally {
      restore("destine.seed", given);
    }
  }
}
