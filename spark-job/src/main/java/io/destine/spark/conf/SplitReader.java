package io.destine.spark.conf;

import java.util.List;
import java.util.Map;

/** Reads the three kinds of split for {@link JobConfigReader}. */
final class SplitReader {
  private final Reading reading;
  private final RecordReader records;

  SplitReader(Reading reading) {
    this.reading = reading;
    records = new RecordReader(reading, Map.of());
  }

  /**
   * The split of a section.
   *
   * @param d values of keys that are left out; null takes the defaults
   */
  SplitConfig split(Section s, SplitConfig d) {
    boolean byDate = s.has("by-date") || d instanceof SplitConfig.ByDate;
    boolean byPaths = s.has("paths") || d instanceof SplitConfig.ByPaths;
    if (byDate && byPaths) {
      reading.reject(s.key("paths"), " and split.by-date are both given; leave one out");
    }
    if (byDate || byPaths) {
      for (String name : List.of("train", "validation", "test", "seed", "key")) {
        if (s.has(name)) {
          reading.reject(
              s.key(name),
              " is given with split."
                  + (byDate ? "by-date" : "paths")
                  + ", but applies only to a split by fractions; leave it out");
        }
      }
    }
    if (byDate) {
      return byDate(s.section("by-date"), d instanceof SplitConfig.ByDate date ? date : null);
    }
    if (byPaths) {
      return byPaths(s.section("paths"), d instanceof SplitConfig.ByPaths paths ? paths : null);
    }
    return records.record(s, SplitConfig.ByFraction.class, (SplitConfig.ByFraction) d);
  }

  SplitConfig byDate(Section s, SplitConfig.ByDate d) {
    return records.record(s, SplitConfig.ByDate.class, d);
  }

  SplitConfig byPaths(Section s, SplitConfig.ByPaths d) {
    return records.record(s, SplitConfig.ByPaths.class, d);
  }
}
