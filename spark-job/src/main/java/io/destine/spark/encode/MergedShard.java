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
 * The values of all chunks, and of an earlier vocabulary, whose hashes are in one range: each once,
 * with its number of occurrences in training rows and its earliest date. A vocabulary task holds
 * one shard.
 */
final class MergedShard implements Serializable {
  private static final long serialVersionUID = 1;

  /** First number of a packet with counts by day of values without an id. */
  static final int PENDING = Integer.MAX_VALUE - 1;

  /** First number of a packet with values of an earlier vocabulary. */
  static final int EARLIER = Integer.MAX_VALUE;

  /** Bytes per value in the [count] arrays below. */
  static final int PLACE_BYTES = 2 + 4 + 8 + 8 + 8 + 4 + 4;

  static final int FIRST_PLACES = 64;
  static final int FIRST_SLOTS = 256;

  final int shard;
  int count;
  short[] fieldOf = new short[FIRST_PLACES];
  int[] offsets = new int[FIRST_PLACES + 1];
  byte[] bytes = new byte[1024];
  long[] hashes = new long[FIRST_PLACES];

  /**
   * [count] occurrences in training rows of the chunks, plus the kept counts of earlier days for
   * values without an id.
   */
  long[] counts = new long[FIRST_PLACES];

  /** [count] occurrences counted by the earlier vocabulary; 0 for a new value. */
  long[] earlierCounts = new long[FIRST_PLACES];

  /** [count] index into {@link #dates}, -1 for none. */
  int[] firstSeen = new int[FIRST_PLACES];

  /** Counts of earlier days of values without an id, and of the newest day; see {@link Pending}. */
  final Pending pending = new Pending();

  /** [count] id in the earlier vocabulary, -1 for a new value. */
  int[] earlierIds = new int[FIRST_PLACES];

  final List<String> dates = new ArrayList<>();

  /**
   * Packets of the chunks; the next field has the indices of each packet's values here, in order.
   */
  final List<byte[]> packets = new ArrayList<>();

  final List<int[]> places = new ArrayList<>();

  private transient int newest;
  private transient CountWindow window;
  private transient int[] slots = new int[FIRST_SLOTS];
  private transient boolean keyed;
  private transient Map<String, Integer> dateNumbers = new HashMap<>();

  /**
   * Occurrences in training rows by value and day. Entry e: the value at {@code places[e]} occurs
   * {@code rows[e]} times on day {@code days[e]} of {@code dates}.
   */
  static final class Pending implements Serializable {
    private static final long serialVersionUID = 1;

    final List<String> dates = new ArrayList<>();
    int entries;
    int[] places = {};
    int[] days = {};
    long[] rows = {};

    int day(String date) {
      int day = dates.indexOf(date);
      if (day < 0) {
        dates.add(date);
        day = dates.size() - 1;
      }
      return day;
    }

    void add(int place, int day, long count) {
      if (entries == places.length) {
        int more = Math.max(64, 2 * entries);
        places = Arrays.copyOf(places, more);
        days = Arrays.copyOf(days, more);
        rows = Arrays.copyOf(rows, more);
      }
      places[entries] = place;
      days[entries] = day;
      rows[entries++] = count;
    }
  }

  final ShardRates rates;

  private MergedShard(int shard, ShardRates.Plan plan) {
    this.shard = shard;
    rates = new ShardRates(plan);
  }

  /** The shard with the values of its packets. */
  static Iterator<MergedShard> of(int shard, Iterator<Tuple2<Integer, byte[]>> packets) {
    return of(shard, packets, 0, null, ShardRates.Plan.NONE);
  }

  /**
   * The same with counts by day.
   *
   * @param newest number of leading partitions of the chunks that hold the rows of the newest day
   * @param window the days that count; null if only the rows count
   * @param plan the fields with rates
   */
  static Iterator<MergedShard> of(
      int shard,
      Iterator<Tuple2<Integer, byte[]>> packets,
      int newest,
      CountWindow window,
      ShardRates.Plan plan) {
    MergedShard merged = new MergedShard(shard, plan);
    merged.newest = window == null ? 0 : newest;
    merged.window = window;
    while (packets.hasNext()) {
      merged.add(packets.next()._2());
    }
    merged.addPending();
    merged.slots = null;
    merged.dateNumbers = null;
    merged.window = null;
    return List.of(merged).iterator();
  }

