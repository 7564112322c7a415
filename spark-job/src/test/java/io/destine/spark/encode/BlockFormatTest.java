package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.BatchBuilder;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.spark.conf.UserError;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockFormatTest {
  private static final FieldLayout LAYOUT =
      new FieldLayout(
          List.of(
              FieldShape.id("a"),
              FieldShape.multi("b"),
              FieldShape.id("c"),
              FieldShape.linear("d"),
              FieldShape.vector("e", 3),
              FieldShape.id("f")));

  private static EncodedBatch block(int rows, boolean weights, boolean groups) {
    Random random = new Random(rows);
    BatchBuilder builder = new BatchBuilder(LAYOUT);
    for (int n = 0; n < rows; n++) {
      builder.id(7);
      builder.id(Integer.MAX_VALUE - random.nextInt(70_000));
      builder.id(random.nextInt(Integer.MAX_VALUE));
      for (int i = random.nextInt(4); i >= 0; i--) {
        builder.multiId(random.nextInt(1000));
      }
      builder.endList();
      for (int i = 0; i < 4; i++) {
        builder.number(random.nextFloat());
      }
      builder.endRow(random.nextInt(2), weights ? 1 + n : 1, groups ? random.nextLong() | 1 : 0);
    }
    return builder.build(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 17, 3000})
  void aBlockIsReadAsItWasWritten(int rows) {
    for (int options = 0; options < 4; options++) {
      EncodedBatch block = block(rows, options % 2 == 1 && rows > 1, options > 1 && rows > 0);
      EncodedBatch read = BlockFormat.read(BlockFormat.write(block, LAYOUT), LAYOUT);
      assertThat(read.partition()).isEqualTo(5);
      assertThat(read.ids()).isEqualTo(block.ids());
      assertThat(read.multiOffsets()).isEqualTo(block.multiOffsets());
      assertThat(read.multiIds()).isEqualTo(block.multiIds());
      assertThat(read.dense()).isEqualTo(block.dense());
      assertThat(read.labels()).isEqualTo(block.labels());
      assertThat(read.weights()).isEqualTo(block.weights());
      assertThat(read.groups()).isEqualTo(block.groups());
    }
  }

  /** A field of one value takes no byte a row, one of 70,000 values three. */
  @Test
  void idsTakeTheBytesThatTheirDistancesNeed() {
    FieldLayout two = new FieldLayout(List.of(FieldShape.id("a"), FieldShape.id("b")));
    BatchBuilder builder = new BatchBuilder(two);
    for (int n = 0; n < 1000; n++) {
      builder.id(123_456_789);
      builder.id(1_000_000_000 + 70 * n);
      builder.endRow(0, 1, 0);
    }
    int head = 16 + 2 * 5 + 4;
    assertThat(BlockFormat.write(builder.build(0), two)).hasSize(head + 1000 * (0 + 3 + 1));
  }

  /** The ends of 1,000 lists a row take 2.4 GB. */
  @Test
  void aBlockThatNoArrayHoldsNamesTheSetting() {
    FieldLayout lists =
        new FieldLayout(
            IntStream.range(0, 1000).mapToObj(m -> FieldShape.multi("list " + m)).toList());
    EncodedBatch block = EncodedBatch.ofIds(new int[0], new float[600_000]);
    assertThatThrownBy(() -> BlockFormat.write(block, lists))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "a block of 600,000 rows takes 2,400,600,020 bytes, and the limit is 2,147,483,639:"
                + " lower output.block-rows");
  }

  @Test
  void everyFlippedBitIsNoticed() {
    byte[] bytes = BlockFormat.write(block(3, true, true), LAYOUT);
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit / 8] ^= 1 << (bit % 8);
      assertThatThrownBy(() -> BlockFormat.read(bytes, LAYOUT))
          .isInstanceOf(IllegalArgumentException.class);
      bytes[bit / 8] ^= 1 << (bit % 8);
    }
    assertThat(BlockFormat.read(bytes, LAYOUT).rows()).isEqualTo(3);
  }
}
