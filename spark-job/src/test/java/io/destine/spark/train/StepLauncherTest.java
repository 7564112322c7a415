package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.SharedSpark;
import io.destine.spark.parameters.ParameterService;
import io.destine.spark.parameters.StepParameters;
import io.destine.train.GradientSum;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which steps are started ahead, with jobs that ask for the parameters of a few ids. */
@Timeout(60)
class StepLauncherTest {
  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction().embeddingDim(3).layers(1).build(), FieldLayout.ofIds(2));

  private final Map<String, CountDownLatch> started = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> computed = new ConcurrentHashMap<>();

  /** Steps whose jobs end late. */
  private final Set<String> slow = ConcurrentHashMap.newKeySet();

  /** By step, how many of its jobs had nothing to do. */
  private final Map<String, Integer> missed = new ConcurrentHashMap<>();

  private ParameterService service;
  private StepLauncher steps;

  private void open(boolean local) {
    Parameters parameters = Parameters.initial(LAYOUT, Precision.FLOAT32, 10, 3);
    service = new ParameterService(SharedSpark.context(), "steps", parameters, local);
    steps = new StepLauncher(SharedSpark.context().sc(), service);
  }

  @AfterEach
  void close() {
    steps.close();
    service.close();
  }

  private StepLauncher.Step step(String name) {
    return new StepLauncher.Step(name, parameters -> compute(name, parameters));
  }

  private StepSum compute(String name, StepParameters parameters) {
    latch(started, name).countDown();
    StepSum sum = new StepSum();
    EncodedBatch rows = EncodedBatch.ofIds(new int[] {1, 2}, new float[1]);
    try (StepParameters.View view = parameters.of(List.of(rows), LAYOUT)) {
      // A step may be over before its parameters are read, or before its sum is sent.
      StepParameters.Sent sent =
          view == null ? null : parameters.send(0, new GradientSum(LAYOUT, 40), view);
      if (sent == null) {
        sum.miss();
        missed.merge(name, 1, Integer::sum);
      } else {
        sum.sent(sent);
      }
    }
    if (slow.contains(name)) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
    }
    latch(computed, name).countDown();
    return sum;
  }

  private static CountDownLatch latch(Map<String, CountDownLatch> latches, String name) {
    return latches.computeIfAbsent(name, n -> new CountDownLatch(1));
  }

  private static void await(Map<String, CountDownLatch> latches, String name) throws Exception {
    assertThat(latch(latches, name).await(30, TimeUnit.SECONDS)).as(name).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theNextStepIsStartedWhenAStepBegins(boolean local) throws Exception {
    open(local);
    assertThat(steps.sum(step("1"), step("2")).missed()).isFalse();
    await(started, "2");
    assertThat(latch(computed, "2").getCount()).as("its parameters are not there").isEqualTo(1);
  }

  /** As when the driver has something else to do between two steps. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void alsoWhenAStepHasBegunBeforeItsTurn(boolean local) throws Exception {
    open(local);
    steps.sum(step("1"), step("2"));
    await(started, "2");
    service.moved();
    await(computed, "2");
    assertThat(steps.sum(step("2"), step("3")).missed()).isFalse();
    await(started, "3");
    service.moved();
    await(computed, "3");
    assertThat(steps.sum(step("3"), null).missed()).isFalse();
    assertThat(missed).isEmpty();
  }

  /** Its cores may be wanted; it is started anew in its turn. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStepThatHasWaitedForLongIsLetGo(boolean local) throws Exception {
    open(local);
    steps.sum(step("1"), step("2"));
    await(computed, "2");
    assertThat(missed).containsExactly(Map.entry("2", 1));
    service.moved();
    assertThat(steps.sum(step("2"), null).missed()).isFalse();
    assertThat(missed).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStepAheadIsWithdrawnAtTheEndWhichWaitsForItsJob(boolean local) throws Exception {
    open(local);
    slow.add("2");
    steps.sum(step("1"), step("2"));
    await(started, "2");
    long before = System.nanoTime();
    steps.close();
    assertThat(latch(computed, "2").getCount()).isZero();
    assertThat(System.nanoTime() - before)
        .as("less than it waits for a job that is not withdrawn")
        .isLessThan(TimeUnit.SECONDS.toNanos(3));
    assertThat(missed).containsExactly(Map.entry("2", 1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStepOfOtherTasksIsStartedAnew(boolean local) throws Exception {
    open(local);
    steps.sum(step("1"), step("2"));
    await(started, "2");
    service.moved();
    assertThat(steps.sum(step("other"), null).missed()).isFalse();
    await(computed, "2");
    assertThat(missed).doesNotContainKey("other");
  }

  @Test
  void whatAJobThrowsIsThrown() {
    open(true);
    IOException failure = new IOException("disk full");
    StepLauncher.Step failing =
        new StepLauncher.Step(
            "1",
            parameters -> {
              throw StepLauncherTest.<RuntimeException>sneaky(failure);
            });
    assertThatThrownBy(() -> steps.sum(failing, step("2"))).isSameAs(failure);
    assertThat(started).isEmpty();
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E sneaky(Throwable failure) throws E {
    throw (E) failure;
  }
}
