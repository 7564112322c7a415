package io.destine.spark.encode;

import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;

/** Estimates the bytes of the arrays of an encoding task, and of the driver when it plans ids. */
public final class EncodingMemory {
  /** Number and row count of a value in a packet, and its index in the shard. */
  private static final int SENT = 8 + 4;

  private EncodingMemory() {}

  /**
   * The maximum bytes of the values of a chunk. Its tables may double just before the chunk is
   * full.
   *
   * @param values number of values of the chunk's rows
   * @param valueBytes mean bytes of a value
   */
  public static double chunkValues(EncodingLimits limits, double values, double valueBytes) {
    double grown = ValueTable.GROWN_VALUE_BYTES + 2 * valueBytes;
    return Math.min(
        values * grown, limits.chunkBytes() * grown / (ValueTable.VALUE_BYTES + valueBytes));
  }

  /** The maximum bytes of the rows of a chunk. */
  public static double chunkRows(
      EncodingLimits limits, long rows, FieldLayout stored, boolean weighted, boolean grouped) {
    long bytes = Chunk.ROW_BYTES + (weighted ? 4 : 0) + (grouped ? 8 : 0);
    for (FieldShape field : stored.fields()) {
      bytes +=
          switch (field.kind()) {
            case ID, MULTI -> 4;
            case LINEAR -> 8;
            case VECTOR -> 4L * field.length();
          };
    }
    long most = Math.min(rows, limits.chunkRows());
    return (double) bytes * Math.min(limits.chunkRows(), grown(ChunkBuilder.FIRST_ROWS, 2, most));
  }

  /**
   * Bytes of a task that merges a shard with this number of values, assigns ids and writes its
   * file.
   */
  public static double shard(long values, double valueBytes) {
    return (double) MergedShard.PLACE_BYTES * grown(MergedShard.FIRST_PLACES, 2, values)
        + 4.0 * grown(MergedShard.FIRST_SLOTS, 4, 2 * values)
        + values
            * (NumberedShard.VALUE_BYTES + NumberedShard.WRITTEN_BYTES + SENT + 4 * valueBytes);
  }

  /**
   * Bytes of a task that collects packed rows and writes them as blocks.
   *
   * @param numberBytes bytes of the numbers of a row
   */
  public static double packedRows(long rows, double numberBytes) {
    return rows * (RowPackets.ROW_BYTES + numberBytes)
        + (double) RowPackets.PLACE_BYTES * grown(RowPackets.FIRST_ROWS, 2, rows);
  }

  /**
   * Bytes of the driver while it plans ids.
   *
   * @param classes their number, summed over the shards; a class is the values of a field with the
   *     same number of occurrences
   */
  public static double plan(long classes) {
    return (double) IdPlan.CLASS_BYTES * classes;
  }

  /** Bytes of the plan sent to an executor. */
  public static double sentPlan(long classes) {
    return (double) IdPlan.SENT_CLASS_BYTES * classes;
  }

  /**
   * The length of an array that grows by the factor {@code times} until its length is at least n.
   */
  private static long grown(long length, int times, long n) {
    while (length < n) {
      length *= times;
    }
    return length;
  }
}
