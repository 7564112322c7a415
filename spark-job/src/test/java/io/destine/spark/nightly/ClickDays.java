package io.destine.spark.nightly;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;

/**
 * Days of clicks as csv, one directory a day with {@code _SUCCESS}: users like half of the items,
 * and every day some items are new.
 */
public final class ClickDays {
  static final LocalDate FIRST = LocalDate.of(2026, 3, 1);
  static final int ROWS = 900;

  private ClickDays() {}

  /** The date of day number n. */
  public static LocalDate day(int number) {
    return FIRST.plusDays(number);
  }

  /** Writes day number n below a directory. */
  public static void write(Path directory, int number) throws IOException {
    write(directory, number, ROWS, 0.8, 0.2);
  }

  /** Writes a day of its own number of rows and rates of the liked and the other items. */
  static void write(Path directory, int number, int rows, double liked, double other)
      throws IOException {
    CounterRandom random = CounterRandom.of(number, Purpose.SPLIT);
    StringBuilder csv = new StringBuilder("clicked,user,item\n");
    for (int n = 0; n < rows; n++) {
      int user = random.below(12, 3L * n);
      int item = number + random.below(15, 3L * n + 1);
      boolean click = random.uniform(3L * n + 2) < ((user + item) % 2 == 0 ? liked : other);
      csv.append(click ? "1" : "0").append(",u").append(user).append(",i").append(item);
      csv.append('\n');
    }
    Path day = Files.createDirectories(directory.resolve("day=" + day(number)));
    Files.writeString(day.resolve("part-0.csv"), csv);
    Files.writeString(day.resolve("_SUCCESS"), "");
  }

  /** A configuration that reads these days. */
  public static String configuration(Object logs, Object model) {
    return """
    source { format = csv, header = true }
    label = clicked
    fields = "*"
    crosses = none
    split { train = 0.7, validation = 0.1, test = 0.2, seed = 1 }
    model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1, wide = true }
    train { batch-size = 128, epochs = 4, learning-rate = 0.02, blocks-per-step = 4 }
    output { model = "%s" }
    nightly {
      input = "%s/day={date}"
      min-rows = 200
      first-window-days = 3
      epochs = 2
      keep-models = 3
      gate { tolerance = 0.05, min-rows = 50, min-calibration = 0.5, max-calibration = 2 }
    }
    """
        .formatted(model, logs);
  }
}
