package io.destine.spark.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TeacherScoresTest {
  @Test
  void lossesAreMeans() {
    TeacherScores scores = new TeacherScores();
    scores.add(1, Math.log(3), 0);
    scores.add(0, Math.log(3), 0);
    // Probability 3/4.
    assertThat(scores.logLoss()).isCloseTo((Math.log(4.0 / 3) + Math.log(4)) / 2, within(2e-9));
    assertThat(scores.firstOrderLogLoss()).isCloseTo(Math.log(2), within(2e-9));
    assertThat(scores.rows()).isEqualTo(2);
    assertThat(scores.clicks()).isEqualTo(1);
  }

  /** Of six pairs the clicks win 3, lose 1 and share a bin with 2. */
  @Test
  void pairsInOneBinCountForAHalf() {
    TeacherScores scores = new TeacherScores();
    scores.add(1, 2.0, 0);
    scores.add(1, -1.0, 0);
    scores.add(0, 2.0001, 0);
    scores.add(0, -2.0, 0);
    scores.add(0, -1.0001 + 0.0002, 0);
    assertThat(scores.auc()).isCloseTo((3 + 2 / 2.0) / 6, within(1e-12));
    assertThat(scores.aucError()).isCloseTo(2 / 2.0 / 6, within(1e-12));
  }

  @Test
  void logitsBeyondTheBinsAreCountedAtTheirEnds() {
    TeacherScores scores = new TeacherScores();
    scores.add(1, 700, 0);
    scores.add(0, -700, 0);
    assertThat(scores.auc()).isEqualTo(1);
    assertThat(scores.logLoss()).isZero();
    scores.add(0, 700, 0);
    assertThat(scores.logLoss()).isCloseTo(700 / 3.0, within(1e-6));
  }

  @Test
  void partsAddUp() {
    TeacherScores whole = new TeacherScores();
    TeacherScores left = new TeacherScores();
    TeacherScores right = new TeacherScores();
    for (int i = 0; i < 100; i++) {
      double logit = Math.sin(i);
      whole.add(i % 2, logit, logit / 2);
      (i < 30 ? left : right).add(i % 2, logit, logit / 2);
    }
    TeacherScores sum = new TeacherScores();
    sum.add(new TeacherScores());
    sum.add(right);
    sum.add(left);
    assertThat(sum.rows()).isEqualTo(100);
    assertThat(sum.clicks()).isEqualTo(50);
    assertThat(sum.logLoss()).isEqualTo(whole.logLoss());
    assertThat(sum.firstOrderLogLoss()).isEqualTo(whole.firstOrderLogLoss());
    assertThat(sum.auc()).isEqualTo(whole.auc());
  }
}
