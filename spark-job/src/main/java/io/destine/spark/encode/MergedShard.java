package io.destine.spark.encode;

import io.destine.feature.ByteHash;
import io.destine.feature.HashOrder;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import scala.Tuple2;

/**
 * The values of all chunks, and of an earlier vocabulary, whose hashes lie in one range: each once,
 * with its training rows and earliest date. What a task of the vocabulary holds.
 */
final class MergedShard implements Serializable {
  private static final long serialVersionUID = 1;

  /** First number of a packet that holds values of an earlier vocabulary, see {@link #EARLIER}. */
  static final int EARLIER = Integer.MAX_VALUE;

  final int shard;
  int count;
  short[] fieldOf = new short[64];
  int[] offsets = new int[65];
  byte[] bytes = new byte[1024];
  long[] hashes = new long[64];

  /** [count] training rows in the chunks. */
  long[] counts = new long[64];

  /** [count] training rows that the earlier vocabulary has counted, 0 for a new value. */
  long[] earlierCounts = new long[64];

  /** [count] place among {@link #dates}, -1 for none. */
  int[] firstSeen = new int[64];

  /** [count] id in the earlier vocabulary, -1 for a new value. */
  int[] earlierIds = new int[64];

  final List<String> dates = new ArrayList<>();

  /** Packets of the chunks, and of each the places of its values here, in their order. */
  final List<byte[]> packets = new ArrayList<>();

  final List<int[]> places = new ArrayList<>();

  private transient int[] slots = new int[256];
  private transient Map<String, Integer> dateNumbers = new HashMap<>();

  private MergedShard(int shard) {
    this.shard = shard;
  }

  /** The values of the packets that have come to a shard. */
  static Iterator<MergedShard> of(int shard, Iterator<Tuple2<Integer, byte[]>> packets) {
    MergedShard merged = new MergedShard(shard);
    while (packets.hasNext()) {
      merged.add(packets.next()._2());
    }
    merged.slots = null;
    merged.dateNumbers = null;
    return List.of(merged).iterator();
  }

  private void add(byte[] packet) {
    PacketReader reader = new PacketReader(packet);
    boolean earlier = reader.integer() == EARLIER;
    if (!earlier) {
      reader.number();
    }
    int[] dateOf = new int[reader.integer() + 1];
    dateOf[0] = -1;
    for (int i = 1; i < dateOf.length; i++) {
      int length = reader.integer();
      int from = reader.array(length);
      dateOf[i] = date(new String(packet, from, length, StandardCharsets.UTF_8));
    }
    int[] placeOf = new int[64];
    int entries = 0;
    while (reader.hasNext()) {
      int m = reader.integer();
      int number = reader.integer();
      long rows = reader.number();
      int date = dateOf[reader.integer()];
      int length = reader.integer();
      int place = place(m, packet, reader.array(length), length);
      if (date >= 0
          && (firstSeen[place] < 0 || dates.get(date).compareTo(dates.get(firstSeen[place])) < 0)) {
        firstSeen[place] = date;
      }
      if (earlier) {
        earlierIds[place] = number;
        earlierCounts[place] = rows;
      } else {
        counts[place] += rows;
        if (entries == placeOf.length) {
          placeOf = Arrays.copyOf(placeOf, 2 * entries);
        }
        placeOf[entries++] = place;
      }
    }
    if (!earlier) {
      packets.add(packet);
      places.add(Arrays.copyOf(placeOf, entries));
    }
  }

  private int date(String text) {
    return dateNumbers.computeIfAbsent(
        text,
        t -> {
          dates.add(t);
          return dates.size() - 1;
        });
  }

  private int place(int m, byte[] value, int from, int length) {
    long hash = ByteHash.of(m, value, from, length);
    int at = (int) hash & (slots.length - 1);
    for (; slots[at] != 0; at = (at + 1) & (slots.length - 1)) {
      int i = slots[at] - 1;
      if (hashes[i] == hash
          && fieldOf[i] == m
          && Arrays.equals(bytes, offsets[i], offsets[i + 1], value, from, from + length)) {
        return i;
      }
    }
    slots[at] = count + 1;
    return append(m, value, from, length, hash);
  }

  private int append(int m, byte[] value, int from, int length, long hash) {
    if (count == hashes.length) {
      int more = 2 * count;
      fieldOf = Arrays.copyOf(fieldOf, more);
      offsets = Arrays.copyOf(offsets, more + 1);
      hashes = Arrays.copyOf(hashes, more);
      counts = Arrays.copyOf(counts, more);
      earlierCounts = Arrays.copyOf(earlierCounts, more);
      firstSeen = Arrays.copyOf(firstSeen, more);
      earlierIds = Arrays.copyOf(earlierIds, more);
    }
    int end = Math.addExact(offsets[count], length);
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, 2L * end));
    }
    System.arraycopy(value, from, bytes, offsets[count], length);
    fieldOf[count] = (short) m;
    offsets[count + 1] = end;
    hashes[count] = hash;
    firstSeen[count] = -1;
    earlierIds[count] = -1;
    count++;
    if (2 * count > slots.length) {
      slots = new int[4 * slots.length];
      for (int i = 0; i < count; i++) {
        int at = (int) hashes[i] & (slots.length - 1);
        while (slots[at] != 0) {
          at = (at + 1) & (slots.length - 1);
        }
        slots[at] = i + 1;
      }
    }
    return count - 1;
  }

  /** Places in ascending order of (hash as an unsigned number, field, bytes). */
  int[] order() {
    return HashOrder.of(hashes, count, this::compare);
  }

  private int compare(int a, int b) {
    int order = Integer.compare(fieldOf[a], fieldOf[b]);
    return order != 0
        ? order
        : Arrays.compareUnsigned(
            bytes, offsets[a], offsets[a + 1], bytes, offsets[b], offsets[b + 1]);
  }

  /** True when the value gets an id that it did not have. */
  boolean isNew(int place, int minCount) {
    return earlierIds[place] < 0 && counts[place] >= minCount;
  }
}