  private void add(byte[] packet) {
    PacketReader reader = new PacketReader(packet);
    int input = reader.integer();
    boolean earlier = input == EARLIER;
    boolean waiting = input == PENDING;
    if (!earlier && !waiting) {
      reader.number();
    }
    int[] dateOf = new int[reader.integer() + 1];
    dateOf[0] = -1;
    for (int i = 1; i < dateOf.length; i++) {
      int length = reader.integer();
      int from = reader.array(length);
      String text = new String(packet, from, length, StandardCharsets.UTF_8);
      dateOf[i] = waiting ? pending.day(text) : date(text);
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
      if (waiting) {
        pending.add(place, date, rows);
        continue;
      }
      if (date >= 0
          && (firstSeen[place] < 0 || dates.get(date).compareTo(dates.get(firstSeen[place])) < 0)) {
        firstSeen[place] = date;
      }
      if (earlier) {
        earlierIds[place] = number;
        earlierCounts[place] = rows;
        if (rates.of(m)) {
          rates.addEarlier(place, reader.integer());
        }
      } else {
        counts[place] = TableKeys.plus(counts[place], rows);
        if (rates.of(m)) {
          rates.add(place, reader);
        }
        if (input < newest && rows > 0) {
          pending.add(place, pending.day(window.date().toString()), rows);
        }
        if (entries == placeOf.length) {
          placeOf = Arrays.copyOf(placeOf, 2 * entries);
        }
        placeOf[entries++] = place;
      }
    }
    if (!earlier && !waiting) {
      packets.add(packet);
      places.add(Arrays.copyOf(placeOf, entries));
    }
  }

  /** Adds the kept counts of earlier days to values without an id that occur in the rows. */
  private void addPending() {
    long[] more = new long[pending.entries == 0 ? 0 : count];
    boolean[] adds = new boolean[pending.dates.size()];
    for (int day = 0; day < adds.length; day++) {
      adds[day] = window.adds(pending.dates.get(day));
    }
    for (int e = 0; e < pending.entries; e++) {
      if (adds[pending.days[e]]) {
        more[pending.places[e]] += pending.rows[e];
      }
    }
    for (int i = 0; i < more.length; i++) {
      if (earlierIds[i] < 0 && counts[i] > 0) {
        counts[i] += more[i];
      }
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
    long slot = keyed ? ByteHash.of(SlotKey.KEY + m, value, from, length) : hash;
    int at = (int) slot & (slots.length - 1);
    for (int probes = 0; slots[at] != 0; at = (at + 1) & (slots.length - 1)) {
      if (probes++ == SlotKey.MOST_PROBES && !keyed) {
        keyed = true;
        fill(slots.length);
        return place(m, value, from, length);
      }
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
      fill(4 * slots.length);
    }
    return count - 1;
  }

  private void fill(int length) {
    slots = new int[length];
    for (int i = 0; i < count; i++) {
      long slot =
          keyed
              ? ByteHash.of(
                  SlotKey.KEY + fieldOf[i], bytes, offsets[i], offsets[i + 1] - offsets[i])
              : hashes[i];
      int at = (int) slot & (slots.length - 1);
      while (slots[at] != 0) {
        at = (at + 1) & (slots.length - 1);
      }
      slots[at] = i + 1;
    }
  }

  /**
   * The place of a value of the shard.
   *
   * @param order of {@link #order}
   * @throws IllegalStateException if there is no such value
   */
  int find(int[] order, int m, byte[] value, int from, int length) {
    long hash = ByteHash.of(m, value, from, length);
    int low = 0;
    int high = order.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int i = order[middle];
      int compared = Long.compareUnsigned(hashes[i], hash);
      if (compared == 0) {
        compared = Integer.compare(fieldOf[i], m);
      }
      if (compared == 0) {
        compared =
            Arrays.compareUnsigned(bytes, offsets[i], offsets[i + 1], value, from, from + length);
      }
      if (compared == 0) {
        return i;
      } else if (compared < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    throw new IllegalStateException(
        "field " + m + ": the value of a contained cross must be in shard " + shard + ", got none");
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

  /** True if the value may get a new id; {@link IdPlan} also limits the number of values. */
  boolean isNew(int place, IdBounds bounds) {
    return earlierIds[place] < 0 && bounds.allow(fieldOf[place], counts[place]);
  }
}
