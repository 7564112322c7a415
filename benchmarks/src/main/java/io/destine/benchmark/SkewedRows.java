package io.destine.benchmark;

import io.destine.feature.EncodedBatch;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Random rows whose ids are skewed like those of click logs: a field's id is floor(u^4 V/M), u
 * uniform in [0, 1), so that half of a field's values fall on 1/16 of its ids. A label is 1 with
 * probability 0.25.
 */
public final class SkewedRows {
  private static final int BATCHES = 4;

  private SkewedRows() {}

  /** A few batches to use in turn. */
  static List<EncodedBatch> batches(int rows, int fields, int vocab) {
    return IntStream.range(0, BATCHES).mapToObj(i -> batch(i, rows, fields, vocab)).toList();
  }

  /**
   * One batch.
   *
   * @param seed of its numbers
   * @param vocab V; each field has V/M ids
   */
  public static EncodedBatch batch(int seed, int rows, int fields, int vocab) {
    int perField = vocab / fields;
    CounterRandom random = CounterRandom.of(seed, Purpose.ROW_ORDER);
    int[] ids = new int[rows * fields];
    for (int i = 0; i < ids.length; i++) {
      double u = random.uniform(i);
      ids[i] = i % fields * perField + Math.min(perField - 1, (int) (u * u * u * u * perField));
    }
    CounterRandom clicks = random.at(1);
    float[] labels = new float[rows];
    for (int n = 0; n < rows; n++) {
      labels[n] = clicks.uniform(n) < 0.25 ? 1 : 0;
    }
    return EncodedBatch.ofIds(ids, labels);
  }

  /** The same batch over a larger table: id k of V becomes k * factor. */
  static EncodedBatch spread(EncodedBatch batch, int factor) {
    int[] ids = Arrays.stream(batch.ids()).map(id -> Math.multiplyExact(id, factor)).toArray();
    return EncodedBatch.ofIds(ids, batch.labels());
  }

  /** Mean number of distinct ids of a batch: the table rows that a step updates. */
  static long distinct(List<EncodedBatch> batches) {
    return batches.stream().mapToLong(b -> Arrays.stream(b.ids()).distinct().count()).sum()
        / batches.size();
  }
}
