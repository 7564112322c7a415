package io.destine.spark.conf;

import java.util.List;
import java.util.Optional;

/** Reads the three kinds of split for {@link JobConfigReader}. */
final class SplitReader {
  private final Reading reading;
  private final List<Section> sections;

  /** Sections that are read are added to the given list. */
  SplitReader(Reading reading, List<Section> sections) {
    this.reading = reading;
    this.sections = sections;
  }

  SplitConfig split(Section s, SplitConfig d) {
    boolean byDate = s.has("by-date") || d instanceof SplitConfig.ByDate;
    boolean byPaths = s.has("paths") || d instanceof SplitConfig.ByPaths;
    if (byDate && byPaths) {
      reading.reject(s.key("paths"), " and split.by-date are both given; leave one out");
    }
    if ((byDate || byPaths) && s.has("key")) {
      reading.reject(
          s.key("key"),
          " is given with split."
              + (byDate ? "by-date" : "paths")
              + ", which needs none; leave it out");
    }
    if (byDate) {
      return byDate(opened(s.section("by-date")), d);
    }
    if (byPaths) {
      return byPaths(opened(s.section("paths")), d);
    }
    SplitConfig.ByFraction f = (SplitConfig.ByFraction) d;
    return reading.build(
        s.path(),
        () ->
            new SplitConfig.ByFraction(
                s.decimal("train", f.train(), "fraction of the rows that train"),
                s.decimal("validation", f.validation(), "fraction of the rows that validate"),
                s.decimal("test", f.test(), "fraction of the rows that test"),
                s.longInteger("seed", f.seed(), "seed of the split and of the rows' places"),
                s.optional(
                    "key", f.key(), "column whose equal values are on one side of the split")),
        d);
  }

  SplitConfig byDate(Section s, SplitConfig d) {
    Optional<SplitConfig.ByDate> preset =
        d instanceof SplitConfig.ByDate byDate ? Optional.of(byDate) : Optional.empty();
    return reading.build(
        s.path(),
        () ->
            new SplitConfig.ByDate(
                s.required(
                    "column",
                    preset.map(SplitConfig.ByDate::column).orElse(null),
                    "the name of a column",
                    "column of the row's date"),
                s.required(
                    "validation-from",
                    preset.map(SplitConfig.ByDate::validationFrom).orElse(null),
                    "a date",
                    "first date that validates"),
                s.optional(
                    "test-from",
                    preset.flatMap(SplitConfig.ByDate::testFrom),
                    "first date that tests")),
        d);
  }

  SplitConfig byPaths(Section s, SplitConfig d) {
    Optional<SplitConfig.ByPaths> preset =
        d instanceof SplitConfig.ByPaths byPaths ? Optional.of(byPaths) : Optional.empty();
    return reading.build(
        s.path(),
        () ->
            new SplitConfig.ByPaths(
                s.required(
                    "train",
                    preset.map(SplitConfig.ByPaths::train).orElse(null),
                    "a file or directory",
                    "path of the training rows"),
                s.optional(
                    "validation",
                    preset.flatMap(SplitConfig.ByPaths::validation),
                    "path of the validation rows"),
                s.optional(
                    "test", preset.flatMap(SplitConfig.ByPaths::test), "path of the test rows")),
        d);
  }

  private Section opened(Section section) {
    sections.add(section);
    return section;
  }
}
