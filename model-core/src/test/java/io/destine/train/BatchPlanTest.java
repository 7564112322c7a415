package io.destine.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.EncodedBatch;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
  private static final int[] ROWS = {1000, 0, 1, 15, 16, 17, 777, 1024};

  private static EncodedBatch partition(int p) {
    int[] ids = new int[ROWS[p]];
    Arrays.setAll(ids, i -> i);
    return new EncodedBatch(p, ids, null, null, null, new float[ROWS[p]], null, null, null);
  }

  @Test
  void everyRowComesExactlyOnceAnEpoch() {
    for (int epoch = 0; epoch < 2; epoch++) {
      BatchPlan plan = new BatchPlan(3, ROWS, 64);
      BitSet[] seen = new BitSet[ROWS.length];
      Arrays.setAll(seen, p -> new BitSet());
      BatchPlan.Epoch steps = plan.epoch(epoch, 0);
      int count = 0;
      while (steps.hasNext()) {
        StepPlan step = steps.next();
        count++;
        for (int p = 0; p < ROWS.length; p++) {
          int[] order = BatchPlan.order(3, epoch, p, ROWS[p]);
          EncodedBatch rows = BatchPlan.select(step, partition(p), order);
          for (int i = 0; rows != null && i < rows.rows(); i++) {
            assertThat(seen[p].get(rows.ids()[i])).isFalse();
            seen[p].set(rows.ids()[i]);
          }
        }
      }
      assertThat(count).isEqualTo(plan.stepsPerEpoch());
      for (int p = 0; p < ROWS.length; p++) {
        assertThat(seen[p].cardinality()).isEqualTo(ROWS[p]);
      }
    }
  }

  @Test
  void everyStepButTheLastTakesFullBatches() {
    BatchPlan.Epoch steps = new BatchPlan(3, ROWS, 64).epoch(0, 0);
    int chunks = Arrays.stream(ROWS).map(n -> (n + 15) / 16).sum();
    while (steps.hasNext()) {
      int taken = steps.next().chunks();
      assertThat(taken).isEqualTo(Math.min(4, chunks));
      chunks -= taken;
    }
    assertThat(chunks).isZero();
  }

  @Test
  void aLaterStepIsTheSameWithoutTheOnesBeforeIt() {
    BatchPlan plan = new BatchPlan(9, ROWS, 64);
    BatchPlan.Epoch all = plan.epoch(2, 0);
    for (int s = 0; s < 20; s++) {
      all.next();
    }
    StepPlan expected = all.next();
    StepPlan found = plan.epoch(2, 20).next();
    for (int p = 0; p < ROWS.length; p++) {
      assertThat(found.firstChunk(p)).isEqualTo(expected.firstChunk(p));
      assertThat(found.chunks(p)).isEqualTo(expected.chunks(p));
    }
  }

  @Test
  void largePartitionsContributeEvenlyToAllSteps() {
    int[] rows = {16_000, 16_000, 32_000};
    BatchPlan.Epoch steps = new BatchPlan(1, rows, 16 * 40).epoch(0, 0);
    while (steps.hasNext()) {
      StepPlan step = steps.next();
      assertThat(step.chunks(0)).isBetween(9, 11);
      assertThat(step.chunks(2)).isBetween(19, 21);
    }
  }

  @Test
  void epochsAndSeedsDifferInOrder() {
    int[] first = BatchPlan.order(1, 0, 0, 100);
    assertThat(BatchPlan.order(1, 0, 0, 100)).isEqualTo(first);
    assertThat(BatchPlan.order(1, 1, 0, 100)).isNotEqualTo(first);
    assertThat(BatchPlan.order(2, 0, 0, 100)).isNotEqualTo(first);
    assertThat(BatchPlan.order(1, 0, 1, 100)).isNotEqualTo(first);
  }
}
