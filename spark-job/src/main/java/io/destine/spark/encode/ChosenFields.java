package io.destine.spark.encode;

import io.destine.feature.DatePart;
import io.destine.feature.FieldSpec;
import io.destine.spark.source.OpenColumn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The fields of a table, derived from its columns because the configuration does not list them.
 *
 * @param fields in order of their columns
 * @param choices one for each column, in order
 * @param warnings columns that are left out but may be intended as fields
 */
record ChosenFields(List<FieldSpec> fields, List<ColumnChoice> choices, List<String> warnings) {
  /** Integer columns with at most this many values are categories: months, hours, places, kinds. */
  private static final int FEW_WHOLE = 256;

  /** Below this number of rows, the repetition of values is not judged. */
  private static final int FEW_ROWS = 100;

  /**
   * Limits for a column of row identifiers: maximum rows per value, and minimum distinct values per
   * row.
   */
  private static final double HARDLY_REPEATED = 1.1;

  private static final double NEARLY_ALL = 0.75;

  private static final int BUCKETS = FieldSpec.DEFAULT_BUCKETS;

  private static final String NAME_IT = "; name it in fields to use it";

  /**
   * Chooses fields.
   *
   * @param columns in order
   * @param sketches of the readable ones, in order
   */
  static ChosenFields of(List<OpenColumn> columns, List<ColumnSketch> sketches) {
    Choosing choosing = new Choosing();
    columns.forEach(column -> choosing.names.add(column.name()));
    int next = 0;
    for (OpenColumn column : columns) {
      if (column.readable()) {
        choosing.choose(column, sketches.get(next++));
      } else {
        choosing.leaveOut(
            column,
            "its type "
                + column.type()
                + " is neither a string, a number, a time nor a list of strings",
            column.type().matches("array<(float|double)>")
                ? "; name it in fields, with kind = vector, to use it"
                : "");
      }
    }
    return new ChosenFields(choosing.fields, choosing.choices, choosing.warnings);
  }

  /** Collects the choices. One thread. */
  private static final class Choosing {
    private final List<FieldSpec> fields = new ArrayList<>();
    private final List<ColumnChoice> choices = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    void choose(OpenColumn column, ColumnSketch sketch) {
      if (sketch.rows == 0) {
        leaveOut(column, "no training row has a value", null);
      } else if (sketch.distinct() == 1 && sketch.missing == 0) {
        leaveOut(column, "all training rows have the same value", null);
      } else if (column.holds() == OpenColumn.Holds.LISTS) {
        take(
            column, List.of(FieldSpec.multi(column.name())), "multi", values(sketch) + " in lists");
      } else if (sketch.times) {
        chooseParts(column, sketch);
      } else if (column.date()) {
        leaveOut(column, "the date of the rows, without a time of day", null);
      } else if (column.holds() != OpenColumn.Holds.VALUES && sketch.numbers) {
        chooseOfNumbers(column, sketch);
      } else if (isNameOfRows(sketch)) {
        leaveOut(column, "nearly all " + rows(sketch) + " have different values", NAME_IT);
      } else {
        take(column, List.of(FieldSpec.categorical(column.name())), "categorical", values(sketch));
      }
    }

    private void chooseOfNumbers(OpenColumn column, ColumnSketch sketch) {
      boolean few = sketch.complete() && sketch.distinct() <= (sketch.whole ? FEW_WHOLE : BUCKETS);
      String numbers = about(sketch) + (sketch.whole ? " whole numbers" : " numbers");
      if (few) {
        take(column, List.of(FieldSpec.categorical(column.name())), "categorical", numbers);
      } else if (sketch.whole
          && isNameOfRows(sketch)
          && sketch.high - sketch.low < 2.0 * sketch.all) {
        leaveOut(
            column,
            "looks like a row number: nearly all "
                + rows(sketch)
                + " have different whole numbers from a narrow range",
            NAME_IT);
      } else {
        NumberMeaning meaning = NumberMeaning.of(sketch, BUCKETS);
        boolean names = sketch.whole && meaning.isNames();
        FieldSpec field =
            names
                ? FieldSpec.categorical(column.name())
                : FieldSpec.quantile(column.name(), BUCKETS);
        take(
            column,
            List.of(field),
            names ? "categorical" : "numeric, " + BUCKETS + " quantile buckets",
            sketch.whole
                ? String.format(
                    Locale.ROOT,
                    "%s; log loss %.5f as categories, %.5f in buckets",
                    numbers,
                    meaning.names(),
                    meaning.buckets())
                : numbers);
      }
    }

    private void chooseParts(OpenColumn column, ColumnSketch sketch) {
      List<FieldSpec> parts = new ArrayList<>();
      List<String> words = new ArrayList<>();
      for (DatePart part : DatePart.values()) {
        boolean ahead = !column.days() && part == DatePart.DAY;
        if (sketch.variety(part) > 1 && !ahead) {
          parts.add(FieldSpec.part(name(column.name() + " " + part.key()), column.name(), part));
          words.add(part.key());
        }
      }
      String reason =
          "dates or times: the parts that vary"
              + (column.days()
                  ? ""
                  : ", without the day of the month, since later rows have other days");
      if (column.days() && sketch.comesAgain()) {
        parts.add(FieldSpec.categorical(column.name()));
        words.add("the values themselves");
        reason += "; validation rows have the same " + values(sketch);
      }
      if (parts.isEmpty()) {
        leaveOut(
            column,
            column.days()
                ? "dates or times: no part varies"
                : "dates or times: hour and weekday do not vary, and later rows have other days",
            null);
      } else {
        take(column, parts, String.join(", ", words), reason);
      }
    }

    private String name(String wanted) {
      String name = wanted;
      while (!names.add(name)) {
        name += "_";
      }
      return name;
    }

    private void take(OpenColumn column, List<FieldSpec> taken, String choice, String reason) {
      fields.addAll(taken);
      choices.add(
          new ColumnChoice(
              column.name(), taken.stream().map(FieldSpec::name).toList(), choice, reason));
    }

    /**
     * Leaves a column out.
     *
     * @param remedy the end of a warning; null if users need none
     */
    private void leaveOut(OpenColumn column, String reason, String remedy) {
      ColumnChoice choice = new ColumnChoice(column.name(), List.of(), "left out", reason);
      choices.add(choice);
      if (remedy != null) {
        warnings.add(choice.line() + remedy);
      }
    }
  }

  private static boolean isNameOfRows(ColumnSketch sketch) {
    return sketch.rows >= FEW_ROWS
        && sketch.rowsOfAValue() <= HARDLY_REPEATED
        && sketch.distinct() >= NEARLY_ALL * sketch.rows;
  }

  private static String about(ColumnSketch sketch) {
    // Only the first two digits are shown: the error of the estimate is about 4 %.
    long distinct = sketch.distinct();
    long unit = 1;
    while (!sketch.complete() && distinct / unit >= 100) {
      unit *= 10;
    }
    return String.format(
        Locale.ROOT, "%s%,d", sketch.complete() ? "" : "about ", distinct / unit * unit);
  }

  private static String values(ColumnSketch sketch) {
    return about(sketch) + (sketch.distinct() == 1 ? " value" : " values");
  }

  private static String rows(ColumnSketch sketch) {
    return String.format(Locale.ROOT, "%,d rows", sketch.rows);
  }
}
