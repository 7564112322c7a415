package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.Vocabulary;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.testing.Full;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that are rare on each day get ids when several days have them. */
class CountWindowTest {
  private static final LocalDate FIRST = LocalDate.parse("2026-01-01");
  private static final int MIN_COUNT = 3;

  @TempDir Path directory;

  private Path day(int day, List<String> values) {
    List<String> lines = new ArrayList<>(List.of("y,v"));
    for (int i = 0; i < values.size(); i++) {
      lines.add(i % 2 + "," + values.get(i));
    }
    return new EncodingCase(directory).write("day-" + day + "/a.csv", lines).getParent();
  }

  private JobConfig config(List<Integer> days) {
    return JobConfigReader.parse(
        "source.path = ["
            + days.stream()
                .map(day -> '"' + directory.resolve("day-" + day).toString() + '"')
                .collect(Collectors.joining(", "))
            + "]\nlabel = y, fields = [ v ], output.model = m, vocabulary.min-count = "
            + MIN_COUNT
            + "\nsplit { train = 1, validation = 0, test = 0 }",
        List.of());
  }

  /** Encodes the days up to the given one; its vocabulary grows from that of the day before. */
  private Set<String> night(int day, int windowDays, int countDays) {
    List<Integer> days =
        IntStream.rangeClosed(Math.max(0, day - windowDays + 1), day).boxed().toList();
    CountWindow window =
        new CountWindow(
            FIRST.plusDays(day), countDays, days.stream().map(FIRST::plusDays).toList());
    Optional<String> earlier =
        day == 0
            ? Optional.empty()
            : Optional.of(directory + "/night-" + (day - 1) + "/vocabulary");
    EncodedDataSet data;
    try (SourceRows rows = SourceRows.read(SharedSpark.session(), config(List.of(day)))) {
      data =
          new DataSetEncoder()
              .encode(
                  SharedSpark.session(),
                  config(days),
                  directory + "/night-" + day,
                  earlier,
                  false,
                  Optional.of(rows),
                  Optional.of(window));
    }
    Vocabulary vocabulary = EncodingCase.vocabulary(data);
    Set<String> known = new TreeSet<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      if (vocabulary.entry(id).value() != null) {
        known.add(vocabulary.entry(id).value());
      }
    }
    return known;
  }

  @Test
  void aValueThatIsSeenOnceADayGetsAnIdInTheEnd() {
    for (int day = 0; day < 5; day++) {
      day(day, List.of("daily", "common", "common", "common", "only" + day));
    }
    assertThat(night(0, 1, 7)).containsExactly("common");
    assertThat(night(1, 1, 7)).containsExactly("common");
    assertThat(night(2, 1, 7)).containsExactly("common", "daily");
    assertThat(night(3, 1, 7)).containsExactly("common", "daily");
  }

  /** Each day's values are drawn from a few that come often and many that do not. */
  @Full(from = 2)
  @ParameterizedTest
  @CsvSource({"1, 4", "2, 4", "3, 3", "1, 30"})
  void valuesWithIdsAreThoseOfACountByHand(int windowDays, int countDays) {
    Random random = new Random(windowDays * 100L + countDays);
    List<Map<String, Integer>> counts = new ArrayList<>();
    Set<String> known = new TreeSet<>();
    int late = 0;
    for (int day = 0; day < 8; day++) {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        values.add("v" + (int) Math.floor(80 * random.nextDouble() * random.nextDouble()));
      }
      day(day, values);
      Map<String, Integer> ofDay = new HashMap<>();
      values.forEach(value -> ofDay.merge(value, 1, Integer::sum));
      counts.add(ofDay);
      int firstRows = Math.max(0, day - windowDays + 1);
      for (int v = 0; v < 80; v++) {
        String value = "v" + v;
        int inRows = 0;
        int inWindow = 0;
        for (int d = 0; d <= day; d++) {
          int count = counts.get(d).getOrDefault(value, 0);
          inRows += d >= firstRows ? count : 0;
          inWindow += d >= firstRows || d > day - countDays ? count : 0;
        }
        if (inRows > 0 && inWindow >= MIN_COUNT && known.add(value)) {
          late += inRows < MIN_COUNT ? 1 : 0;
        }
      }
      assertThat(night(day, windowDays, countDays)).as("night %d", day).isEqualTo(known);
    }
    assertThat(late).as("values that needed earlier days").isGreaterThan(windowDays < 3 ? 2 : -1);
  }
}
