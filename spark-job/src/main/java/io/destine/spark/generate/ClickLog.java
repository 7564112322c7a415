package io.destine.spark.generate;

import io.destine.feature.FieldKind;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Settings of a generated click log. Row i is a function of these settings and i only.
 *
 * @param fields columns other than the label, in order
 * @param label column of the label, 0 or 1
 * @param rows N
 * @param seed of values, teacher and labels
 * @param skew Zipf exponent of the values' frequencies
 * @param missing share of missing values in every field except vectors
 * @param days number of days over which the rows are spread, in order; 0 for no date column
 * @param items number of items; each row has one of them; 0 for no items
 * @param itemFields number of fields, at the end, that belong to the row's item
 * @param teacher model of the labels
 * @param teacherColumn whether the teacher's probability is a column
 */
public record ClickLog(
    List<GeneratedField> fields,
    String label,
    long rows,
    long seed,
    double skew,
    double missing,
    int days,
    int items,
    int itemFields,
    TeacherSettings teacher,
    boolean teacherColumn)
    implements Serializable {

  /** Column of the date. */
  public static final String DAY = "day";

  /** Column of the teacher's probability. */
  public static final String TEACHER_PROBABILITY = "teacher_probability";

  /** Column of the item's key. */
  public static final String ITEM = "item";

  /** The first date. */
  public static final LocalDate FIRST_DAY = LocalDate.of(2024, 1, 1);

  private static final long MOST_ROWS = 10_000_000_000L;
  private static final int MOST_DAYS = 10_000;

  /** The attention of a row with M fields takes M^2 operations. */
  private static final int MOST_ATTENTION_FIELDS = 100;

  public ClickLog {
    fields = List.copyOf(fields);
    if (fields.isEmpty()) {
      throw new IllegalArgumentException("fields must be at least one, got none");
    }
    require(rows >= 1 && rows <= MOST_ROWS, "rows must be 1 .. 10000000000", rows);
    require(skew >= 0 && skew <= 10, "skew must be 0 .. 10", skew);
    require(missing >= 0 && missing < 1, "missing must be at least 0 and below 1", missing);
    require(days >= 0 && days <= MOST_DAYS, "days must be 0 .. " + MOST_DAYS, days);
    require(days > 0 || teacher.drift() == 0, "drift must be 0 without days", teacher.drift());
    require(days <= rows, "days must be at most the number of rows", days);
    require(items >= 0, "items must not be negative", items);
    require(
        itemFields >= 0 && itemFields <= fields.size() && (items > 0 || itemFields == 0),
        "fields of items must be some of the fields",
        itemFields);
    require(
        items == 0 || teacher.kind() == TeacherKind.FM,
        "items must be left out with --teacher attention",
        items);
    if (teacher.kind() == TeacherKind.ATTENTION) {
      require(
          fields.size() <= MOST_ATTENTION_FIELDS,
          "fields must be at most " + MOST_ATTENTION_FIELDS + " with --teacher attention",
          fields.size());
      require(
          fields.size() > 1 || teacher.interaction() == 0,
          "interaction must be 0 when no two fields interact",
          teacher.interaction());
    }
    for (FieldPair pair : teacher.pairs()) {
      int last = Math.max(pair.first(), pair.second());
      require(last < fields.size(), "a pair must be of fields 0 .. " + (fields.size() - 1), last);
    }
  }

  /** A click log without items. */
  public ClickLog(
      List<GeneratedField> fields,
      String label,
      long rows,
      long seed,
      double skew,
      double missing,
      int days,
      TeacherSettings teacher,
      boolean teacherColumn) {
    this(fields, label, rows, seed, skew, missing, days, 0, 0, teacher, teacherColumn);
  }

  /** The fields of rows; the fields of items follow. */
  public List<GeneratedField> ofRows() {
    return fields.subList(0, fields.size() - itemFields);
  }

  /** The fields of items. */
  public List<GeneratedField> ofItems() {
    return fields.subList(fields.size() - itemFields, fields.size());
  }

  /**
   * Number of items that may occur on a day: half of all items plus an equal share of the rest for
   * each day so far, so all of them on the last day.
   */
  long itemsOn(long day) {
    long first = (items + 1L) / 2;
    return days == 0 ? items : first + (items - first) * (day + 1) / days;
  }

  /** The text of an item's number, from 1 up. */
  static String key(long item) {
    return "i" + item;
  }

  private static void require(boolean holds, String expected, Number found) {
    if (!holds) {
      throw new IllegalArgumentException(expected + ", got " + found);
    }
  }

  /** The columns of the table of items: key, fields. */
  StructType itemSchema(boolean listsAsText) {
    StructType schema = new StructType().add(ITEM, DataTypes.StringType, false);
    for (GeneratedField field : ofItems()) {
      schema = schema.add(field.name(), field.type(listsAsText), true);
    }
    return schema;
  }

  /** Pairs of consecutive categorical fields; each field is in at most one pair. */
  public static List<FieldPair> consecutivePairs(List<GeneratedField> fields) {
    List<FieldPair> pairs = new ArrayList<>();
    int open = -1;
    for (int m = 0; m < fields.size(); m++) {
      if (fields.get(m).kind() == FieldKind.CATEGORICAL) {
        if (open >= 0) {
          pairs.add(new FieldPair(open, m));
          open = -1;
        } else {
          open = m;
        }
      }
    }
    return List.copyOf(pairs);
  }

  /**
   * The columns: label, day, fields of rows, key of the item, probability of the teacher.
   *
   * @param listsAsText whether lists are texts, joined by "|"
   */
  StructType schema(boolean listsAsText) {
    StructType schema = new StructType().add(label, DataTypes.IntegerType, false);
    if (days > 0) {
      schema = schema.add(DAY, DataTypes.DateType, false);
    }
    for (GeneratedField field : ofRows()) {
      schema = schema.add(field.name(), field.type(listsAsText), true);
    }
    if (items > 0) {
      schema = schema.add(ITEM, DataTypes.StringType, false);
    }
    return teacherColumn ? schema.add(TEACHER_PROBABILITY, DataTypes.DoubleType, false) : schema;
  }
}
