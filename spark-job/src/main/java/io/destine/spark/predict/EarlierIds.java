package io.destine.spark.predict;

import io.destine.feature.EncodedBatch;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyShard;

/**
 * Maps the ids of encoded rows back to an earlier vocabulary, which their vocabulary extends. A
 * value that is not in the earlier one gets the OOV id that encoding the row's text with the
 * earlier vocabulary would give. Everything else is unchanged. Immutable.
 */
final class EarlierIds {
  private final int size;

  /** Earlier ids for the ids from {@code size} on. */
  private final int[] ids;

  /**
   * The map from a grown vocabulary to the earlier one.
   *
   * @throws IllegalArgumentException if the grown one has fewer ids, or other fields or OOV buckets
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
