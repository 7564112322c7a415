package io.destine.spark.encode;

import io.destine.artifact.VocabularyIndex;
import io.destine.feature.ByteHash;
import io.destine.feature.SideTable;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Joins the rows of the log with the rows of side tables by key. The rows of a table are numbered
 * from 1, in order of shards and of the hashes in a shard. Each chunk sends each of its keys once
 * to the shards of all keys, and receives a name for it: 0 if no row of the table has the key,
 * otherwise twice the number of that row, plus 1 if a training row has the key.
 */
final class TableKeys {
  /** Weight of a row of a side table in counts; a training row of the log counts 1. */
  private static final long ROW = 1L << 40;

  /** Maximum number of rows of a key in counts: 8,388,607; more count as this many. */
  private static final long MOST_ROWS = Long.MAX_VALUE / ROW;

  private static final int SHOWN = 5;

  private final JavaRDD<MergedShard> merged;
  private final JavaRDD<NumberedShard> shards;
  private final List<Table> tables;

  /**
   * A table.
   *
   * @param keys K, number of distinct keys of its rows
   * @param trained number of these that occur in a training row
   * @param repeated number of keys with several rows
   * @param unknown number of keys of the log without a row
   * @param examples of repeated keys
   * @param unknownExamples of unknown keys
   */
  record Table(
      long keys,
      long trained,
      long repeated,
      long unknown,
      List<String> examples,
      List<String> unknownExamples)
      implements Serializable {
    static final Table NONE = new Table(0, 0, 0, 0, List.of(), List.of());

    Table plus(Table other) {
      return new Table(
          keys + other.keys,
          trained + other.trained,
          repeated + other.repeated,
          unknown + other.unknown,
          some(examples, other.examples),
          some(unknownExamples, other.unknownExamples));
    }

    private static List<String> some(List<String> a, List<String> b) {
      List<String> all = new ArrayList<>(a);
      all.addAll(b);
      return new ArrayList<>(all.stream().sorted().limit(SHOWN).toList());
    }

    /** The numbers of keys, as a human-readable line. */
    String line(SideTable table) {
      return String.format(
          Locale.ROOT,
          "side table %s: %,d keys, %,d of them in training rows",
          table.name(),
          keys,
          trained);
    }

    /** The warnings, as human-readable lines. */
    List<String> warnings(SideTable table) {
      List<String> lines = new ArrayList<>();
      if (repeated > 0) {
        lines.add(
            String.format(
                Locale.ROOT,
                "side table %s: %,d of %,d keys have several rows, such as %s; one row of each is"
                    + " used",
                table.name(),
                repeated,
                keys,
                String.join(", ", examples)));
      }
      if (unknown > 0) {
        lines.add(
            String.format(
                Locale.ROOT,
                "side table %s: %,d values of column %s have no row, such as %s; their fields count as"
                    + " missing",
                table.name(),
                unknown,
                table.key(),
                String.join(", ", unknownExamples)));
      }
      return lines;
    }
  }

  private TableKeys(
      JavaRDD<MergedShard> merged, JavaRDD<NumberedShard> shards, List<Table> tables) {
    this.merged = merged;
    this.shards = shards;
    this.tables = tables;
  }

  /**
   * Numbers the rows of tables; one job.
   *
   * @param rows of the log and, in later partitions, of side tables
   * @param count of tables
   * @param bits number of leading bits of a key's hash that select its shard
   */
  static TableKeys of(JavaRDD<SplitChunk> rows, int count, int bits) {
    JavaRDD<MergedShard> merged =
        rows.mapPartitionsWithIndex((input, each) -> packets(input, each, bits), false)
            .mapToPair(packet -> packet)
            .partitionBy(new PlacePartitioner(1 << bits))
            .map(packet -> packet)
            .mapPartitionsWithIndex((shard, each) -> MergedShard.of(shard, each), true)
            .persist(EncodingJob.KEPT);
    List<Table[]> found = merged.map(shard -> tables(shard, count)).collect();
    long[][] first = new long[found.size()][count];
    Table[] all = new Table[count];
    for (int t = 0; t < count; t++) {
      all[t] = Table.NONE;
      for (int s = 0; s < first.length; s++) {
        first[s][t] = 1 + all[t].keys();
        all[t] = all[t].plus(found.get(s)[t]);
      }
    }
    JavaRDD<NumberedShard> shards = merged.map(shard -> numbered(shard, first[shard.shard]));
    return new TableKeys(merged, shards, List.of(all));
  }

