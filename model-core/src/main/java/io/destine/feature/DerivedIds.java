package io.destine.feature;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Recomputes the ids of crosses and rates of encoded rows from the ids of their source fields. The
 * value of an OOV id is unknown, so a cross with it gets the id of an unknown value. Not
 * thread-safe.
 */
public final class DerivedIds {
  private static final byte[] UNKNOWN = {};

  private final FittedFields fields;
  private final Vocabulary vocabulary;
  private final FieldLayout layout;
  private final int[][] crosses;
  private final int[] rates;
  private final RateIds rateIds;
  private final CrossValue cross = new CrossValue();

  /** UTF-8 by id. */
  private final Map<Integer, byte[]> values = new HashMap<>();

  public DerivedIds(FittedFields fields, Vocabulary vocabulary) {
    this.fields = fields;
    this.vocabulary = vocabulary;
    layout = fields.layout();
    crosses = fields.crosses();
    rates = fields.rates();
    rateIds = new RateIds(fields, vocabulary);
  }

  /**
   * Recomputes the ids that depend on a field.
   *
   * @param m the field, of one id per row
   * @param ids [rows * S] ids of all fields with one id, changed in place
   */
  public void follow(int m, int[] ids) {
    int firstRate = layout.size() - rates.length;
    if (m >= firstRate) {
      return;
    }
    int firstCross = firstRate - crosses.length;
    for (int c = 0; c < crosses.length; c++) {
      for (int part : crosses[c]) {
        if (part == m) {
          putCross(firstCross + c, crosses[c], ids);
        }
      }
    }
    putRates(ids);
  }

  private void putRates(int[] ids) {
    for (int i = 0; i < rates.length; i++) {
      int column = layout.column(layout.size() - rates.length + i);
      for (int row = 0; row < ids.length; row += layout.singles()) {
        int from = row;
        ids[row + column] = rateIds.id(i, rate -> ids[from + layout.column(rates[rate])]);
      }
    }
  }

  private void putCross(int m, int[] parts, int[] ids) {
    for (int row = 0; row < ids.length; row += layout.singles()) {
      cross.clear();
      boolean known = true;
      for (int part : parts) {
        known &= add(part, ids[row + layout.column(part)]);
      }
      ids[row + layout.column(m)] =
          known ? vocabulary.id(m, cross.bytes(), 0, cross.length()) : vocabulary.missing(m) + 1;
    }
  }

  /** Adds the value of an id, or its hash bucket, to the cross; false for an OOV id. */
  private boolean add(int part, int id) {
    if (id == vocabulary.missing(part)) {
      cross.addMissing();
    } else if (fields.fields().get(part).spec().hashed()) {
      cross.add(id - vocabulary.missing(part) - 1);
    } else {
      byte[] value = values.computeIfAbsent(id, this::value);
      if (value == UNKNOWN) {
        return false;
      }
      cross.add(value, 0, value.length);
    }
    return true;
  }

  private byte[] value(int id) {
    Vocabulary.Entry entry = vocabulary.entry(id);
    return entry.use() == Vocabulary.Use.VALUE
        ? entry.value().getBytes(StandardCharsets.UTF_8)
        : UNKNOWN;
  }
}
