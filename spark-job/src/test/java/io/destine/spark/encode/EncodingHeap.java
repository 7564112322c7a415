package io.destine.spark.encode;

import com.sun.management.ThreadMXBean;
import io.destine.artifact.VocabularyFile;
import io.destine.feature.ByteHash;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.HashOrder;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyDigest;
import io.destine.feature.VocabularyShard;
import io.destine.spark.conf.LabelRule;
import io.destine.spark.conf.SplitConfig;
import io.destine.spark.source.RawColumns;
import io.destine.spark.source.RowBatch;
import io.destine.spark.source.RowBatches;
import io.destine.spark.source.SourceValues;
import io.destine.spark.source.SplitRule;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Tuple2;

/**
 * A process that prints what a structure of an encoding adds to its live heap, in bytes. Sizes are
 * those at which arrays have just grown; values have 16 bytes, in a shard one more.
 */
public final class EncodingHeap {
  /** Just too many for the slots of half as large a table. */
  public static final int KNOWN = (1 << 20) + 1000;

  /** All tables of a chunk grow with row 131,073, and then its limit is passed. */
  public static final int FIELDS = 13;

  /** Bytes of a value of the shard, whose array of texts has grown near its end. */
  public static final int SHARD_VALUE = 17;

  /** Classes of each of {@link #SHARDS} shards. */
  public static final int CLASSES = 20_000;

  /** Shards of the plan of ids. */
  public static final int SHARDS = 64;

  private static final EncodingLimits LIMITS = EncodingLimits.DEFAULT;

  private static long empty;
  private static long allocated;

  private EncodingHeap() {}

  /** The argument is what to measure: vocabulary, chunk, shard, rows or plan. */
  public static void main(String[] arguments) {
    // Loads all classes, whose jars take megabytes.
    made(arguments[0]);
    Object made = made(arguments[0]);
    System.out.printf("live %d%nallocated %d%n", bytes() - empty, allocated);
    Reference.reachabilityFence(made);
  }

  private static Object made(String what) {
    return switch (what) {
      case "vocabulary" -> vocabulary();
      case "chunk" -> chunk();
      case "shard" -> shard();
      case "rows" -> rows();
      default -> plan();
    };
  }

  private static byte[] value(int m, int i) {
    return String.format(Locale.ROOT, "%02d-%013d", m, i).getBytes(StandardCharsets.US_ASCII);
  }

