package io.destine.spark.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.metric.DetailedReport;
import io.destine.metric.EvaluationReport;
import io.destine.metric.LossDifference;
import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluationTest {
  private static final long ON_DRIVER = Evaluation.DRIVER_ROWS;
  private static final long NEVER_ON_DRIVER = 0;

  /** What a task does for each piece it scores; tasks run in this JVM. */
  private static final AtomicReference<Runnable> SCORING = new AtomicReference<>();

  @Full(from = 3)
  @ParameterizedTest
  @CsvSource({"7, 20", "1, 1", "2, 3", "3, 3", "13, 5"})
  void anyPartitioningGivesTheBitsOfOneThreadBothOnTheDriverAndByRanges(
      int partitions, int pieces) {
    ScoredRows rows = random(5_000, 17, true, true);
    EvaluationReport oracle = oracle(rows);
    assertThat(oracle.gauc()).isPresent();
    JavaRDD<ScoredRows> rdd = parallel(rows, pieces, partitions);
    assertThat(new Evaluation(ON_DRIVER).evaluate(rdd)).isEqualTo(oracle);
    assertThat(new Evaluation(NEVER_ON_DRIVER).evaluate(rdd)).isEqualTo(oracle);
    assertThat(new Evaluation(2_500).evaluate(rdd)).isEqualTo(oracle);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 3"})
  void intervalsAndCurvesAreTheSameBitsForAnyPartitioning(int pieces, int partitions) {
    ScoredRows rows = random(2_000, 23, true, false);
    DetailedReport oracle =
        DetailedReport.of(rows.logits(), rows.labels(), rows.weights(), rows.groups());
    assertThat(oracle.auc()).isPresent();
    JavaRDD<ScoredRows> rdd = parallel(rows, pieces, partitions);
    assertThat(new Evaluation(ON_DRIVER).detailed(rdd)).isEqualTo(oracle);
    assertThat(new Evaluation(NEVER_ON_DRIVER).detailed(rdd)).isEqualTo(oracle);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "7, 3", "20, 5"})
  void aComparisonHasTheBitsOfOneThreadForAnyPartitioning(int pieces, int partitions) {
    ScoredRows published = random(2_000, 31, true, true);
    ScoredRows candidate = otherLogits(published);
    LossDifference oracle = new LossDifference();
    oracle.add(candidate.logits(), published.logits(), published.labels(), published.weights());
    Comparison found =
        new Evaluation()
            .compare(
                parallel(candidate, pieces, partitions), parallel(published, pieces, partitions));
    assertThat(found.published()).isEqualTo(oracle(published));
    assertThat(found.difference().rows()).isEqualTo(2_000);
    assertThat(found.difference().mean()).isEqualTo(oracle.mean());
    assertThat(found.difference().interval()).isEqualTo(oracle.interval()).isPresent();
    assertThat(found.difference().mean().getAsDouble())
        .isCloseTo(
            oracle(candidate).logLoss().getAsDouble() - oracle(published).logLoss().getAsDouble(),
            within(1e-11));
  }

  @Test
  void aComparisonOnOtherRowsIsRefused() {
    ScoredRows published = random(60, 31, true, false);
    ScoredRows fewer = otherLogits(published).select(IntStream.range(0, 50).toArray());
    float[] labels = published.labels().clone();
    labels[7] = 1 - labels[7];
    ScoredRows other = new ScoredRows(published.logits(), labels, published.weights(), null);
    for (ScoredRows candidate : List.of(fewer, other)) {
      assertThatThrownBy(
              () -> new Evaluation().compare(parallel(candidate, 3, 2), parallel(published, 3, 2)))
          .hasStackTraceContaining("both models must have scored the same rows, got others");
    }
    assertThatThrownBy(
            () -> new Evaluation().compare(parallel(published, 4, 1), parallel(published, 3, 1)))
        .hasStackTraceContaining("both models must have scored the same rows, got others");
  }

  /** The same rows with logits of another model. */
  private static ScoredRows otherLogits(ScoredRows rows) {
    Random random = new Random(41);
    double[] logits =
        Arrays.stream(rows.logits()).map(z -> 0.9 * z + 0.2 * random.nextGaussian()).toArray();
    return new ScoredRows(logits, rows.labels(), rows.weights(), rows.groups());
  }

  @Test
  void rowsAreScoredOnceAndTheCallersRddIsNeitherKeptNorFreed() {
    Set<Integer> others = SharedSpark.context().getPersistentRDDs().keySet();
    Queue<Set<Integer>> kept = new ConcurrentLinkedQueue<>();
    SCORING.set(() -> kept.add(keptBeside(others)));
    JavaRDD<ScoredRows> rdd =
        parallel(random(400, 3, true, true), 6, 3)
            .map(
                rows -> {
                  SCORING.get().run();
                  return rows;
                });
    new Evaluation(NEVER_ON_DRIVER).evaluate(rdd);
    assertThat(kept)
        .hasSize(6)
        .allSatisfy(ids -> assertThat(ids).hasSize(1).doesNotContain(rdd.id()));
    assertThat(keptBeside(others)).isEmpty();
  }

  @Test
  void rowsThatTheCallerKeepsStayKept() {
    JavaRDD<ScoredRows> rdd = parallel(random(400, 4, false, false), 6, 3);
    rdd.persist(StorageLevel.MEMORY_ONLY());
    EvaluationReport report = new Evaluation(NEVER_ON_DRIVER).evaluate(rdd);
    assertThat(report).isEqualTo(new Evaluation().evaluate(rdd));
    assertThat(SharedSpark.context().getPersistentRDDs()).containsKey(rdd.id());
    rdd.unpersist(true);
  }

  @Test
  void rowsWithoutWeightsAndGroupsAreEvaluatedAlike() {
    ScoredRows rows = random(3_000, 5, false, false);
    EvaluationReport oracle = oracle(rows);
    assertThat(oracle.gauc()).isEmpty();
    JavaRDD<ScoredRows> rdd = parallel(rows, 9, 4);
    assertThat(new Evaluation(ON_DRIVER).evaluate(rdd)).isEqualTo(oracle);
    assertThat(new Evaluation(NEVER_ON_DRIVER).evaluate(rdd)).isEqualTo(oracle);
  }

  @Test
  void aConstantPredictionIsOneRange() {
    int n = 100;
    float[] labels = new float[n];
    labels[3] = 1;
    ScoredRows rows = new ScoredRows(new double[n], labels, null, null);
    EvaluationReport report = new Evaluation(NEVER_ON_DRIVER).evaluate(parallel(rows, 8, 8));
    assertThat(report).isEqualTo(oracle(rows));
    assertThat(report.auc()).hasValue(0.5);
    assertThat(report.constant()).isTrue();
  }

  @Test
  void anEmptySplitHasAWarningInsteadOfMetrics() {
    ScoredRows none = new ScoredRows(new double[0], new float[0], null, null);
    for (JavaRDD<ScoredRows> rdd :
        List.of(SharedSpark.context().<ScoredRows>emptyRDD(), parallel(none, 1, 3))) {
      EvaluationReport report = new Evaluation().evaluate(rdd);
      assertThat(report.auc()).isEmpty();
      assertThat(report.warnings()).containsExactly("there are no rows, so there are no metrics");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"2 | partition 1, row 1", "1 | partition 0, after 4 rows, row 1"})
  void anInfiniteLogitIsRefusedNamingPartitionAndRow(int partitions, String place) {
    ScoredRows good = random(4, 1, false, false);
    ScoredRows bad =
        new ScoredRows(new double[] {0, Double.POSITIVE_INFINITY}, new float[] {0, 1}, null, null);
    JavaRDD<ScoredRows> rdd = SharedSpark.context().parallelize(List.of(good, bad), partitions);
    assertThatThrownBy(() -> new Evaluation().evaluate(rdd))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("evaluation: " + place + ": logit must be finite, got Infinity");
  }

  /** Pieces are blocks: those whose rows all lack a group have no array of groups. */
  @ParameterizedTest
  @CsvSource({"1, 1", "3, 2", "20, 7"})
  void rowsWithoutAGroupAreCountedAndLeftOutOfGaucForAnyPartitioning(int pieces, int partitions) {
    ScoredRows rows = random(3_000, 23, true, true);
    Random random = new Random(24);
    for (int i = 0; i < rows.rows(); i++) {
      if (rows.groups()[i] == 0 || random.nextInt(3) == 0 || i % 5 == 2) {
        rows.groups()[i] = 0;
      }
    }
    int[] grouped = IntStream.range(0, 3_000).filter(i -> rows.groups()[i] != 0).toArray();
    EvaluationReport withGroups = oracle(rows.select(grouped));
    List<ScoredRows> blocks = new ArrayList<>();
    for (int p = 0; p < pieces; p++) {
      int piece = p;
      ScoredRows block =
          rows.select(IntStream.range(0, 3_000).filter(i -> i % pieces == piece).toArray());
      boolean none = Arrays.stream(block.groups()).allMatch(group -> group == 0);
      blocks.add(
          none ? new ScoredRows(block.logits(), block.labels(), block.weights(), null) : block);
    }
    if (pieces == 20) {
      assertThat(blocks).anyMatch(block -> block.groups() == null);
    }
    JavaRDD<ScoredRows> rdd = SharedSpark.context().parallelize(blocks, partitions);
    for (long driverRows : new long[] {ON_DRIVER, NEVER_ON_DRIVER, 2_000}) {
      EvaluationReport report = new Evaluation(driverRows).evaluate(rdd);
      assertThat(report.gauc()).isEqualTo(withGroups.gauc()).isPresent();
      assertThat(report.gaucGroups()).isEqualTo(withGroups.gaucGroups());
      assertThat(report.gaucSkipped()).isEqualTo(withGroups.gaucSkipped());
      assertThat(report.gaucRowsWithoutGroup()).isEqualTo(3_000 - grouped.length);
      assertThat(report.rows()).isEqualTo(3_000);
      assertThat(report.warnings())
          .containsExactly(
              String.format(
                  "%,d of 3,000 rows have no group, so gauc leaves them out",
                  3_000 - grouped.length));
      assertThat(report).isEqualTo(oracle(rows));
    }
  }

  static ScoredRows random(int n, long seed, boolean weighted, boolean grouped) {
    Random random = new Random(seed);
    double[] logits = new double[n];
    float[] labels = new float[n];
    float[] weights = weighted ? new float[n] : null;
    long[] groups = grouped ? new long[n] : null;
    for (int i = 0; i < n; i++) {
      boolean tie = random.nextInt(3) == 0;
      logits[i] = tie ? random.nextInt(5) : 2 * random.nextGaussian() - 1;
      labels[i] = random.nextDouble() < 1 / (1 + Math.exp(-logits[i])) ? 1 : 0;
      if (weighted) {
        weights[i] = (float) (random.nextInt(10) == 0 ? 0 : random.nextDouble() * 3);
      }
      if (grouped) {
        groups[i] = random.nextInt(n / 4);
      }
    }
    return new ScoredRows(logits, labels, weights, groups);
  }

  private static EvaluationReport oracle(ScoredRows rows) {
    return EvaluationReport.of(rows.logits(), rows.labels(), rows.weights(), rows.groups());
  }

  private static Set<Integer> keptBeside(Set<Integer> others) {
    Set<Integer> kept = new HashSet<>(SharedSpark.context().getPersistentRDDs().keySet());
    kept.removeAll(others);
    return kept;
  }

  /** Deals rows to pieces as cards, and pieces to partitions. */
  static JavaRDD<ScoredRows> parallel(ScoredRows rows, int pieces, int partitions) {
    List<ScoredRows> dealt = new ArrayList<>();
    for (int p = 0; p < pieces; p++) {
      int piece = p;
      dealt.add(
          rows.select(IntStream.range(0, rows.rows()).filter(i -> i % pieces == piece).toArray()));
    }
    return SharedSpark.context().parallelize(dealt, partitions);
  }
}
