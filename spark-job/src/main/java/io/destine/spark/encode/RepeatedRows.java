package io.destine.spark.encode;

import io.destine.feature.HashOrder;
import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * Finds rows with equal content and numbers them: the k-th gets its own hash, and so its own split
 * and position. If equal rows stayed together, a table with few distinct rows would be split by
 * label: all clicks of a record in one split, all its other rows in another. Only hashes and
 * weights are shuffled. Equal rows are ordered by weight; the order among equal weights does not
 * matter, so the result does not depend on order and partitioning.
 */
final class RepeatedRows {
  private static final int MOST_TASKS = 1000;

  private RepeatedRows() {}

  /**
   * The rows after the first one with the same content, by partition of the chunks: packets with
   * the chunk's position in its partition, the row, and k - 1.
   *
   * @param rows of all chunks
   * @param taskRows approximate number of rows that a task compares
   */
  static JavaPairRDD<Integer, byte[]> of(JavaRDD<Chunk> chunks, long rows, long taskRows) {
    int inputs = chunks.getNumPartitions();
    int tasks = (int) Math.max(1, Math.min(MOST_TASKS, 1 + rows / taskRows));
    return chunks
        .mapPartitionsWithIndex((input, each) -> hashes(input, each, tasks), false)
        .mapToPair(packet -> packet)
        .partitionBy(new PlacePartitioner(tasks))
        .mapPartitionsToPair(RepeatedRows::repeated)
        .partitionBy(new PlacePartitioner(inputs));
  }

  private static Iterator<Tuple2<Integer, byte[]>> hashes(
      int input, Iterator<Chunk> chunks, int tasks) {
    List<Tuple2<Integer, byte[]>> packets = new ArrayList<>();
    for (int ordinal = 0; chunks.hasNext(); ordinal++) {
      Chunk chunk = chunks.next();
      PacketWriter[] writers = new PacketWriter[tasks];
      for (int n = 0; n < chunk.rows; n++) {
        int task = (int) ((chunk.hashes[n] >>> 32) * tasks >>> 32);
        if (writers[task] == null) {
          writers[task] = new PacketWriter();
          writers[task].number(input);
          writers[task].number(ordinal);
        }
        writers[task].fixed(chunk.hashes[n]);
        writers[task].fixed(n);
        writers[task].fixed(chunk.weights == null ? 0 : Float.floatToIntBits(chunk.weights[n]));
      }
      Packets.of(writers).forEachRemaining(packets::add);
    }
    return packets.iterator();
  }

  /**
   * Twice as many rows.
   *
   * @throws UserError if an array cannot have so many
   */
  static int longer(int rows) {
    if (rows > Integer.MAX_VALUE / 2) {
      throw new UserError(
          String.format(
              Locale.ROOT,
              "more than %,d rows are equal, or the source has too many rows: replace equal rows by"
                  + " one row with their number as weight, or read fewer rows",
              rows));
    }
    return 2 * rows;
  }

  /** Rows of one range of hashes. */
  private static final class Rows {
    long[] hashes = new long[1024];
    long[] origins = new long[1024];
    int[] rows = new int[1024];
    int[] weights = new int[1024];
    int count;

    void add(byte[] packet) {
      PacketReader reader = new PacketReader(packet);
      long origin = reader.number() << 32 | reader.number();
      while (reader.hasNext()) {
        if (count == hashes.length) {
          int longer = longer(count);
          hashes = Arrays.copyOf(hashes, longer);
          origins = Arrays.copyOf(origins, longer);
          rows = Arrays.copyOf(rows, longer);
          weights = Arrays.copyOf(weights, longer);
        }
        hashes[count] = reader.fixedLong();
        rows[count] = reader.fixedInt();
        weights[count] = reader.fixedInt();
        origins[count++] = origin;
      }
    }

    /** Weights are not negative, so the order of their bits is their order. */
    int compare(int a, int b) {
      int order = Integer.compare(weights[a], weights[b]);
      if (order == 0) {
        order = Long.compare(origins[a], origins[b]);
      }
      return order != 0 ? order : Integer.compare(rows[a], rows[b]);
    }
  }

  private static Iterator<Tuple2<Integer, byte[]>> repeated(
      Iterator<Tuple2<Integer, byte[]>> packets) {
    Rows all = new Rows();
    while (packets.hasNext()) {
      all.add(packets.next()._2());
    }
    TreeMap<Long, PacketWriter> writers = new TreeMap<>();
    int[] order = HashOrder.of(all.hashes, all.count, all::compare);
    long earlier = 0;
    for (int i = 1; i < order.length; i++) {
      earlier = all.hashes[order[i]] == all.hashes[order[i - 1]] ? earlier + 1 : 0;
      if (earlier > 0) {
        long origin = all.origins[order[i]];
        PacketWriter writer = writers.get(origin);
        if (writer == null) {
          writer = new PacketWriter();
          writer.number((int) origin);
          writers.put(origin, writer);
        }
        writer.number(all.rows[order[i]]);
        writer.number(earlier);
      }
    }
    List<Tuple2<Integer, byte[]>> result = new ArrayList<>();
    writers.forEach(
        (origin, writer) -> result.add(new Tuple2<>((int) (origin >>> 32), writer.toBytes())));
    return result.iterator();
  }
}
