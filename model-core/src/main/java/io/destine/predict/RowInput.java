package io.destine.predict;

import io.destine.feature.CrossValue;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldKind;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.RateIds;
import io.destine.feature.RawValues;
import io.destine.feature.SideTables;
import io.destine.feature.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A reusable row that is filled field by field and scored with few allocations, for the lowest
 * latency. A field that is not set is missing. Values are interpreted as in training. Not
 * thread-safe; created by {@link Scorer#newRow}.
 */
public final class RowInput {
  private final Scorer scorer;
  private final Scorer.Kernels kernels;
  private final List<FittedField> fields;
  private final FieldLayout layout;
  private final Vocabulary vocabulary;
  private final int[] ids;
  private final int[] missing;
  private final float[] dense;

  /** [U] ids of the lists of multi fields, each with its length in {@code counts}. */
  private final int[][] lists;

  private final int[] counts;
  private final int[] offsets;
  private int[] multiIds = new int[16];
  private EncodedBatch row;
  private byte[] utf8 = new byte[64];

  /** [crosses][parts] fields by index; crosses follow the other fields. */
  private final int[][] crosses;

  /** UTF-8 values of the fields that crosses combine, null when missing. */
  private final byte[][] values;

  private final boolean[] isPart;
  private final CrossValue cross = new CrossValue();

  /** Fields of the log, by their index; keys of side tables follow. */
  private final int inputs;

  /** Null when there are no side tables. */
  private final SideTables tables;

  /** [tables] fields of each side table, by index. */
  private final int[][] ofTable;

  /** [rates] the column of each rate's field; rates follow the crosses. */
  private final int[] rates;

  private final RateIds rateIds;

  /** For a rate, the id of the value that it rates. */
  private final IntUnaryOperator rated;

  RowInput(Scorer scorer, Scorer.Kernels kernels) {
    this.scorer = scorer;
    this.kernels = kernels;
    FeatureEncoder encoder = scorer.encoder();
    fields = encoder.fields().fields();
    inputs = encoder.fields().inputs().size();
    tables = encoder.tables();
    ofTable = new int[encoder.fields().tables().size()][];
    Arrays.setAll(ofTable, encoder.fields()::ofTable);
    crosses = encoder.fields().crosses();
    values = new byte[fields.size()][];
    isPart = new boolean[fields.size()];
    for (int[] parts : crosses) {
      for (int part : parts) {
        isPart[part] = true;
      }
    }
    layout = encoder.layout();
    rates = Arrays.stream(encoder.fields().rates()).map(layout::column).toArray();
    rateIds = encoder.rates();
    vocabulary = encoder.vocabulary();
    ids = new int[layout.singles()];
    rated = rate -> ids[rates[rate]];
    missing = new int[layout.singles()];
    dense = new float[layout.denseWidth()];
    lists = new int[layout.multis()][4];
    counts = new int[layout.multis()];
    offsets = new int[layout.multis() + 1];
    for (int m = 0; m < layout.size(); m++) {
      if (layout.field(m).kind() == FieldShape.Kind.ID) {
        missing[layout.column(m)] = vocabulary.missing(m);
      }
    }
    wrap();
    clear();
  }

  private void wrap() {
    row = new EncodedBatch(0, ids, offsets, multiIds, dense, new float[1], null, null, null);
  }

  /** Makes all fields missing. */
  public void clear() {
    System.arraycopy(missing, 0, ids, 0, ids.length);
    Arrays.fill(counts, 0);
    Arrays.fill(dense, 0);
    Arrays.fill(values, null);
  }

  /**
   * Sets field m to a text, or to missing when the text is null or empty; for a multi field, adds
   * the text to its list. m is an index in {@link Scorer#fields}: the fields of the log, then the
   * keys of side tables; a key sets all fields of its table.
   *
   * @throws IllegalArgumentException naming the field when the text is invalid
   */
  public void set(int m, String value) {
    if (isKey(m)) {
      setKey(m - inputs, RawValues.text(scorer.fields().get(m), value));
      return;
    }
    FieldSpec spec = fields.get(m).spec();
    if (spec.kind() == FieldKind.CATEGORICAL) {
      String text = RawValues.text(spec, value);
      keep(m, text);
      put(m, id(m, text));
    } else if (spec.kind() == FieldKind.TEXT) {
      for (String token : RawValues.texts(spec, value)) {
        add(m, id(m, token));
      }
    } else if (spec.kind() == FieldKind.MULTI) {
      String text = RawValues.text(spec, value);
      if (text != null) {
        add(m, id(m, text));
      }
    } else if (spec.kind() == FieldKind.NUMERIC) {
      set(m, RawValues.number(spec, value));
    } else {
      float[] vector = RawValues.vector(spec, value);
      set(m, vector == null ? new float[spec.length()] : vector);
    }
  }

  /**
   * Sets field m to a number, or to missing when it is NaN. A categorical, multi or text field gets
   * the text of the number.
   *
   * @throws IllegalArgumentException naming the field when a numeric field gets an infinite number,
   *     or another field does not accept the text of the number
   */
  public void set(int m, double number) {
    if (isKey(m)) {
      setKey(m - inputs, RawValues.text(number));
      return;
    }
    FittedField field = fields.get(m);
    if (field.spec().kind() != FieldKind.NUMERIC) {
      set(m, RawValues.text(number));
      return;
    }
    // Creates an object only for the message.
    double x = Double.isInfinite(number) ? RawValues.number(field.spec(), number) : number;
    if (layout.field(m).kind() == FieldShape.Kind.LINEAR) {
      dense[layout.column(m)] = field.standardised(x);
    } else {
      if (isPart[m]) {
        keep(m, field.value(x));
      }
      put(m, Double.isNaN(x) ? vocabulary.missing(m) : scorer.numbers(m).id(x));
    }
  }

  /**
   * Sets vector field m.
   *
   * @throws IllegalArgumentException naming the field when it is not a vector field, or the vector
   *     has another length or a number above 1e15 in magnitude
   */
  public void set(int m, float[] vector) {
    if (isKey(m)) {
      throw new IllegalArgumentException(
          scorer.fields().get(m).name() + " must be a string or a number, got a vector");
    }
    FieldShape shape = layout.field(m);
    if (shape.kind() != FieldShape.Kind.VECTOR || vector.length != shape.length()) {
      throw new IllegalArgumentException(
          String.format(
              "field %s: value must be %s, got a vector of %d numbers",
              shape.name(),
              switch (shape.kind()) {
                case VECTOR -> "a vector of " + shape.length() + " numbers";
                case MULTI ->
                    fields.get(m).spec().kind() == FieldKind.TEXT ? "a text" : "a list of strings";
                case ID, LINEAR -> "a string or number";
              },
              vector.length));
    }
    for (int i = 0; i < vector.length; i++) {
      RawValues.element(shape.name(), i, vector[i]);
    }
    System.arraycopy(vector, 0, dense, layout.column(m), vector.length);
  }

  private boolean isKey(int m) {
    return tables != null && m >= inputs;
  }

  private void setKey(int t, String key) {
    int number = tables.number(t, key);
    for (int m : ofTable[t]) {
      int column = layout.column(m);
      switch (layout.field(m).kind()) {
        case ID -> put(m, tables.id(m, number));
        case MULTI -> {
          counts[column] = tables.listLength(m, number);
          if (lists[column].length < counts[column]) {
            lists[column] = new int[2 * counts[column]];
          }
          tables.list(m, number, lists[column]);
        }
        case LINEAR, VECTOR -> tables.numbers(m, number, dense, column);
      }
    }
  }

  /** Stores the value of a field that is part of a cross. */
  private void keep(int m, String value) {
    if (isPart[m]) {
      values[m] = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
    } else if (!fields.get(m).spec().parts().isEmpty()) {
      FieldSpec derived = fields.get(m).spec();
      throw new IllegalArgumentException(
          String.format(
              "field %s is computed from %s; set those fields instead",
              derived.name(), derived.parts()));
    }
  }

  private void put(int m, int id) {
    ids[layout.column(m)] = id;
  }

  private void add(int m, int id) {
    int list = layout.column(m);
    if (counts[list] == lists[list].length) {
      lists[list] = Arrays.copyOf(lists[list], 2 * counts[list]);
    }
    lists[list][counts[list]++] = id;
  }

  /** The id of a text, whose bytes are written to this row's memory. */
  private int id(int m, String text) {
    if (text == null) {
      return vocabulary.missing(m);
    }
    int length = text.length();
    if (utf8.length < length) {
      utf8 = new byte[2 * length];
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        return vocabulary.id(m, text);
      }
      utf8[i] = (byte) c;
    }
    return vocabulary.id(m, utf8, 0, length);
  }

  /** The probability that the label is 1. */
  public double probability() {
    int count = 0;
    int list = 0;
    for (int m = 0; m < layout.size(); m++) {
      if (layout.field(m).kind() == FieldShape.Kind.MULTI) {
        count = append(m, list++, count);
      }
    }
    int first = layout.size() - rates.length - crosses.length;
    for (int c = 0; c < crosses.length; c++) {
      put(first + c, scorer.encoder().crossId(first + c, crosses[c], values, cross));
    }
    first += crosses.length;
    for (int i = 0; i < rates.length; i++) {
      put(first + i, rateIds.id(i, rated));
    }
    return kernels.probability(row);
  }

  private int append(int m, int list, int from) {
    int needed = from + Math.max(1, counts[list]);
    if (multiIds.length < needed) {
      multiIds = Arrays.copyOf(multiIds, 2 * needed);
      wrap();
    }
    if (counts[list] == 0) {
      multiIds[from] = vocabulary.missing(m);
    } else {
      System.arraycopy(lists[list], 0, multiIds, from, counts[list]);
    }
    offsets[list + 1] = needed;
    return needed;
  }
}
