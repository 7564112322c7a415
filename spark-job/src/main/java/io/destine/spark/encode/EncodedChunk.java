package io.destine.spark.encode;

import io.destine.feature.BatchBuilder;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FittedFields;
import io.destine.feature.LabelRate;
import io.destine.feature.RateIds;
import io.destine.feature.SideTables;
import io.destine.spark.source.RowProgress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import scala.Tuple2;

/** The rows of a chunk as ids and numbers. */
final class EncodedChunk {
  private static final int BATCH_ROWS = 8192;
  private static final int RATES = LabelRate.FOLDS + 1;

  private final SplitChunk split;
  private final Chunk chunk;
  private final FittedFields fields;
  private final FieldLayout layout;

  /** The fields of the rows. */
  private final int[] own;

  /** The side tables to which rows of the log refer by keys, or null. */
  private final SideTables tables;

  /** [fields] id of a single value by its index, the id of a missing value last; null if hashed. */
  private final int[][] singleIds;

  /** [fields] id of a list's value by its index; null if hashed. */
  private final int[][] listIds;

  private final int[] missing;

  /** [fields] for a rate, the field whose rate it is; -1 for other fields. */
  private final int[] rateOf;

  /**
   * [fields] the rate buckets of a value by its index: one for each fold, then one for rows without
   * a fold.
   */
  private final byte[][] buckets;

  /** {@link FittedFields#containedRates}. */
  private final int[] contained;

  private final ChunkValues values;

  private EncodedChunk(
      SplitChunk plain,
      List<PacketReader> ids,
      FittedFields fields,
      int[] missing,
      SideTables tables) {
    split = CrossedChunk.of(plain, fields);
    this.fields = fields;
    this.missing = missing;
    this.tables = tables;
    chunk = split.chunk();
    layout = fields.layout();
    own = fields.ofTable(chunk.table);
    values = new ChunkValues(chunk, fields);
    int[] rates = fields.rates();
    rateOf = new int[chunk.fields()];
    Arrays.fill(rateOf, -1);
    System.arraycopy(rates, 0, rateOf, rateOf.length - rates.length, rates.length);
    contained = fields.containedRates();
    buckets = new byte[chunk.fields()][];
    for (int m : rates) {
      buckets[m] = new byte[values.total(m) * RATES];
    }
    int[][] idOf = new int[chunk.fields()][];
    Arrays.setAll(idOf, m -> new int[values.total(m)]);
    for (PacketReader reader : ids) {
      while (reader.hasNext()) {
        int m = reader.integer();
        int place = reader.integer();
        idOf[m][place] = reader.integer();
        for (int i = 0; buckets[m] != null && i < RATES; i++) {
          buckets[m][place * RATES + i] = (byte) reader.integer();
        }
      }
    }
    singleIds = new int[chunk.fields()][];
    listIds = new int[chunk.fields()][];
    for (int m = 0; m < chunk.fields(); m++) {
      if (fields.fields().get(m).spec().hashed()) {
        continue;
      }
      if (chunk.single[m] != null) {
        singleIds[m] = values.idsByPlace(m, values.own(m, idOf), missing[m]);
      } else if (chunk.list[m] != null) {
        listIds[m] = values.own(m, idOf);
      }
    }
  }

  /**
   * Packets of rows for the tasks that write blocks.
   *
   * @param chunks of a partition
   * @param ids packets of {@link NumberedShard#packets} for it
   * @param missing [fields] ids of missing values
   */
  static Iterator<Tuple2<Integer, byte[]>> packets(
      Iterator<SplitChunk> chunks,
      Iterator<Tuple2<Integer, byte[]>> ids,
      FittedFields fields,
      int[] missing,
      BlockPlan plan,
      RowProgress progress) {
    Function<SplitChunk, EncodedChunk> encoder = encoder(ids, fields, missing, null);
    return Packets.of(
        chunks,
        next ->
            next.chunk().table < 0
                ? encoder.apply(next).packets(plan)
                : Collections.emptyIterator(),
        progress);
  }

  /**
   * Packets of the rows of side tables for the tasks that write these.
   *
   * @param chunks of a partition
   * @param ids as in {@link #packets}
   */
  static Iterator<Tuple2<Integer, byte[]>> tablePackets(
      Iterator<SplitChunk> chunks,
      Iterator<Tuple2<Integer, byte[]>> ids,
      FittedFields fields,
      int[] missing,
      SideTableFiles files,
      RowProgress progress) {
    Function<SplitChunk, EncodedChunk> encoder = encoder(ids, fields, missing, null);
    return Packets.of(
        chunks,
        next ->
            next.chunk().table < 0
                ? Collections.emptyIterator()
                : encoder.apply(next).packets(files),
        progress);
  }

