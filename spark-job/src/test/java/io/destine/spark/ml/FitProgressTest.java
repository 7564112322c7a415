package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.optim.RateSchedule;
import io.destine.train.Validation;
import org.junit.jupiter.api.Test;

class FitProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private long now;

  private final FitProgress progress =
      new FitProgress() {
        @Override
        long nanoTime() {
          return now;
        }
      };

  @Test
  void theStateHasTheShareOfAllEpochsAndTheTimeLeftAtTheSameRate() {
    assertThat(progress.state()).isEmpty();
    progress.begin();
    now += 65 * SECOND;
    assertThat(progress.state()).isEqualTo("encoding rows  1:05");
    progress.train(4);
    assertThat(progress.state()).isEqualTo("[--------------------] epoch 1/4");
    for (int step = 0; step < 50; step++) {
      progress.stepped(0, step, 100, 10, 0.5);
    }
    now += 2 * SECOND;
    assertThat(progress.state()).as("too early to tell").endsWith("epoch 1/4");
    now += 8 * SECOND;
    // An eighth has taken 10 s.
    assertThat(progress.state()).isEqualTo("[##------------------] epoch 1/4  at most 1:10 left");
    progress.stepped(0, 99, 100, 10, 0.5);
    now += 10 * SECOND;
    progress.evaluated(
        0, 0.5, new Validation(0.75, 0.4, 0, 1, false), 0.01, RateSchedule.Verdict.CUT);
    assertThat(progress.state())
        .isEqualTo("[#####---------------] epoch 2/4  validation AUC 0.7500  at most 1:00 left");
    assertThat(progress.take())
        .startsWith("epoch 1/4  train loss 0.5000  validation AUC 0.7500  log loss 0.4000")
        .endsWith("20.0 s  no improvement: learning rate cut\n");
    assertThat(progress.take()).isEmpty();
    progress.evaluated(
        1, 0.5, new Validation(0.7, 0.4, 0, 1, false), 0.01, RateSchedule.Verdict.STOP);
    assertThat(progress.state()).isEqualTo("writing the model");
    progress.end();
    assertThat(progress.state()).isEmpty();
    progress.begin();
    assertThat(progress.state()).as("a second fit").isEqualTo("encoding rows  0:00");
    assertThat(progress.take()).isEmpty();
  }
}
