package io.destine.spark.encode;

import io.destine.feature.FieldLayout;
import io.destine.feature.FittedFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import scala.Tuple2;

/** The rows of a chunk as ids and numbers, on their way to their blocks. */
final class EncodedChunk {
  private final SplitChunk split;
  private final Chunk chunk;
  private final FittedFields fields;
  private final FieldLayout layout;

  /** [fields] id by place of a single value, that of a missing value last; null when hashed. */
  private final int[][] singleIds;

  /** [fields] id by place of a value of a list; null when hashed. */
  private final int[][] listIds;

  private final int[] missing;

  private EncodedChunk(
      SplitChunk split, List<PacketReader> ids, FittedFields fields, int[] missing) {
    this.split = split;
    this.fields = fields;
    this.missing = missing;
    chunk = split.chunk();
    layout = fields.layout();
    ChunkValues values = new ChunkValues(chunk, fields);
    int[][] idOf = new int[chunk.fields()][];
    Arrays.setAll(idOf, m -> new int[values.count(m)]);
    for (PacketReader reader : ids) {
      while (reader.hasNext()) {
        int m = reader.integer();
        int place = reader.integer();
        idOf[m][place] = reader.integer();
      }
    }
    singleIds = new int[chunk.fields()][];
    listIds = new int[chunk.fields()][];
    for (int m = 0; m < chunk.fields(); m++) {
      if (fields.fields().get(m).spec().hashed()) {
        continue;
      }
      if (chunk.single[m] != null) {
        singleIds[m] = values.idsByPlace(m, idOf[m], missing[m]);
      } else if (chunk.list[m] != null) {
        listIds[m] = idOf[m];
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
      BlockPlan plan) {
    Map<Integer, List<PacketReader>> byOrdinal = new HashMap<>();
    while (ids.hasNext()) {
      PacketReader reader = new PacketReader(ids.next()._2());
      byOrdinal.computeIfAbsent(reader.integer(), key -> new ArrayList<>()).add(reader);
    }
    return new Iterator<>() {
      private Iterator<Tuple2<Integer, byte[]>> packets =
          List.<Tuple2<Integer, byte[]>>of().iterator();

      @Override
      public boolean hasNext() {
        while (!packets.hasNext() && chunks.hasNext()) {
          SplitChunk next = chunks.next();
          List<PacketReader> own = byOrdinal.remove(next.ordinal());
          packets =
              new EncodedChunk(next, own == null ? List.of() : own, fields, missing).packets(plan);
        }
        return packets.hasNext();
      }

      @Override
      public Tuple2<Integer, byte[]> next() {
        return packets.next();
      }
    };
  }

  private Iterator<Tuple2<Integer, byte[]>> packets(BlockPlan plan) {
    BlockPlan.Rows rows = plan.rows();
    RowPackets packets = new RowPackets(layout, chunk.weights != null, chunk.groups != null);
    PacketWriter[] writers = new PacketWriter[plan.tasks()];
    for (int n = 0; n < chunk.rows; n++) {
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
    List<Tuple2<Integer, byte[]>> result = new ArrayList<>();
    for (int task = 0; task < writers.length; task++) {
      if (writers[task] != null) {
        result.add(new Tuple2<>(task, writers[task].toBytes()));
        writers[task] = null;
      }
    }
    return result.iterator();
  }

  /** Single ids and numbers first, which have the same bytes in every row, then lists. */
  private void write(PacketWriter to, int n) {
    for (int m = 0; m < layout.size(); m++) {
      switch (layout.field(m).kind()) {
        case ID -> {
          int place = chunk.single[m][n];
          to.fixed(
              singleIds[m] == null
                  ? missing[m] + 1 + place
                  : singleIds[m][place < 0 ? singleIds[m].length - 1 : place]);
        }
        case LINEAR -> {
          double x = chunk.linear[m][n];
          to.fixed(Float.floatToIntBits(fields.fields().get(m).standardised(x)));
        }
        case VECTOR -> {
          int length = layout.field(m).length();
          for (int i = n * length; i < (n + 1) * length; i++) {
            to.fixed(Float.floatToIntBits(chunk.vectors[m][i]));
          }
        }
        case MULTI -> {}
      }
    }
    for (int m = 0; m < layout.size(); m++) {
      if (chunk.list[m] != null) {
        int from = n == 0 ? 0 : chunk.listEnds[m][n - 1];
        int end = chunk.listEnds[m][n];
        to.number(Math.max(1, end - from));
        if (from == end) {
          to.fixed(missing[m]);
        }
        for (int i = from; i < end; i++) {
          int place = chunk.list[m][i];
          to.fixed(listIds[m] == null ? missing[m] + 1 + place : listIds[m][place]);
        }
      }
    }
  }
}
