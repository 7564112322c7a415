package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.ByteHash;
import io.destine.random.CounterRandom;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import scala.Tuple2;

/** Many values in one table, deliberately chosen to have equal hashes. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EqualHashesTest {
  private static final int COUNT = 300_000;

  /** 16 bytes whose hash with the seed is the same for each number. */
  private static byte[] value(long seed, long number) {
    long first = CounterRandom.mix(CounterRandom.mix(seed + 16) ^ number) * 5 + 0x52dce729L;
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(number)
        .putLong(first ^ 77)
        .array();
  }

  /** One by one, 4.5 * 10^10 comparisons. */
  @Test
  void areAddedToAChunkAndFoundThere() {
    ValueTable table = new ValueTable(5);
    for (int i = 0; i < COUNT; i++) {
      assertThat(table.add(value(5, i), 0, 16)).isEqualTo(i);
    }
    for (int i = 0; i < COUNT; i++) {
      assertThat(table.find(value(5, i), 0, 16)).isEqualTo(i);
      assertThat(table.hash(i)).isEqualTo(table.hash(0));
    }
    assertThat(table.find(value(5, COUNT), 0, 16)).isEqualTo(-1);
  }

  /** The inverse of {@link CounterRandom#mix}: numbers whose hashes end in the same 32 bits. */
  private static double number(long i) {
    long z = i << 32;
    z ^= z >>> 31 ^ z >>> 62;
    z *= 0x319642B2D24D8EC3L;
    z ^= z >>> 27 ^ z >>> 54;
    z *= 0x96DE1B173F119089L;
    z ^= z >>> 30 ^ z >>> 60;
    return Double.longBitsToDouble(z);
  }

  @Test
  void numbersAreAddedToAChunk() {
    assertThat(CounterRandom.mix(Double.doubleToLongBits(number(7)))).isEqualTo(7L << 32);
    NumberTable table = new NumberTable();
    Set<Double> numbers = new HashSet<>();
    for (int i = 1; numbers.size() < COUNT; i++) {
      double number = number(i);
      if (!Double.isNaN(number) && numbers.add(number)) {
        assertThat(table.add(number)).isEqualTo(numbers.size() - 1);
      }
    }
    assertThat(table.add(number(1))).isZero();
  }

  /** Merges two chunks, each with all values. */
  @Test
  void areCountedInAShard() {
    List<Tuple2<Integer, byte[]>> packets =
        List.of(new Tuple2<>(0, packet(0)), new Tuple2<>(0, packet(1)));
    MergedShard shard = MergedShard.of(0, packets.iterator()).next();
    assertThat(shard.count).isEqualTo(COUNT);
    assertThat(shard.counts).startsWith(2, 2, 2);
    long hash = ByteHash.of(3, value(3, 0), 0, 16);
    assertThat(shard.hashes).startsWith(hash, hash, hash);
    int[] order = shard.order();
    for (int i = 1; i < COUNT; i++) {
      long before = Long.reverseBytes(number(shard, order[i - 1]));
      assertThat(Long.compareUnsigned(before, Long.reverseBytes(number(shard, order[i]))))
          .isNegative();
    }
  }

  private static long number(MergedShard shard, int place) {
    return ByteBuffer.wrap(shard.bytes, shard.offsets[place], 8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .getLong();
  }

  private static byte[] packet(int input) {
    PacketWriter packet = new PacketWriter();
    packet.number(input);
    packet.number(0);
    packet.number(0);
    for (int i = 0; i < COUNT; i++) {
      packet.number(3);
      packet.number(i);
      packet.number(1);
      packet.number(0);
      packet.array(value(3, i), 0, 16);
    }
    return packet.toBytes();
  }
}
