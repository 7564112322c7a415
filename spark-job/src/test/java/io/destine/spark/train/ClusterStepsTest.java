package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.SharedSpark;
import io.destine.spark.parameters.ParameterService;
import io.destine.spark.parameters.StepParameters;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which steps are started ahead, with jobs that ask for the parameters of a few ids. */
class ClusterStepsTest {
  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction().embeddingDim(3).layers(1).build(), FieldLayout.ofIds(2));

  private final ParameterService service =
      new ParameterService(
          SharedSpark.context(),
          "steps",
          Parameters.initial(LAYOUT, Precision.FLOAT32, 10, 3),
          false);
  private final ClusterSteps steps = new ClusterSteps(SharedSpark.context().sc(), service);
  private final Map<String, CountDownLatch> started = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> computed = new ConcurrentHashMap<>();

  @AfterEach
  void close() {
    steps.close();
    service.close();
  }

  private ClusterSteps.Step step(String name) {
    return new ClusterSteps.Step(name, parameters -> compute(name, parameters));
  }

  private StepSum compute(String name, StepParameters parameters) {
    latch(started, name).countDown();
    StepSum sum = new StepSum();
    EncodedBatch rows = EncodedBatch.ofIds(new int[] {1, 2}, new float[1]);
    try (StepParameters.View view = parameters.of(List.of(rows), LAYOUT)) {
      if (view == null) {
        sum.miss();
      }
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

  @Test
  void theNextStepIsStartedWhenAStepBegins() throws Exception {
    assertThat(steps.sum(step("1"), step("2")).missed()).isFalse();
    await(started, "2");
    assertThat(latch(computed, "2").getCount()).as("its parameters are not there").isEqualTo(1);
  }

  /** As when the driver has something else to do between two steps. */
  @Test
  void alsoWhenAStepHasBegunBeforeItsTurn() throws Exception {
    steps.sum(step("1"), step("2"));
    await(started, "2");
    service.moved();
    await(computed, "2");
    assertThat(steps.sum(step("2"), step("3")).missed()).isFalse();
    await(started, "3");
    service.moved();
    await(computed, "3");
    assertThat(steps.sum(step("3"), null).missed()).isFalse();
  }
}
