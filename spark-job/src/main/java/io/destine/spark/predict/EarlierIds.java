package io.destine.spark.predict;

import io.destine.feature.EncodedBatch;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyShard;

/**
 * Gives encoded rows the ids of an earlier vocabulary, which has since grown: a value that it did
 * not know is in one of its field's OOV ids, the one that encoding the row's text would give. All
 * else stays. Immutable.
 */
final class EarlierIds {
  private final int size;

  /** Earlier ids of the ids from {@code size} on. */
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
    size = earlier.size();
    ids = new int[grown.size() - size];
    for (VocabularyShard shard : grown.shards()) {
      for (int i = 0; i < shard.count(); i++) {
        if (shard.id(i) >= size) {
          byte[] value = shard.value(i);
          ids[shard.id(i) - size] = earlier.id(shard.field(i), value, 0, value.length);
        }
      }
    }
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
      to[i] = to[i] < size ? to[i] : ids[to[i] - size];
    }
    return to;
  }
}
