package io.destine.spark.encode;

import io.destine.feature.BatchBuilder;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.feature.HashOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Encoded rows received by one task in packets from all chunks: for each row the block, the
 * position in it, the label, weight and group if present, then the numbers of the fields. Rows stay
 * in their packets until their block is built.
 */
final class RowPackets {
  /** Bytes of a row in a packet in addition to its numbers: block, position and label. */
  static final int ROW_BYTES = 4 + 8 + 1;

  /** Bytes of a row in the arrays below. */
  static final int PLACE_BYTES = 4 + 8 + 4 + 4;

  static final int FIRST_ROWS = 1024;

  private static final int WEIGHTS = 1;
  private static final int GROUPS = 2;

  private final FieldLayout layout;
  private final int fixedBytes;
  private final int lists;
  private final boolean withWeights;
  private final boolean withGroups;

  private final List<byte[]> packets = new ArrayList<>();
  private final List<Integer> heads = new ArrayList<>();
  private int[] blocks = new int[FIRST_ROWS];
  private long[] places = new long[FIRST_ROWS];
  private int[] packetOf = new int[FIRST_ROWS];
  private int[] offsets = new int[FIRST_ROWS];
  private int count;

  RowPackets(FieldLayout layout, boolean withWeights, boolean withGroups) {
    this.layout = layout;
    this.withWeights = withWeights;
    this.withGroups = withGroups;
    fixedBytes = 4 * (layout.singles() + layout.denseWidth());
    lists = layout.multis();
  }

  /** Begins a packet. */
  void writeHead(PacketWriter writer) {
    writer.octet((withWeights ? WEIGHTS : 0) | (withGroups ? GROUPS : 0));
  }

  /** Begins a row. */
  void write(PacketWriter writer, int block, long place, int label) {
    writer.fixed(block);
    writer.fixed(place);
    writer.octet(label);
  }

  /** Adds a packet. */
  void add(byte[] packet) {
    PacketReader reader = new PacketReader(packet);
    int head = reader.octet();
    while (reader.hasNext()) {
      if (count == blocks.length) {
        blocks = Arrays.copyOf(blocks, 2 * count);
        places = Arrays.copyOf(places, 2 * count);
        packetOf = Arrays.copyOf(packetOf, 2 * count);
        offsets = Arrays.copyOf(offsets, 2 * count);
      }
      blocks[count] = reader.fixedInt();
      places[count] = reader.fixedLong();
      packetOf[count] = packets.size();
      offsets[count++] = reader.position();
      skipRow(reader, head);
    }
    packets.add(packet);
    heads.add(head);
  }

  /** Skips a row after its position. */
  private void skipRow(PacketReader reader, int head) {
    reader.array(1 + ((head & WEIGHTS) > 0 ? 4 : 0) + ((head & GROUPS) > 0 ? 8 : 0));
    reader.array(fixedBytes);
    for (int u = 0; u < lists; u++) {
      reader.array(4 * reader.integer());
    }
  }

  /** The numbers of the blocks with received rows, ascending. */
  int[] blocks() {
    return Arrays.stream(blocks, 0, count).sorted().distinct().toArray();
  }

  /** The rows of each of the given blocks. */
  int[][] rowsOf(int[] numbers) {
    int[] sizes = new int[numbers.length];
    for (int i = 0; i < count; i++) {
      sizes[Arrays.binarySearch(numbers, blocks[i])]++;
    }
    int[][] rows = new int[numbers.length][];
    Arrays.setAll(rows, b -> new int[sizes[b]]);
    for (int i = 0; i < count; i++) {
      int b = Arrays.binarySearch(numbers, blocks[i]);
      rows[b][rows[b].length - sizes[b]--] = i;
    }
    return rows;
  }

  /** The given rows in order of their positions, as a block of the given number in its split. */
  EncodedBatch block(int[] rows, int number) {
    long[] keys = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      keys[i] = places[rows[i]];
    }
    BatchBuilder builder = new BatchBuilder(layout);
    for (int i : HashOrder.of(keys, keys.length, (a, b) -> compare(rows[a], rows[b]))) {
      add(builder, rows[i]);
    }
    return builder.build(number);
  }

  /**
   * The rows in order of their positions; of several rows with the same position, only the one
   * whose bytes compare smallest.
   */
  EncodedBatch firstOfPlaces() {
    BatchBuilder builder = new BatchBuilder(layout);
    int[] order = HashOrder.of(places, count, this::compare);
    for (int i = 0; i < order.length; i++) {
      if (i == 0 || places[order[i]] != places[order[i - 1]]) {
        add(builder, order[i]);
      }
    }
    return builder.build(0);
  }

  private int compare(int a, int b) {
    byte[] one = packets.get(packetOf[a]);
    byte[] other = packets.get(packetOf[b]);
    return Arrays.compare(one, offsets[a], end(a), other, offsets[b], end(b));
  }

  /** The end of a row in its packet. */
  private int end(int row) {
    PacketReader reader = new PacketReader(packets.get(packetOf[row]));
    reader.array(offsets[row]);
    skipRow(reader, heads.get(packetOf[row]));
    return reader.position();
  }

  private void add(BatchBuilder builder, int row) {
    int head = heads.get(packetOf[row]);
    PacketReader reader = new PacketReader(packets.get(packetOf[row]));
    reader.array(offsets[row]);
    float label = reader.octet();
    float weight = (head & WEIGHTS) > 0 ? Float.intBitsToFloat(reader.fixedInt()) : 1;
    long group = (head & GROUPS) > 0 ? reader.fixedLong() : 0;
    for (FieldShape field : layout.fields()) {
      switch (field.kind()) {
        case ID -> builder.id(reader.fixedInt());
        case LINEAR, VECTOR -> {
          for (int i = 0; i < field.length(); i++) {
            builder.number(Float.intBitsToFloat(reader.fixedInt()));
          }
        }
        case MULTI -> {}
      }
    }
    for (int u = 0; u < lists; u++) {
      for (int length = reader.integer(); length > 0; length--) {
        builder.multiId(reader.fixedInt());
      }
      builder.endList();
    }
    builder.endRow(label, weight, group);
  }
}