  private static Vocabulary vocabulary() {
    empty = bytes();
    try {
      Path file = Files.createTempFile("vocabulary", ".safetensors");
      write(file);
      VocabularyShard shard = VocabularyFile.map(file);
      Files.delete(file);
      return new Vocabulary(List.of("f"), 1, new int[] {0}, List.of(shard));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Values of 16 bytes in order of their hashes. */
  private static void write(Path file) throws IOException {
    long[] hashes = new long[KNOWN];
    for (int i = 0; i < KNOWN; i++) {
      hashes[i] = ByteHash.of(0, value(0, i), 0, 16);
    }
    int[] order = HashOrder.of(hashes, KNOWN, Integer::compare);
    byte[] bytes = new byte[16 * KNOWN];
    int[] offsets = new int[KNOWN + 1];
    for (int i = 0; i < KNOWN; i++) {
      System.arraycopy(value(0, order[i]), 0, bytes, 16 * i, 16);
      offsets[i + 1] = 16 * (i + 1);
    }
    int[] ids = Arrays.stream(order).map(i -> i + 2).toArray();
    try (OutputStream out = Files.newOutputStream(file)) {
      VocabularyFile.write(
          out,
          new VocabularyFile.Values(
              KNOWN,
              new short[KNOWN],
              ids,
              offsets,
              bytes,
              new long[KNOWN],
              new int[KNOWN],
              List.of()));
    }
  }

  private static List<FieldSpec> fields() {
    return IntStream.range(0, FIELDS).mapToObj(m -> FieldSpec.categorical("f" + m)).toList();
  }

  private static Object chunk() {
    StructType schema =
        new StructType().add("label", DataTypes.IntegerType).add("day", DataTypes.StringType);
    for (FieldSpec field : fields()) {
      schema = schema.add(field.name(), DataTypes.StringType);
    }
    int[] next = new int[1];
    Iterator<InternalRow> rows =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public InternalRow next() {
            Object[] values = new Object[2 + FIELDS];
            values[0] = next[0] % 2;
            values[1] = UTF8String.fromString("2026-01-01");
            for (int m = 0; m < FIELDS; m++) {
              values[2 + m] = UTF8String.fromBytes(value(m, next[0]));
            }
            next[0]++;
            return new GenericInternalRow(values);
          }
        };
    RowRoles.Names roles =
        new RowRoles.Names(
            fields(),
            0,
            FIELDS,
            -1,
            List.of(),
            "label",
            LabelRule.PLAIN,
            null,
            null,
            "day",
            null,
            "f0");
    RawColumns table = new RawColumns(schema, SourceValues.in(ZoneOffset.UTC));
    SplitRule rule = SplitRule.of(SplitConfig.defaults());
    Iterator<RowBatch> batches = RowBatches.of(rows, schema);
    batches.next();
    empty = bytes();
    ChunkBuilder builder = new ChunkBuilder(roles, table, rule, 0, LIMITS);
    RowBatch batch = null;
    for (int at = 0; !builder.full(); ) {
      if (batch == null || at == batch.rows()) {
        batch = batches.next();
        at = 0;
      }
      at += builder.add(batch, at);
    }
    return builder;
  }

  private static MergedShard merged(int values) {
    PacketWriter writer = new PacketWriter();
    writer.number(3);
    writer.number(5);
    writer.number(0);
    for (int i = 0; i < values; i++) {
      writer.number(1);
      writer.number(i);
      writer.number(2 + i % 100);
      writer.number(0);
      byte[] text = new byte[SHARD_VALUE];
      System.arraycopy(value(1, i), 0, text, 0, 16);
      writer.array(text, 0, text.length);
    }
    return MergedShard.of(0, List.of(new Tuple2<>(0, writer.toBytes())).iterator()).next();
  }

  private static FittedFields fitted(List<FieldSpec> fields) {
    return new FittedFields(fields.stream().map(FittedField::of).toList());
  }

  /** The shard in all its forms: merged, with ids, as its file has it, and sent back. */
  private static Object shard() {
    List<FieldSpec> fields = fields();
    int[] most = new int[FIELDS];
    Arrays.fill(most, Integer.MAX_VALUE);
    empty = bytes();
    MergedShard merged = merged((int) LIMITS.shardValues());
    long[] often = new long[FIELDS];
    Arrays.fill(often, Long.MAX_VALUE);
    IdBounds bounds = new IdBounds(2, often);
    IdPlan.ShardCounts counts =
        IdPlan.ShardCounts.of(List.of(merged).iterator(), FIELDS, bounds).next();
    IdPlan plan = IdPlan.of(fitted(fields), 1, Optional.empty(), most, List.of(counts));
    NumberedShard numbered = NumberedShard.of(merged, plan, bounds, ContainedRates.NONE);
    VocabularyFile.Values values = numbered.values(new VocabularyDigest());
    return List.of(numbered, values);
  }

  private static Object rows() {
    FieldLayout layout = FieldLayout.ofIds(FIELDS);
    empty = bytes();
    RowPackets rows = new RowPackets(layout, false, false);
    for (int packet = 0; packet < 8; packet++) {
      PacketWriter writer = new PacketWriter();
      rows.writeHead(writer);
      for (long n = 0; n < LIMITS.taskRows() / 8; n++) {
        rows.write(writer, packet, n, 1);
        for (int m = 0; m < FIELDS; m++) {
          writer.fixed((int) n);
        }
      }
      rows.add(writer.toBytes());
    }
    return rows;
  }

  /**
   * The counts of all shards; also measures the bytes allocated while ids are planned, an upper
   * bound of their live bytes.
   */
  private static Object plan() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    List<FieldSpec> fields = fields();
    int[] most = new int[FIELDS];
    Arrays.fill(most, Integer.MAX_VALUE);
    empty = bytes();
    List<IdPlan.ShardCounts> shards = new ArrayList<>();
    for (int s = 0; s < SHARDS; s++) {
      int shard = s;
      // Every class is in one shard only, which takes the most.
      long[] classes =
          IntStream.range(0, CLASSES).mapToLong(c -> (long) c * SHARDS + shard).toArray();
      int[] values = new int[CLASSES];
      Arrays.fill(values, 1);
      shards.add(new IdPlan.ShardCounts(s, classes, values, new long[FIELDS]));
    }
    long before = threads.getThreadAllocatedBytes(thread);
    IdPlan plan = IdPlan.of(fitted(fields), 1, Optional.empty(), most, shards);
    allocated = threads.getThreadAllocatedBytes(thread) - before;
    return List.of(shards, plan);
  }

  private static long bytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
