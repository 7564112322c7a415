package io.destine.spark.predict;

import io.destine.feature.EncodedBatch;
import io.destine.feature.Vocabulary;
import java.util.Arrays;

/**
 * Gives encoded rows the ids of an earlier vocabulary, which has since grown: a value that it did
 * not know is in one of its field's OOV ids, the one that encoding the row's text would give. All
 * else stays. One thread.
 */
final class EarlierIds {
  private static final int UNKNOWN = -1;

  private final Vocabulary earlier;
  private final Vocabulary grown;

  /** Earlier ids of the ids beyond the earlier vocabulary, as far as they have occurred. */
  private final int[] ids;

  /**
   * From a vocabulary to the one that it has grown from.
   *
   * @throws IllegalArgumentException when it has fewer ids, other fields or other OOV buckets
   */
  EarlierIds(Vocabulary earlier, Vocabulary grown) {
    if (grown.size() < earlier.size()
        || grown.oovBuckets() != earlier.oovBuckets()
        || !grown.fields().equals(earlier.fields())) {
      throw new IllegalArgumentException(
          "vocabulary of the rows must be grown from the model's, got one of "
              + grown.size()
              + " ids of fields "
              + grown.fields());
    }
    this.earlier = earlier;
    this.grown = grown;
    ids = new int[grown.size() - earlier.size()];
    Arrays.fill(ids, UNKNOWN);
  }

  /** The rows with earlier ids. */
  EncodedBatch of(EncodedBatch rows) {
    if (ids.length == 0) {
      return rows;
    }
    return rows.withIds(mapped(rows.ids()), mapped(rows.multiIds()));
  }

  private int[] mapped(int[] from) {
    int[] to = from.clone();
    for (int i = 0; i < to.length; i++) {
      if (to[i] >= earlier.size()) {
        to[i] = earlier(to[i]);
      }
    }
    return to;
  }

  private int earlier(int id) {
    int at = id - earlier.size();
    if (ids[at] == UNKNOWN) {
      Vocabulary.Entry entry = grown.entry(id);
      ids[at] = earlier.id(earlier.fields().indexOf(entry.field()), entry.value());
    }
    return ids[at];
  }
}
