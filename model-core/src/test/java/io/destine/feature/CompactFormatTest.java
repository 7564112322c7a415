package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompactFormatTest {

  private static byte[] written(int[] ids, long[]... runs) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CompactWriter writer = new CompactWriter(new DataOutputStream(bytes));
    writer.ascending(ids, ids.length);
    for (long[] run : runs) {
      writer.run(run, 0, run.length);
    }
    writer.flush();
    return bytes.toByteArray();
  }

  private static CompactReader reader(byte[] bytes) {
    return new CompactReader(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  @Property(tries = 200)
  void anyNumbersComeBack(@ForAll long[] numbers, @ForAll @Size(max = 40) int[] any)
      throws IOException {
    int[] ids = IntStream.of(any).map(id -> id & Integer.MAX_VALUE).distinct().sorted().toArray();
    CompactReader reader = reader(written(ids, numbers));
    assertThat(reader.ascending(ids.length)).isEqualTo(ids);
    assertThat(reader.run(numbers.length)).isEqualTo(numbers);
    reader.end();
  }

  @Property(tries = 50)
  void manyRunsOfAnyMagnitudeComeBack(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 200) int length) throws IOException {
    Random random = new Random(seed);
    long[][] runs = new long[300][length];
    for (long[] run : runs) {
      int unused = random.nextInt(65);
      Arrays.setAll(run, i -> unused == 64 ? 0 : random.nextLong() >> unused);
    }
    CompactReader reader = reader(written(new int[0], runs));
    for (long[] run : runs) {
      long[] found = new long[length + 2];
      found[length + 1] = 5;
      reader.run(found, 1, length);
      assertThat(Arrays.copyOfRange(found, 1, length + 1)).isEqualTo(run);
      assertThat(found[0]).isZero();
      assertThat(found[length + 1]).isEqualTo(5);
    }
    reader.end();
  }

  @Test
  void bordersOfEachWidthComeBackInThatManyBytes() throws IOException {
    for (int width = 1; width <= 8; width++) {
      long largest = Long.MAX_VALUE >> (64 - 8 * width);
      for (long[] run : new long[][] {{largest, 0}, {-largest - 1, largest}}) {
        byte[] bytes = written(new int[0], run);
        assertThat(bytes).hasSize(4 + 1 + 2 * width);
        assertThat(reader(bytes).run(2)).isEqualTo(run);
      }
    }
    assertThat(written(new int[0], new long[64])).hasSize(4 + 1);
    assertThat(reader(written(new int[0], new long[64])).run(64)).containsOnly(0);
  }

  /** Numbers with 24 significant bits at any bit position, up to both ends of the int64 range. */
  @Property(tries = 100)
  void numbersThatAreFloatsComeBackInFourBytesEach(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    long[] run = new long[16];
    run[0] = 1L << 62;
    for (int i = 1; i < run.length; i++) {
      run[i] = (long) (random.nextInt(1 << 25) - (1 << 24)) << random.nextInt(39);
    }
    run[1 + random.nextInt(15)] = Long.MIN_VALUE;
    byte[] bytes = written(new int[0], run);
    assertThat(bytes).hasSize(4 + 1 + 4 * run.length);
    assertThat(reader(bytes).run(run.length)).isEqualTo(run);
  }

  @Test
  void oneNumberOfMoreBitsThanAFloatHasMakesAllWider() throws IOException {
    long[] run = {1L << 32, (1L << 32) + (1L << 8), 3};
    assertThat(written(new int[0], run)).hasSize(4 + 1 + 3 * 5);
    assertThat(reader(written(new int[0], run)).run(3)).isEqualTo(run);
  }

  @Test
  void floatsThatAreNoWholeNumbersAreRefused() {
    for (float number : new float[] {0.5f, Float.NaN, Float.POSITIVE_INFINITY, -1e30f}) {
      byte[] bytes = new byte[13];
      ByteBuffer.wrap(bytes)
          .putInt(9)
          .put((byte) 9)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putFloat(number);
      assertCorrupt(bytes, "must hold an integer that fits in 64 bits, got " + number);
    }
  }

  @Test
  void idsTakeABytePerSevenBitsOfTheirDistance() throws IOException {
    int[] ids = {0, 128, 129, Integer.MAX_VALUE};
    byte[] bytes = written(ids);
    assertThat(bytes).hasSize(4 + 1 + 1 + 1 + 5);
    assertThat(reader(bytes).ascending(4)).isEqualTo(ids);
  }

  @Test
  void longStreamsComeBack() throws IOException {
    Random random = new Random(1);
    int[] ids = new int[300_000];
    ids[0] = 3;
    for (int i = 1; i < ids.length; i++) {
      ids[i] = ids[i - 1] + 1 + random.nextInt(1 << random.nextInt(13));
    }
    long[] numbers = random.longs(200_000).toArray();
    CompactReader reader = reader(written(ids, numbers));
    assertThat(reader.ascending(ids.length)).isEqualTo(ids);
    assertThat(reader.run(numbers.length)).isEqualTo(numbers);
    reader.end();
  }

  @ParameterizedTest
  @CsvSource({"'5,5', 5 after 5", "'7,2', 2 after 7", "'-1', -1 after -1"})
  void idsThatDoNotAscendAreRefused(String ids, String found) {
    assertThatThrownBy(
            () -> written(Arrays.stream(ids.split(",")).mapToInt(Integer::parseInt).toArray()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(found);
  }

  @Test
  void bytesThatCannotBeIdsOrRunsAreRefused() throws IOException {
    assertCorrupt(new byte[] {0, 0, 0, 1, 10}, "0 to 8 bytes, got 10");
    assertCorrupt(new byte[] {0, 0, 0, 1, -1}, "0 to 8 bytes, got -1");
    assertCorrupt(new byte[] {0, 0, 0, 2, 1, 5}, "must end in its frame of 2 bytes");
    assertCorrupt(new byte[] {0, 0, 0, 0}, "a frame must have 1 to 65536 bytes, got 0");
    assertCorrupt(new byte[] {0, 1, 0, 1}, "a frame must have 1 to 65536 bytes, got 65537");
    byte[] endless = {0, 0, 0, 6, -1, -1, -1, -1, -1, -1};
    assertThatThrownBy(() -> reader(endless).ascending(1)).hasMessageContaining("at most 5 bytes");
    byte[] cut = {0, 0, 0, 1, -1};
    assertThatThrownBy(() -> reader(cut).ascending(1)).hasMessageContaining("end in its frame");
    byte[] large = {0, 0, 0, 5, -1, -1, -1, -1, 127};
    assertThatThrownBy(() -> reader(large).ascending(1)).hasMessageContaining("31 bits");
    CompactReader rest = reader(written(new int[] {1, 2}));
    rest.ascending(1);
    assertThatThrownBy(rest::end).hasMessageContaining("read to its end");
    byte[] whole = written(new int[0], new long[] {1, 2, 3});
    assertThatThrownBy(() -> reader(Arrays.copyOf(whole, whole.length - 1)).run(3))
        .isInstanceOf(EOFException.class);
  }

  private static void assertCorrupt(byte[] bytes, String message) {
    assertThatThrownBy(() -> reader(bytes).run(2))
        .isInstanceOf(StreamCorruptedException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aLengthThatTheStreamDoesNotHoldTakesNoMemory() throws IOException {
    byte[] bytes = written(new int[] {4}, new long[] {1});
    assertThatThrownBy(() -> reader(bytes).ascending(Integer.MAX_VALUE))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> reader(bytes).run(Integer.MAX_VALUE)).isInstanceOf(IOException.class);
  }
}
