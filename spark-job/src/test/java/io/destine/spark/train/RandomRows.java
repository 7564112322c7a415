package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.encode.BlockReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Rows of three fields whose label depends on their ids, in blocks of uneven size. */
final class RandomRows {
  static final int FIELDS = 3;
  static final int IDS_PER_FIELD = 40;
  static final int VOCABULARY = FIELDS * IDS_PER_FIELD;

  private static final Map<Reader, AtomicInteger> READS = new ConcurrentHashMap<>();

  private RandomRows() {}

  /** The non-empty ones of {@code count} blocks, weighted when asked for. */
  static List<EncodedBatch> partitions(int count, boolean weighted) {
    CounterRandom random = CounterRandom.of(17, Purpose.SPLIT);
    List<EncodedBatch> partitions = new ArrayList<>();
    for (int p = 0; p < count; p++) {
      int rows = p == 2 ? 0 : 50 + random.below(120, p);
      if (rows == 0) {
        continue;
      }
      int[] ids = new int[rows * FIELDS];
      float[] labels = new float[rows];
      float[] weights = weighted ? new float[rows] : null;
      CounterRandom stream = random.at(p);
      for (int n = 0; n < rows; n++) {
        int sum = 0;
        for (int m = 0; m < FIELDS; m++) {
          int value = stream.below(IDS_PER_FIELD, n * FIELDS + m);
          sum += value;
          ids[n * FIELDS + m] = m * IDS_PER_FIELD + value;
        }
        labels[n] = sum % 3 == 0 ? 1 : 0;
        if (weighted) {
          weights[n] = 0.5f + n % 3;
        }
      }
      partitions.add(new EncodedBatch(p, ids, null, null, null, labels, weights, null, null));
    }
    return partitions;
  }

  /** Reads these blocks again at each call, so that they need not travel. */
  record Reader(int count, boolean weighted, UUID name) implements BlockReader {
    Reader(int count, boolean weighted) {
      this(count, weighted, UUID.randomUUID());
    }

    @Override
    public int[] rows() {
      return RandomRows.rows(partitions(count, weighted), count);
    }

    /** Blocks that have been read in this JVM. */
    int reads() {
      return READS.getOrDefault(this, new AtomicInteger()).get();
    }

    @Override
    public EncodedBatch read(int block) {
      READS.computeIfAbsent(this, reader -> new AtomicInteger()).incrementAndGet();
      return partitions(count, weighted).stream()
          .filter(rows -> rows.partition() == block)
          .findFirst()
          .orElseThrow();
    }
  }

  /** Rows by block. */
  static int[] rows(List<EncodedBatch> partitions, int count) {
    int[] rows = new int[count];
    partitions.forEach(p -> rows[p.partition()] = p.rows());
    return rows;
  }
}
