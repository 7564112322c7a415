package io.destine.spark.encode;

import io.destine.feature.RecordHash;
import io.destine.random.CounterRandom;
import io.destine.spark.conf.Sampling;
import io.destine.spark.conf.UserError;
import io.destine.spark.source.SplitRule;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.apache.spark.TaskContext;
import scala.Tuple2;

/**
 * A chunk with the split of each row. Rows with neither label are left out; training rows may be
 * sampled and reweighted.
 *
 * @param ordinal position of the chunk in its partition
 * @param hashes [rows] hash of the content and of the number among equal rows
 * @param splits [rows] 0 for training, 1 for validation, 2 for test, {@link #DROPPED} for left out
 * @param keys [tables] names of keys by index, see {@link TableKeys}; null before they are known
 */
record SplitChunk(Chunk chunk, int ordinal, long[] hashes, byte[] splits, int[][] keys) {
  /** The value in {@code splits} for rows that are not used. */
  static final byte DROPPED = -1;

  private static final long SAMPLE_SEED = 0x6e656761746976L;

  /**
   * Information about all chunks for tasks.
   *
   * @param rules by part of the source
   * @param fingerprints of the chunks, by partition and position in it
   * @param sampling of the training rows
   */
  record Context(List<SplitRule> rules, List<List<Long>> fingerprints, Sampling sampling)
      implements Serializable {
    /** A lost chunk is read again; its rows must be the same as before. */
    private void requireSame(int input, int ordinal, Chunk chunk) {
      List<Long> known = fingerprints.get(input);
      if (ordinal >= known.size() || known.get(ordinal) != chunk.fingerprint()) {
        throw new UserError(
            "the source returned other rows, or the same rows in another order, when a part of it"
                + " was read again; write it to files first, or make its query deterministic");
      }
    }
  }

  /** The chunks of a partition, with the packets of {@link RepeatedRows} that belong to it. */
  static Iterator<SplitChunk> of(
      Iterator<Chunk> chunks, Iterator<Tuple2<Integer, byte[]>> repeated, Context context) {
    int input = TaskContext.getPartitionId();
    Map<Integer, List<PacketReader>> byOrdinal = PacketReader.byOrdinal(repeated);
    return numbered(
        chunks,
        (chunk, ordinal) -> {
          List<PacketReader> packets = byOrdinal.getOrDefault(ordinal, List.of());
          context.requireSame(input, ordinal, chunk);
          return split(chunk, ordinal, packets, context);
        });
  }

  /** Chunks of a partition, each created with its number. */
  static Iterator<SplitChunk> numbered(
      Iterator<Chunk> chunks, BiFunction<Chunk, Integer, SplitChunk> making) {
    return new Iterator<>() {
      private int ordinal;

      @Override
      public boolean hasNext() {
        return chunks.hasNext();
      }

      @Override
      public SplitChunk next() {
        return making.apply(chunks.next(), ordinal++);
      }
    };
  }

  private static SplitChunk split(
      Chunk chunk, int ordinal, List<PacketReader> repeated, Context context) {
    SplitRule rule = context.rules().get(chunk.part);
    Sampling sampling = context.sampling();
    long[] hashes = repeated.isEmpty() ? chunk.hashes : chunk.hashes.clone();
    for (PacketReader reader : repeated) {
      while (reader.hasNext()) {
        int n = reader.integer();
        hashes[n] = RecordHash.combine(hashes[n], 1 + reader.number());
      }
    }
    byte[] splits = new byte[chunk.rows];
    for (int n = 0; n < splits.length; n++) {
      splits[n] = chunk.split(n, hashes[n], rule);
      if (splits[n] == 0 && chunk.labels[n] == 0 && !kept(hashes[n], sampling.negatives())) {
        splits[n] = DROPPED;
      }
    }
    return new SplitChunk(weighted(chunk, splits, sampling), ordinal, hashes, splits, null);
  }

  private static boolean kept(long hash, double share) {
    return (CounterRandom.mix(hash ^ SAMPLE_SEED) >>> 11) < share * 0x1p53;
  }

  /** The chunk with the new weights of its training rows with label 1. */
  private static Chunk weighted(Chunk chunk, byte[] splits, Sampling sampling) {
    float factor = (float) sampling.positiveWeight();
    if (factor == 1) {
      return chunk;
    }
    Chunk weighted = chunk.with(0);
    weighted.weights = new float[chunk.rows];
    for (int n = 0; n < chunk.rows; n++) {
      float weight = chunk.weights == null ? 1 : chunk.weights[n];
      weighted.weights[n] = splits[n] == 0 && chunk.labels[n] == 1 ? factor * weight : weight;
    }
    return weighted;
  }
}
