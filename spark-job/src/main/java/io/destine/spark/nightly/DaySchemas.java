package io.destine.spark.nightly;

import io.destine.feature.FieldSpec;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.source.FieldChanges;
import io.destine.spark.source.SourceTable;
import io.destine.spark.source.TableSchema;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Checks that the days of a candidate's training data and the published model have the same
 * columns.
 */
final class DaySchemas {
  private final SparkSession spark;
  private final JobConfig config;
  private final DayInput input;

  DaySchemas(SparkSession spark, JobConfig config, DayInput input) {
    this.spark = spark;
    this.config = config;
    this.input = input;
  }

  /**
   * Compares the fields of a day with those of the published model.
   *
   * @throws UserError naming the day's path or table, the columns and the changes
   */
  static void requireFields(String path, List<FieldSpec> published, List<FieldSpec> found) {
    if (found.equals(published)) {
      return;
    }
    Map<String, FieldSpec> before = byName(published);
    Map<String, FieldSpec> now = byName(found);
    List<String> problems = new ArrayList<>();
    now.forEach(
        (name, field) -> {
          if (!before.containsKey(name)) {
            problems.add(path + ": field " + name + " is new");
          } else if (!before.get(name).equals(field)) {
            problems.add(
                path + ": field " + name + ": " + FieldChanges.of(before.get(name), field));
          }
        });
    before.keySet().stream()
        .filter(name -> !now.containsKey(name))
        .forEach(name -> problems.add(path + ": field " + name + " is gone"));
    if (problems.isEmpty()) {
      List<String> old = List.copyOf(before.keySet());
      List<String> order = List.copyOf(now.keySet());
      for (int m = 0; m < old.size(); m++) {
        if (!old.get(m).equals(order.get(m))) {
          problems.add(
              path + ": field " + (m + 1) + " was " + old.get(m) + " and is " + order.get(m));
        }
      }
    }
    problems.add(
        "the published model has the fields "
            + String.join(", ", before.keySet())
            + "; name them under fields, in this order, to continue from it, or choose a new "
            + "output.model");
    throw new UserError(problems);
  }

  private static Map<String, FieldSpec> byName(List<FieldSpec> fields) {
    Map<String, FieldSpec> map = new LinkedHashMap<>();
    fields.forEach(field -> map.put(field.name(), field));
    return map;
  }

  /**
   * Compares the columns of all days of a window with those of the last one.
   *
   * @throws UserError naming each day that differs, the column and the change
   */
  void requireSame(List<LocalDate> days) {
    // A table has the same columns on all days.
    if (days.size() < 2 || config.nightly().rows().table().isPresent()) {
      return;
    }
    LocalDate last = days.get(days.size() - 1);
    Map<String, String> expected = columns(last);
    List<String> problems = new ArrayList<>();
    for (LocalDate day : days.subList(0, days.size() - 1)) {
      compare(day, columns(day), last, expected, problems);
    }
    if (!problems.isEmpty()) {
      problems.add(
          "the days of a window must have the same columns: write them again, or shorten"
              + " nightly.window-days or nightly.first-window-days");
      throw new UserError(problems);
    }
  }

  private static void compare(
      LocalDate day,
      Map<String, String> found,
      LocalDate last,
      Map<String, String> expected,
      List<String> problems) {
    int before = problems.size();
    expected.forEach(
        (name, type) -> {
          String other = found.get(name);
          if (other == null) {
            problems.add(day + ": column " + name + " is missing; " + last + " has it");
          } else if (!other.equals(type)) {
            problems.add(
                day + ": column " + name + " is " + other + ", but " + type + " on " + last);
          }
        });
    found.keySet().stream()
        .filter(name -> !expected.containsKey(name))
        .forEach(name -> problems.add(day + ": column " + name + " is not in " + last));
    List<String> order = List.copyOf(expected.keySet());
    List<String> other = List.copyOf(found.keySet());
    for (int i = 0; problems.size() == before && i < order.size(); i++) {
      if (!order.get(i).equals(other.get(i))) {
        problems.add(
            day
                + ": column "
                + (i + 1)
                + " is "
                + other.get(i)
                + ", but "
                + order.get(i)
                + " on "
                + last);
      }
    }
  }

  /** Columns and types of a day in order, as far as they matter when days are read together. */
  private Map<String, String> columns(LocalDate day) {
    SourceConfig source = input.source(List.of(day));
    Map<String, String> columns = new LinkedHashMap<>();
    StructType schema;
    try {
      schema = new SourceTable(spark, source).read().schema();
      new TableSchema(schema, source, source.name()).requireWellRead();
    } catch (UserError e) {
      throw new UserError(e.problems().stream().map(line -> day + ": " + line).toList());
    }
    // Separated text matches columns by position, other formats by name.
    Stream<StructField> fields =
        Stream.of(schema.fields()).filter(field -> !field.name().equals(SourceTable.CORRUPT));
    if (!source.separatedText()) {
      fields = fields.filter(field -> used(field.name())).sorted(BY_NAME);
    }
    fields.forEach(field -> columns.put(field.name(), field.dataType().simpleString()));
    return columns;
  }

  private static final Comparator<StructField> BY_NAME = Comparator.comparing(StructField::name);

  private boolean used(String column) {
    return config.fields().isEmpty()
        || config.label().equals(column)
        || Stream.of(
                config.weight(),
                config.group(),
                config.encoding().dateColumn(),
                config.encoding().splitDateColumn(),
                config.split().key())
            .flatMap(Optional::stream)
            .anyMatch(column::equals)
        || config.fields().stream().anyMatch(field -> field.column().equals(column))
        || config.tables().stream().anyMatch(side -> side.table().key().equals(column));
  }
}
