package io.destine.spark.app;

import io.destine.spark.conf.NearestName;
import io.destine.spark.conf.UserError;
import io.destine.spark.generate.ClickLog;
import io.destine.spark.generate.FieldPair;
import io.destine.spark.generate.GeneratedField;
import io.destine.spark.generate.Shape;
import io.destine.spark.generate.TeacherKind;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of generate for the columns. */
final class ShapeOptions {
  private static final int MOST_FIELDS = 1000;
  private static final int LONGEST_VECTOR = 10_000;
  private static final int TAGS = 1000;
  private static final int MAKERS = 30;
  private static final int WORDS = 200;
  private static final int PICTURE = 16;

  /** Cardinalities of Criteo's fields. */
  enum Cardinalities {
    RAW,
    COUNTED
  }

  @Option(
      names = "--shape",
      paramLabel = "SHAPE",
      defaultValue = "criteo",
      description =
          "Columns: ${COMPLETION-CANDIDATES} (case-insensitive). Default: ${DEFAULT-VALUE}.")
  private Shape shape;

  @Option(
      names = "--cardinalities",
      paramLabel = "KIND",
      description = {
        "For shape criteo: raw, the distinct values of the published data set; or counted, with",
        "all values in fewer than ten rows merged into one. Default: raw."
      })
  private Cardinalities cardinalities;

  @Option(
      names = "--cardinality-scale",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "Multiplies the cardinalities of the shape's fields; none falls below 2. Default:"
              + " ${DEFAULT-VALUE}.")
  private double scale;

  @Option(
      names = "--fields",
      paramLabel = "N",
      description = "Categorical fields of shape plain. Default: 8.")
  private Integer fields;

  @Option(
      names = "--numeric",
      paramLabel = "N",
      description = "Numeric fields of shape plain. Default: 0.")
  private Integer numeric;

  @Option(
      names = "--cardinality",
      paramLabel = "N",
      description = "Distinct values of each categorical field of shape plain. Default: 1000.")
  private Integer cardinality;

  @Option(
      names = "--multi",
      description = "Adds a field \"tags\" of one to five values, in csv separated by \"|\".")
  private boolean multi;

  @Option(
      names = "--vector",
      paramLabel = "N",
      description = "Adds a field \"image\", a vector of N numbers, in csv separated by \"|\".")
  private Integer vector;

  @Option(
      names = "--items",
      paramLabel = "N",
      description = {
        "Gives each row one of N items, whose key is the column \"item\", and writes a table of",
        "the items with the fields maker, title (a text) and picture (16 numbers). With --days",
        "there are new items every day. The teacher knows the fields, not the items."
      })
  private Integer items;

  @Option(
      names = "--pairs",
      split = ",",
      paramLabel = "FIELD:FIELD",
      description = {
        "Fields that interact in the fm teacher, such as C1:C2,C1:C3.",
        "Default: the first categorical field with the second, the third with the fourth, ...;",
        "with --items also title and picture with the first fields of the click log."
      })
  private List<String> pairs = List.of();

  Shape shape() {
    return shape;
  }

  /** The columns other than the label. */
  List<GeneratedField> fields() {
    requireForShape("--cardinalities", cardinalities, Shape.CRITEO);
    requireForShape("--fields", fields, Shape.PLAIN);
    requireForShape("--numeric", numeric, Shape.PLAIN);
    requireForShape("--cardinality", cardinality, Shape.PLAIN);
    if (!(scale > 0 && scale <= Integer.MAX_VALUE)) {
      throw new UserError(
          "--cardinality-scale must be above 0 and at most 2147483647, got " + scale);
    }
    List<GeneratedField> all =
        new ArrayList<>(
            switch (shape) {
              case CRITEO -> Shape.criteo(13, 26, cardinalities == Cardinalities.COUNTED, scale);
              case AVAZU -> Shape.avazu(scale);
              case PLAIN ->
                  Shape.plain(
                      number("--numeric", numeric, 0, 0, MOST_FIELDS),
                      number("--fields", fields, 8, 0, MOST_FIELDS),
                      number("--cardinality", cardinality, 1000, 2, Integer.MAX_VALUE),
                      scale);
            });
    if (multi) {
      all.add(GeneratedField.multi("tags", TAGS));
    }
    if (vector != null) {
      all.add(GeneratedField.vector("image", number("--vector", vector, 1, 1, LONGEST_VECTOR)));
    }
    if (all.isEmpty() && items != null) {
      throw new UserError(
          "--items needs a field of the click log besides the key; raise --fields or --numeric, or"
              + " add --multi or --vector N");
    }
    all.addAll(ofItems());
    if (all.isEmpty() || all.size() > MOST_FIELDS) {
      throw new UserError(
          "--fields and --numeric, with the fields of --multi, --vector and --items, must add up to"
              + " 1 .. "
              + MOST_FIELDS
              + ", got "
              + all.size());
    }
    return all;
  }

  /** Fields of items; empty without items. */
  private List<GeneratedField> ofItems() {
    return items == null
        ? List.of()
        : List.of(
            GeneratedField.categorical("maker", MAKERS),
            GeneratedField.text("title", WORDS),
            GeneratedField.vector("picture", PICTURE));
  }

  int itemFields() {
    return ofItems().size();
  }

  /** Number of items; 0 for none. */
  int items() {
    return items == null ? 0 : number("--items", items, 0, 2, Integer.MAX_VALUE);
  }

  private void requireForShape(String option, Object value, Shape needed) {
    if (value != null && shape != needed) {
      throw new UserError(
          option + " is for --shape " + needed.key() + ", not " + shape.key() + "; leave it out");
    }
  }

  private static int number(String option, Integer given, int otherwise, int least, int most) {
    int value = given == null ? otherwise : given;
    if (value < least || value > most) {
      throw new UserError(
          option + " must be a whole number from " + least + " to " + most + ", got " + value);
    }
    return value;
  }

  /**
   * Pairs of indices of the fields that interact in a teacher; empty for attention, in which all
   * fields interact.
   */
  List<FieldPair> pairs(List<GeneratedField> fields, TeacherKind teacher) {
    if (teacher == TeacherKind.ATTENTION) {
      if (!pairs.isEmpty()) {
        throw new UserError(
            "--pairs is for --teacher fm; in attention all fields interact; leave it out");
      }
      return List.of();
    }
    if (pairs.isEmpty()) {
      List<FieldPair> all = new ArrayList<>(ClickLog.consecutivePairs(fields));
      int first = fields.size() - itemFields();
      for (int i = 1; i < itemFields(); i++) {
        // Pairs the first fields of a row with title and picture, which are not categorical.
        all.add(new FieldPair((i - 1) % first, first + i));
      }
      return all;
    }
    List<String> names = fields.stream().map(GeneratedField::name).toList();
    List<FieldPair> places = new ArrayList<>();
    for (String pair : pairs) {
      String[] two = pair.split(":", -1);
      if (two.length != 2 || two[0].equals(two[1])) {
        throw new UserError(
            "--pairs must be pairs of different fields such as C1:C2, got \"" + pair + "\"");
      }
      places.add(new FieldPair(place(two[0], names), place(two[1], names)));
    }
    return places;
  }

  private static int place(String name, List<String> names) {
    int place = names.indexOf(name);
    if (place < 0) {
      throw new UserError(
          "--pairs names the unknown field \"" + name + "\"" + NearestName.suggestion(name, names));
    }
    return place;
  }
}