  /** The tables, in order. */
  List<Table> tables() {
    return tables;
  }

  private static Iterator<Tuple2<Integer, byte[]>> packets(
      int input, Iterator<SplitChunk> chunks, int bits) {
    List<Tuple2<Integer, byte[]>> packets = new ArrayList<>();
    while (chunks.hasNext()) {
      SplitChunk split = chunks.next();
      PacketWriter[] writers = new PacketWriter[1 << bits];
      Chunk keys = split.chunk().keys;
      for (int t = 0; t < keys.fields(); t++) {
        if (keys.values[t] != null) {
          write(writers, input, split, t);
        }
      }
      Packets.of(writers).forEachRemaining(packets::add);
    }
    return packets.iterator();
  }

  private static void write(PacketWriter[] writers, int input, SplitChunk split, int t) {
    Chunk chunk = split.chunk();
    ValueTable values = chunk.keys.values[t];
    long[] counts = new long[values.count()];
    for (int n = 0; n < chunk.rows; n++) {
      int place = chunk.keys.single[t][n];
      if (place >= 0) {
        counts[place] += chunk.table >= 0 ? ROW : split.splits()[n] == 0 ? 1 : 0;
      }
    }
    for (int i = 0; i < counts.length; i++) {
      int from = values.from(i);
      int length = values.length(i);
      int s = ChunkValues.shard(ByteHash.of(t, values.bytes(), from, length), writers.length);
      if (writers[s] == null) {
        writers[s] = new PacketWriter();
        writers[s].number(input);
        writers[s].number(split.ordinal());
        writers[s].number(0);
      }
      writers[s].number(t);
      writers[s].number(i);
      writers[s].number(counts[i]);
      writers[s].number(0);
      writers[s].array(values.bytes(), from, length);
    }
  }

  /** The sum of two counts of a value, in which a key has at most {@link #MOST_ROWS} rows. */
  static long plus(long count, long more) {
    long sum = count + more;
    // An overflow changes the sign, and the number of training rows is in the low bits.
    return sum < 0 ? MOST_ROWS * ROW + (sum & (ROW - 1)) : sum;
  }

  private static Table[] tables(MergedShard shard, int count) {
    Table[] tables = new Table[count];
    long[] keys = new long[count];
    long[] trained = new long[count];
    long[] repeated = new long[count];
    long[] unknown = new long[count];
    List<List<String>> examples = new ArrayList<>();
    List<List<String>> unknownExamples = new ArrayList<>();
    for (int t = 0; t < count; t++) {
      examples.add(new ArrayList<>());
      unknownExamples.add(new ArrayList<>());
    }
    for (int i : shard.order()) {
      int t = shard.fieldOf[i];
      long rows = shard.counts[i] / ROW;
      keys[t] += rows > 0 ? 1 : 0;
      trained[t] += rows > 0 && shard.counts[i] % ROW > 0 ? 1 : 0;
      repeated[t] += rows > 1 ? 1 : 0;
      unknown[t] += rows == 0 ? 1 : 0;
      List<String> of = rows > 1 ? examples.get(t) : unknownExamples.get(t);
      if (rows != 1 && of.size() < SHOWN) {
        int length = shard.offsets[i + 1] - shard.offsets[i];
        of.add(new String(shard.bytes, shard.offsets[i], length, StandardCharsets.UTF_8));
      }
    }
    for (int t = 0; t < count; t++) {
      tables[t] =
          new Table(
              keys[t],
              trained[t],
              repeated[t],
              unknown[t],
              examples.get(t),
              unknownExamples.get(t));
    }
    return tables;
  }

