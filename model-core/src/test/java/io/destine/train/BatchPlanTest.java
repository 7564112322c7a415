package io.destine.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.EncodedBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchPlanTest {
  private static final int[] ROWS = {1000, 0, 1, 15, 16, 17, 777, 1024};

  private static EncodedBatch block(int b) {
    int[] ids = new int[ROWS[b]];
    Arrays.setAll(ids, i -> i);
    return new EncodedBatch(b, ids, null, null, null, new float[ROWS[b]], null, null, null);
  }

  private static List<StepPlan> steps(BatchPlan plan, int epoch) {
    List<StepPlan> steps = new ArrayList<>();
    BatchPlan.Epoch cursor = plan.epoch(epoch, 0);
    while (cursor.hasNext()) {
      steps.add(cursor.next());
    }
    return steps;
  }

  private static int[] equalBlocks(int blocks, int rows) {
    return IntStream.generate(() -> rows).limit(blocks).toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 100})
  void everyRowComesExactlyOnceAnEpoch(int blocksPerStep) {
    for (int epoch = 0; epoch < 2; epoch++) {
      BatchPlan plan = new BatchPlan(3, ROWS, 64, blocksPerStep);
      BitSet[] seen = new BitSet[ROWS.length];
      Arrays.setAll(seen, b -> new BitSet());
      List<StepPlan> steps = steps(plan, epoch);
      for (StepPlan step : steps) {
        for (int b = 0; b < ROWS.length; b++) {
          int[] order = BatchPlan.order(3, epoch, b, ROWS[b]);
          EncodedBatch rows = BatchPlan.select(step, block(b), order);
          for (int i = 0; rows != null && i < rows.rows(); i++) {
            assertThat(seen[b].get(rows.ids()[i])).isFalse();
            seen[b].set(rows.ids()[i]);
          }
        }
      }
      assertThat(steps).hasSize(plan.stepsPerEpoch());
      for (int b = 0; b < ROWS.length; b++) {
        assertThat(seen[b].cardinality()).isEqualTo(ROWS[b]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8})
  void everyStepButTheLastTakesFullBatches(int blocksPerStep) {
    int bundles = Arrays.stream(ROWS).map(n -> (n + 15) / 16).sum();
    for (StepPlan step : steps(new BatchPlan(3, ROWS, 64, blocksPerStep), 0)) {
      assertThat(step.bundles()).isEqualTo(Math.min(4, bundles));
      assertThat(Arrays.stream(step.blocks()).map(step::bundles).sum()).isEqualTo(step.bundles());
      bundles -= step.bundles();
    }
    assertThat(bundles).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8})
  void aLaterStepIsTheSameWithoutTheOnesBeforeIt(int blocksPerStep) {
    BatchPlan plan = new BatchPlan(9, ROWS, 64, blocksPerStep);
    StepPlan expected = steps(plan, 2).get(20);
    StepPlan found = plan.epoch(2, 20).next();
    assertThat(found).usingRecursiveComparison().isEqualTo(expected);
    assertThat(found.step()).isEqualTo(20);
  }

  @Test
  void largeBlocksContributeEvenlyToAllSteps() {
    int[] rows = {16_000, 16_000, 32_000};
    for (StepPlan step : steps(new BatchPlan(1, rows, 16 * 40, 3), 0)) {
      assertThat(step.bundles(0)).isBetween(9, 11);
      assertThat(step.bundles(2)).isBetween(19, 21);
    }
  }

  /**
   * 1000 blocks of 40 bundles, 7 at a time: groups of 6 or 7, so 240 or 280 bundles, and steps of
   * 50 bundles, of which each block of a group gives 6 at least.
   */
  @Test
  void stepsTakeTheSameBlocksUntilTheirGroupEnds() {
    List<StepPlan> steps = steps(new BatchPlan(5, equalBlocks(1000, 640), 800, 7), 0);
    Set<Integer> done = new HashSet<>();
    int[] before = {};
    int group = -1;
    int mixed = 0;
    for (StepPlan step : steps) {
      int[] blocks = step.blocks();
      assertThat(blocks).hasSizeBetween(6, 14);
      assertThat(Arrays.stream(blocks).noneMatch(done::contains)).isTrue();
      if (step.group() == group && blocks.length <= 7) {
        assertThat(Arrays.stream(before).boxed().toList())
            .containsAll(Arrays.stream(blocks).boxed().toList());
      } else {
        assertThat(step.group()).isBetween(group, group + 1);
      }
      if (step.group() > group) {
        Arrays.stream(before).filter(b -> Arrays.binarySearch(blocks, b) < 0).forEach(done::add);
        group = step.group();
      }
      mixed += blocks.length > 7 ? 1 : 0;
      before = blocks;
    }
    assertThat(group).isEqualTo(142);
    assertThat(mixed).as("steps at the border of two groups").isGreaterThan(100);
  }

  @ParameterizedTest
  @CsvSource({"1000, 7", "143, 16", "17, 16", "16, 16", "5, 16", "1, 1", "100, 1", "1025, 256"})
  void groupsArePartsOfTheBlocksOfNearlyEqualSizeWithOneOfEachColumn(int blocks, int most) {
    BlockGroups groups = new BlockGroups(4, blocks, most);
    int columns = BatchPlan.columns(blocks, most);
    assertThat(groups.count()).isEqualTo((blocks + most - 1) / most);
    for (int epoch = 0; epoch < 3; epoch++) {
      int[][] found = groups.of(epoch);
      assertThat(Arrays.stream(found).flatMapToInt(Arrays::stream).sorted().toArray())
          .isEqualTo(IntStream.range(0, blocks).toArray());
      for (int[] group : found) {
        assertThat(group).hasSizeBetween(blocks / groups.count(), most).isSorted();
        assertThat(group.length - blocks / groups.count()).isBetween(0, 1);
        assertThat(Arrays.stream(group).map(b -> b % columns)).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void theNextGroupIsKnownAheadAndTheFirstOfTheNextEpochAfterTheLast() {
    BatchPlan plan = new BatchPlan(5, equalBlocks(20, 64), 64, 4);
    List<StepPlan> steps = steps(plan, 0);
    steps.addAll(steps(plan, 1));
    int groups = 0;
    for (int s = 1; s < steps.size(); s++) {
      if (steps.get(s).group() != steps.get(s - 1).group()) {
        assertThat(steps.get(s - 1).ahead()).contains(steps.get(s).blocks());
        groups++;
      }
    }
    assertThat(groups).isEqualTo(9);
    assertThat(steps(new BatchPlan(5, equalBlocks(4, 64), 64, 4), 0).get(0).ahead()).isEmpty();
  }

  @Test
  void aPlanStaysSmallHoweverManyBlocksThereAre() throws IOException {
    StepPlan step = new BatchPlan(5, equalBlocks(100_000, 16), 1024, 16).epoch(0, 0).next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(step);
    }
    assertThat(bytes.size()).isLessThan(2000);
  }

  @Test
  void epochsAndSeedsDifferInOrder() {
    int[] first = BatchPlan.order(1, 0, 0, 100);
    assertThat(BatchPlan.order(1, 0, 0, 100)).isEqualTo(first);
    assertThat(BatchPlan.order(1, 1, 0, 100)).isNotEqualTo(first);
    assertThat(BatchPlan.order(2, 0, 0, 100)).isNotEqualTo(first);
    assertThat(BatchPlan.order(1, 0, 1, 100)).isNotEqualTo(first);
    int[][] groups = new BlockGroups(1, 100, 10).of(0);
    assertThat(new BlockGroups(1, 100, 10).of(0)).isDeepEqualTo(groups);
    assertThat(Arrays.deepEquals(new BlockGroups(1, 100, 10).of(1), groups)).isFalse();
    assertThat(Arrays.deepEquals(new BlockGroups(2, 100, 10).of(0), groups)).isFalse();
  }
}
