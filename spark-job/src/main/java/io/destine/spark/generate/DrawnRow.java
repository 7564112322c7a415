package io.destine.spark.generate;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.List;

/**
 * The values of one row, drawn before they become columns. Fields other than vectors are drawn from
 * uniform numbers. In a quarter of the rows, a field at an even index reuses the uniform number of
 * the previous field, so values of different fields are correlated while each field keeps its own
 * distribution. A number is scale ((1 - u)^(-1/a) - 1) rounded down (a Lomax distribution, whose
 * tail is heavy) with a = {@value #TAIL}. Mutable; one thread.
 */
final class DrawnRow {
  /** Exponent of the tail of numbers. */
  static final double TAIL = 1.5;

  private static final double SHARED = 0.25;
  private static final int STREAM_POSITIONS = 3;

  private final List<GeneratedField> fields;
  private final double missing;
  private final CounterRandom rows;
  private final CounterRandom items;
  private final Zipf[] frequencies;
  private final int[][] ranks;
  private final int[] lengths;
  private final double[] numbers;
  private final float[][] vectors;
  private final ClickLog log;
  private double labelDraw;
  private long day;
  private long item;

  DrawnRow(ClickLog log) {
    this.log = log;
    fields = log.fields();
    missing = log.missing();
    rows = CounterRandom.of(log.seed(), Purpose.GENERATED_ROW);
    items = rows.at("items");
    frequencies = new Zipf[fields.size()];
    ranks = new int[fields.size()][];
    lengths = new int[fields.size()];
    numbers = new double[fields.size()];
    vectors = new float[fields.size()][];
    for (int m = 0; m < fields.size(); m++) {
      GeneratedField field = fields.get(m);
      frequencies[m] = new Zipf(field.cardinality(), log.skew());
      switch (field.kind()) {
        case CATEGORICAL, MULTI, TEXT -> ranks[m] = new int[field.length()];
        case VECTOR -> vectors[m] = new float[field.length()];
        case NUMERIC -> {}
      }
    }
  }

  /** Draws the row with the given number, which may be any integer. */
  void draw(long row) {
    CounterRandom random = rows.at(row);
    day = row < 0 ? 0 : row * log.days() / log.rows();
    drawFields(random, 0, log.ofRows().size());
    if (log.items() > 0) {
      // Rows with negative numbers represent all days.
      long most = row < 0 ? log.items() : log.itemsOn(day);
      item = 1 + (long) (most * random.uniform((long) fields.size() * STREAM_POSITIONS + 1));
      drawItem(item);
    }
    labelDraw = random.uniform((long) fields.size() * STREAM_POSITIONS);
  }

  /** Draws the fields of an item; the fields of rows stay unchanged. */
  void drawItem(long number) {
    drawFields(items.at(number), log.ofRows().size(), fields.size());
  }

  private void drawFields(CounterRandom random, int first, int end) {
    double u = 0;
    for (int m = first; m < end; m++) {
      long position = (long) m * STREAM_POSITIONS;
      if (m == first || m % 2 == 1 || random.uniform(position + 1) >= SHARED) {
        u = random.uniform(position);
      }
      boolean absent = random.uniform(position + 2) < missing;
      switch (fields.get(m).kind()) {
        case CATEGORICAL -> {
          lengths[m] = absent ? 0 : 1;
          ranks[m][0] = frequencies[m].rank(u);
        }
        case NUMERIC -> {
          lengths[m] = absent ? 0 : 1;
          numbers[m] = Math.floor(scale(m) * (StrictMath.pow(1 - u, -1 / TAIL) - 1));
        }
        case MULTI, TEXT -> drawList(m, absent, u, random.at(m));
        case VECTOR -> drawVector(m, random.at(m));
      }
    }
  }

  private void drawList(int m, boolean absent, double u, CounterRandom random) {
    lengths[m] = absent ? 0 : 1 + random.below(ranks[m].length, 0);
    for (int i = 0; i < lengths[m]; i++) {
      ranks[m][i] = frequencies[m].rank(i == 0 ? u : random.uniform(i));
    }
  }

  private void drawVector(int m, CounterRandom random) {
    lengths[m] = vectors[m].length;
    for (int i = 0; i < vectors[m].length; i++) {
      vectors[m][i] = (float) random.gaussian(i);
    }
  }

  /** Scale of a numeric field's numbers: 2, 8, 32, 128, 512, and again. */
  static double scale(int m) {
    return 2 << 2 * (m % 5);
  }

  /** Number of values of field m: 0 if missing. */
  int length(int m) {
    return lengths[m];
  }

  /** Rank 1 .. cardinality of the i-th text of a categorical or multi field, or word of a text. */
  int rank(int m, int i) {
    return ranks[m][i];
  }

  /** The value of a numeric field, a non-negative integer. */
  double number(int m) {
    return numbers[m];
  }

  /** The values of a vector field; the next row overwrites them. */
  float[] vector(int m) {
    return vectors[m];
  }

  /**
   * The day, counted from 0: rows / days rows per day, in order; 0 for a row with a negative
   * number.
   */
  long day() {
    return day;
  }

  /** The number of the row's item, counted from 1; 0 without items. */
  long item() {
    return item;
  }

  /** A uniform number in [0, 1): the label is 1 if it is below the click probability. */
  double labelDraw() {
    return labelDraw;
  }
}
