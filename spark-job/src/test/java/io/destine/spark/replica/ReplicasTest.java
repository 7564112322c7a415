package io.destine.spark.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.SharedSpark;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplicasTest {
  private static final int ROWS = 1000;
  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.builder().embeddingDim(3).layers(1).wide(true).build(), FieldLayout.ofIds(2));

  private final Parameters driver = initial();

  @AfterEach
  void forget() {
    Replicas.remove("early");
    Replicas.remove("late");
  }

  private static Parameters initial() {
    return Parameters.initial(LAYOUT, Precision.FLOAT32, ROWS, 3);
  }

  private ReplicaPublisher publisher(String run) {
    return new ReplicaPublisher(SharedSpark.context(), run, driver, ReplicasTest::initial, false);
  }

  /** Changes a few rows and all dense numbers, as a step does, and returns the rows. */
  private int[] move(int step) {
    int[] ids = {step % ROWS, (7 * step + 1) % ROWS};
    for (int id : ids) {
      driver.embedding().write(id, new double[] {step, step + 0.25f, -step}, 0);
      driver.wide().write(id, new double[] {step + 0.5f}, 0);
    }
    for (int i = 0; i < driver.dense().length; i++) {
      driver.dense()[i] = step + 0.125f * i;
    }
    return ids;
  }

  private void assertSame(Parameters replica) {
    assertThat(replica).isNotSameAs(driver);
    assertThat(replica.dense()).isEqualTo(driver.dense());
    double[] found = new double[3];
    double[] expected = new double[3];
    for (int id = 0; id < ROWS; id++) {
      replica.embedding().read(id, found, 0);
      driver.embedding().read(id, expected, 0);
      assertThat(found).as("row " + id).isEqualTo(expected);
      replica.wide().read(id, found, 0);
      driver.wide().read(id, expected, 0);
      assertThat(found[0]).isEqualTo(expected[0]);
    }
  }

  /** 300 steps pass two folds, which come after 128 deltas. */
  @Test
  void aReplicaThatFollowsAndOneThatComesLateEqualTheDriver() {
    try (ReplicaPublisher early = publisher("early")) {
      for (int step = 1; step <= 300; step++) {
        early.publish(move(step));
        if (step % 50 == 0 || step < 3) {
          assertSame(Replicas.at(early.handle()));
        }
      }
      ReplicaHandle now = early.handle();
      assertThat(now.version()).isEqualTo(300);
      assertThat(now.recent()).hasSize(300 - 2 * 128);
      ReplicaHandle other =
          new ReplicaHandle("late", now.base(), now.folded(), now.foldedVersion(), now.recent());
      assertSame(Replicas.at(other));
    }
  }

  @Test
  void aTaskOfAStepThatIsOverIsRefused() {
    try (ReplicaPublisher publisher = publisher("early")) {
      ReplicaHandle before = publisher.handle();
      publisher.publish(move(1));
      Replicas.at(publisher.handle());
      assertThatThrownBy(() -> Replicas.at(before))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("its step is over");
    }
  }

  @Test
  void localModeSharesTheDriversParameters() {
    try (ReplicaPublisher publisher =
        new ReplicaPublisher(SharedSpark.context(), "early", driver, ReplicasTest::initial, true)) {
      publisher.publish(move(1));
      assertThat(Replicas.at(publisher.handle())).isSameAs(driver);
      assertThat(publisher.publishedBytes()).isZero();
    }
  }
}
