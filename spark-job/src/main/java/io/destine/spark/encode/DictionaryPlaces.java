package io.destine.spark.encode;

import io.destine.spark.internals.DictionaryColumn;
import java.util.Arrays;
import org.apache.spark.sql.vectorized.ColumnVector;

/**
 * Maps the entries of a Parquet dictionary to a chunk's values, so that an entry is looked up once
 * instead of once per row. The map is kept while following batches have the same dictionary. One
 * thread.
 */
final class DictionaryPlaces {
  /** The index of an entry that has not been looked up, and of values without a dictionary. */
  static final int UNKNOWN = -2;

  private static final int FIRST = 256;

  private ColumnVector vector;
  private DictionaryColumn entries;
  private Object dictionary;
  private int[] places = {};
  private int sought;

  /** Switches to the values of a batch. */
  void begin(ColumnVector next) {
    vector = next;
    entries = DictionaryColumn.of(next);
    if (entries != null) {
      Object its = entries.dictionary();
      if (its == null || its != dictionary) {
        dictionary = its;
        Arrays.fill(places, UNKNOWN);
      }
    }
  }

  /** The index of the value of a row, -1 for a missing one. */
  int find(int row) {
    if (entries == null) {
      return UNKNOWN;
    }
    if (vector.isNullAt(row)) {
      sought = -1;
      return -1;
    }
    sought = entries.entry(row);
    return sought < places.length ? places[sought] : UNKNOWN;
  }

  /** Sets the index of the value of the last {@link #find}. */
  void put(int place) {
    if (entries == null || sought < 0) {
      return;
    }
    if (sought >= places.length) {
      int old = places.length;
      places = Arrays.copyOf(places, Math.max(FIRST, Math.max(2 * old, sought + 1)));
      Arrays.fill(places, old, places.length, UNKNOWN);
    }
    places[sought] = place;
  }
}