  /** The shard with the names of keys instead of ids. */
  private static NumberedShard numbered(MergedShard shard, long[] first) {
    long[] next = first.clone();
    int[] order = shard.order();
    int[] names = new int[shard.count];
    boolean[] own = new boolean[shard.count];
    for (int i : order) {
      own[i] = shard.counts[i] >= ROW;
      boolean trains = shard.counts[i] % ROW > 0;
      names[i] = own[i] ? name(next[shard.fieldOf[i]]++, trains) : 0;
    }
    return new NumberedShard(shard, order, names, own, ContainedRates.NONE);
  }

  private static int name(long number, boolean trains) {
    return Math.toIntExact(2 * number + (trains ? 1 : 0));
  }

  /** The number of a row, from the name of its key. */
  static int number(int name) {
    return name >>> 1;
  }

  /** Writes the files of keys into a directory. */
  List<VocabularyIndex.Part> write(Broadcast<SerializableConfiguration> hadoop, String directory) {
    return shards
        .map(
            shard -> {
              int[] numbers = new int[shard.ids().length];
              for (int i = 0; i < numbers.length; i++) {
                numbers[i] = number(shard.ids()[i]);
              }
              return new NumberedShard(
                      shard.shard(), shard.order(), numbers, shard.own(), ContainedRates.NONE)
                  .writeKeys(hadoop.value().value(), directory);
            })
        .collect()
        .stream()
        .sorted(Comparator.comparingInt(NumberedShard.Part::shard))
        .map(NumberedShard.Part::described)
        .toList();
  }

  /**
   * The rows with the names of their keys. A row of a side table counts as a training row if a
   * training row of the log has its key.
   *
   * @param rows as in {@link #of}
   */
  JavaRDD<SplitChunk> named(JavaRDD<SplitChunk> rows) {
    JavaPairRDD<Integer, byte[]> packets =
        shards
            .flatMapToPair(NumberedShard::packets)
            .partitionBy(new PlacePartitioner(rows.getNumPartitions()));
    return rows.zipPartitions(packets.map(packet -> packet), TableKeys::named);
  }

  private static Iterator<SplitChunk> named(
      Iterator<SplitChunk> chunks, Iterator<Tuple2<Integer, byte[]>> packets) {
    Map<Integer, List<PacketReader>> byOrdinal = PacketReader.byOrdinal(packets);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return chunks.hasNext();
      }

      @Override
      public SplitChunk next() {
        SplitChunk split = chunks.next();
        return named(split, byOrdinal.getOrDefault(split.ordinal(), List.of()));
      }
    };
  }

  private static SplitChunk named(SplitChunk split, List<PacketReader> packets) {
    Chunk chunk = split.chunk();
    int[][] names = new int[chunk.keys.fields()][];
    for (int t = 0; t < names.length; t++) {
      names[t] = new int[chunk.keys.values[t] == null ? 0 : chunk.keys.values[t].count()];
    }
    for (PacketReader reader : packets) {
      while (reader.hasNext()) {
        int t = reader.integer();
        names[t][reader.integer()] = reader.integer();
      }
    }
    byte[] splits = split.splits();
    if (chunk.table >= 0) {
      splits = new byte[chunk.rows];
      for (int n = 0; n < splits.length; n++) {
        int name = names[chunk.table][chunk.keys.single[chunk.table][n]];
        splits[n] = (byte) ((name & 1) == 1 ? Split.TRAIN : Split.VALIDATION).ordinal();
      }
    }
    return new SplitChunk(chunk, split.ordinal(), split.hashes(), splits, names);
  }

  /** Frees the memory of the cluster. */
  void close() {
    merged.unpersist(false);
  }
}