  /** The encoder of the chunks of a partition, with the packets of its ids. */
  private static Function<SplitChunk, EncodedChunk> encoder(
      Iterator<Tuple2<Integer, byte[]>> ids,
      FittedFields fields,
      int[] missing,
      SideTables tables) {
    Map<Integer, List<PacketReader>> byOrdinal = PacketReader.byOrdinal(ids);
    return chunk -> {
      List<PacketReader> own = byOrdinal.remove(chunk.ordinal());
      return new EncodedChunk(chunk, own == null ? List.of() : own, fields, missing, tables);
    };
  }

  /**
   * The rows in their original order, in batches.
   *
   * @param chunks of a partition
   * @param ids packets of {@link NumberedShard#packets} for it
   * @param missing [fields] ids of missing values
   * @param tables the vocabulary's side tables, or null
   * @param split ordinal of the selected split, -1 for all rows
   */
  static Iterator<EncodedBatch> batches(
      Iterator<SplitChunk> chunks,
      Iterator<Tuple2<Integer, byte[]>> ids,
      FittedFields fields,
      int[] missing,
      SideTables tables,
      int split) {
    FieldLayout stored = fields.storedLayout();
    Function<SplitChunk, EncodedChunk> encoder = encoder(ids, fields, missing, tables);
    return new Iterator<>() {
      private EncodedChunk chunk;
      private int next;

      @Override
      public boolean hasNext() {
        while (chunk == null || next == chunk.chunk.rows) {
          if (!chunks.hasNext()) {
            return false;
          }
          chunk = encoder.apply(chunks.next());
          next = chunk.skip(0, split);
        }
        return true;
      }

      @Override
      public EncodedBatch next() {
        if (!hasNext()) {
          throw new NoSuchElementException("there must be a next batch, got none");
        }
        BatchBuilder builder = new BatchBuilder(stored);
        while (next < chunk.chunk.rows && builder.rows() < BATCH_ROWS) {
          chunk.add(builder, next);
          next = chunk.skip(next + 1, split);
        }
        return builder.build(0);
      }
    };
  }

  /** The first row of a split from row n on; the number of rows if there is none. */
  private int skip(int n, int wanted) {
    int row = n;
    while (row < chunk.rows && !wanted(split.splits()[row], wanted)) {
      row++;
    }
    return row;
  }

  private static boolean wanted(byte split, int wanted) {
    return split != SplitChunk.DROPPED && (wanted < 0 || split == wanted);
  }

  private void add(BatchBuilder builder, int n) {
    for (int m : own) {
      switch (layout.field(m).kind()) {
        case ID -> builder.id(singleId(m, n));
        case LINEAR -> builder.number(linear(m, n));
        case VECTOR -> {
          for (int i = 0; i < layout.field(m).length(); i++) {
            builder.number(chunk.vectors[m].number(n, i));
          }
        }
        case MULTI -> {}
      }
    }
    for (int t = 0; t < keys(); t++) {
      builder.id(rowOfTable(t, n));
    }
    for (int m : own) {
      if (chunk.list[m] != null) {
        int from = n == 0 ? 0 : chunk.listEnds[m][n - 1];
        int end = chunk.listEnds[m][n];
        if (from == end) {
          builder.multiId(missing[m]);
        }
        for (int i = from; i < end; i++) {
          builder.multiId(listId(m, chunk.list[m][i]));
        }
        builder.endList();
      }
    }
    builder.endRow(
        chunk.labels[n],
        chunk.weights == null ? 1 : chunk.weights[n],
        chunk.groups == null ? 0 : chunk.groups[n]);
  }

  /** Number of keys of a row of the log. */
  private int keys() {
    return chunk.table >= 0 || chunk.keys == null ? 0 : chunk.keys.fields();
  }

  /** The number of the row of table t to which row n of the log refers. */
  private int rowOfTable(int t, int n) {
    int place = chunk.keys.single[t][n];
    if (place < 0) {
      return 0;
    } else if (tables == null) {
      return TableKeys.number(split.keys()[t][place]);
    }
    ValueTable of = chunk.keys.values[t];
    return tables.number(
        t, new String(of.bytes(), of.from(place), of.length(place), StandardCharsets.UTF_8));
  }

