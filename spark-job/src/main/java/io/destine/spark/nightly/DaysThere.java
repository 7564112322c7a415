package io.destine.spark.nightly;

import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.store.Storage;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/** Finds the days with input, from names of directories or partitions. */
final class DaysThere {
  private static final Pattern DAY = Pattern.compile("(?<!\\d)\\d{4}-\\d{2}-\\d{2}(?!\\d)");

  private DaysThere() {}

  /** A phrase about the existing days; empty if there are none. */
  static String near(TreeSet<LocalDate> days, LocalDate missing) {
    Optional<LocalDate> before = Optional.ofNullable(days.lower(missing));
    Optional<LocalDate> after = Optional.ofNullable(days.higher(missing));
    if (days.isEmpty()) {
      return "";
    }
    return "; nearest days with input: "
        + before.map(LocalDate::toString).orElse("none")
        + " before it, "
        + after.map(LocalDate::toString).orElse("none")
        + " after it";
  }

  /** Days in the names of partitions, such as {@code day=2026-03-01/hour=4}. */
  static TreeSet<LocalDate> in(List<String> partitions) {
    TreeSet<LocalDate> days = new TreeSet<>();
    for (String partition : partitions) {
      Matcher matcher = DAY.matcher(partition);
      if (matcher.find()) {
        add(days, matcher.group());
      }
    }
    return days;
  }

  /** Days in the names of the entries next to the first path component that contains a date. */
  static TreeSet<LocalDate> beside(Configuration hadoop, String input) {
    TreeSet<LocalDate> days = new TreeSet<>();
    int date = input.indexOf(NightlyConfig.DATE);
    int slash = input.lastIndexOf('/', Math.max(0, date));
    if (date < 0 || slash <= 0) {
      return days;
    }
    int end = input.indexOf('/', date);
    String name = input.substring(slash + 1, end < 0 ? input.length() : end);
    String[] around = name.split(Pattern.quote(NightlyConfig.DATE), 2);
    Pattern pattern =
        Pattern.compile(
            Pattern.quote(around[0]) + "(\\d{4}-\\d{2}-\\d{2})" + Pattern.quote(around[1]));
    Path parent = new Path(input.substring(0, slash));
    for (FileStatus status : Storage.list(Storage.of(hadoop, parent), parent)) {
      Matcher matcher = pattern.matcher(status.getPath().getName());
      if (matcher.matches()) {
        add(days, matcher.group(1));
      }
    }
    return days;
  }

  private static void add(TreeSet<LocalDate> days, String text) {
    try {
      days.add(LocalDate.parse(text));
    } catch (DateTimeException e) {
      // The digits are not a date, so it is not a day.
    }
  }
}
