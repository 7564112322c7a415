package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupMemoryTest {
  private static final long MIB = 1 << 20;

  /** 64 blocks of 32,768 rows: 39 ids, a label and a place, 4 bytes each. */
  @Test
  void aGroupThatTakesMostOfTheHeapIsToldBeforeItDoes() {
    long[] rows = new long[293];
    Arrays.fill(rows, 32_768);
    FieldLayout fields = FieldLayout.ofIds(39);
    GroupMemory large = GroupMemory.of(fields, rows, 64, 540 * MIB);
    assertThat(large.bytes()).isEqualTo(64L * 32_768 * 41 * 4);
    assertThat(large.warning().orElseThrow())
        .startsWith(
            "warning: steps take rows of 64 blocks at a time, 328 MiB, and the executors have 540"
                + " MiB")
        .contains("train.blocks-per-step");
    assertThat(GroupMemory.of(fields, rows, 16, 540 * MIB).warning()).isEmpty();
    assertThat(GroupMemory.of(fields, rows, 64, 656 * MIB).warning()).isEmpty();
    assertThat(GroupMemory.of(fields, rows, 64, 655 * MIB).warning()).isPresent();
  }

  @Test
  void aSplitOfFewBlocksIsOneGroup() {
    FieldLayout fields =
        new FieldLayout(
            List.of(FieldShape.id("a"), FieldShape.multi("b"), FieldShape.vector("c", 3)));
    GroupMemory group = GroupMemory.of(fields, new long[] {10, 12, 11}, 16, MIB);
    assertThat(group.blocks()).isEqualTo(3);
    assertThat(group.bytes()).isEqualTo(3 * 12 * 4 * (1 + 2 + 3 + 2));
  }
}