  private Iterator<Tuple2<Integer, byte[]>> packets(SideTableFiles files) {
    RowPackets packets = files.packets(chunk.table);
    PacketWriter[] writers = new PacketWriter[files.tasks()];
    for (int n = 0; n < chunk.rows; n++) {
      int place = chunk.keys.single[chunk.table][n];
      int number = TableKeys.number(split.keys()[chunk.table][place]);
      int task = files.task(chunk.table, number);
      if (writers[task] == null) {
        writers[task] = new PacketWriter();
        packets.writeHead(writers[task]);
      }
      packets.write(writers[task], 0, number, 0);
      write(writers[task], n);
    }
    return Packets.of(writers);
  }

  /** A training row uses the rate computed from the other folds; see {@link RateIds}. */
  private int rateId(int m, int n) {
    int fold = split.splits()[n] == 0 ? LabelRate.fold(split.hashes()[n]) : LabelRate.FOLDS;
    int first = rateOf.length - contained.length;
    int bucket = LabelRate.NONE;
    for (int i = m - first; i >= 0 && bucket == LabelRate.NONE; i = contained[i]) {
      int of = rateOf[first + i];
      int place = values.placeOfRow(of, n);
      bucket = place < 0 ? LabelRate.NONE : buckets[of][place * RATES + fold];
    }
    return missing[m] + 1 + (bucket == LabelRate.NONE ? LabelRate.PRIOR_BUCKET : bucket);
  }

  private int singleId(int m, int n) {
    if (rateOf[m] >= 0) {
      return rateId(m, n);
    }
    int place = chunk.single[m][n];
    return singleIds[m] == null
        ? missing[m] + 1 + place
        : singleIds[m][place < 0 ? singleIds[m].length - 1 : place];
  }

  private int listId(int m, int place) {
    return listIds[m] == null ? missing[m] + 1 + place : listIds[m][place];
  }

  private float linear(int m, int n) {
    return fields.fields().get(m).standardised(chunk.linear[m][n]);
  }

  private Iterator<Tuple2<Integer, byte[]>> packets(BlockPlan plan) {
    BlockPlan.Rows rows = plan.rows();
    RowPackets packets =
        new RowPackets(fields.storedLayout(), chunk.weights != null, chunk.groups != null);
    PacketWriter[] writers = new PacketWriter[plan.tasks()];
    for (int n = 0; n < chunk.rows; n++) {
      if (split.splits()[n] == SplitChunk.DROPPED) {
        continue;
      }
      int block = rows.block(split.splits()[n], split.hashes()[n]);
      int task = plan.task(block);
      if (writers[task] == null) {
        writers[task] = new PacketWriter();
        packets.writeHead(writers[task]);
      }
      packets.write(writers[task], block, rows.place(), chunk.labels[n]);
      if (chunk.weights != null) {
        writers[task].fixed(Float.floatToIntBits(chunk.weights[n]));
      }
      if (chunk.groups != null) {
        writers[task].fixed(chunk.groups[n]);
      }
      write(writers[task], n);
    }
    return Packets.of(writers);
  }

  /**
   * Writes single ids and numbers first, which take the same number of bytes in every row, then
   * lists.
   */
  private void write(PacketWriter to, int n) {
    for (int m : own) {
      switch (layout.field(m).kind()) {
        case ID -> to.fixed(singleId(m, n));
        case LINEAR -> to.fixed(Float.floatToIntBits(linear(m, n)));
        case VECTOR -> {
          for (int i = 0; i < layout.field(m).length(); i++) {
            to.fixed(Float.floatToIntBits(chunk.vectors[m].number(n, i)));
          }
        }
        case MULTI -> {}
      }
    }
    for (int t = 0; t < keys(); t++) {
      to.fixed(rowOfTable(t, n));
    }
    for (int m : own) {
      if (chunk.list[m] != null) {
        int from = n == 0 ? 0 : chunk.listEnds[m][n - 1];
        int end = chunk.listEnds[m][n];
        to.number(Math.max(1, end - from));
        if (from == end) {
          to.fixed(missing[m]);
        }
        for (int i = from; i < end; i++) {
          to.fixed(listId(m, chunk.list[m][i]));
        }
      }
    }
  }
}
