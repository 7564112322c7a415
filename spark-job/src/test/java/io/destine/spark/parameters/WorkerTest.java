package io.destine.spark.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.spark.SharedSpark;
import io.destine.spark.internals.Address;
import io.destine.spark.internals.MessageClient;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The state that an executor keeps for a run whose tables executors own. */
class WorkerTest {
  private final AtomicLong nanos = new AtomicLong();
  private final RunCache<Worker> workers = Worker.cache(nanos::get);

  @BeforeEach
  void startSpark() {
    SharedSpark.context();
  }

  private Worker worker(String run) {
    return workers.get(run, Worker::new);
  }

  private Address own(String run, int generation) {
    ParameterLayout layout =
        ParameterLayout.of(
            ModelConfig.interaction().embeddingDim(3).layers(1).build(), FieldLayout.ofIds(2));
    return worker(run)
        .own(
            new TableOwners.Tables(
                run, layout, OptimizerConfig.of(OptimizerKind.ADAM, 0.001), 100, 1),
            generation);
  }

  private static boolean answers(Address owner) throws Exception {
    try (MessageClient client = new MessageClient()) {
      client
          .ask(
              owner, TableMessages.read(ParameterLayout.EMBEDDING, 1, 0, 0), OwnerCommands::failure)
          .get(1, TimeUnit.MINUTES);
      return true;
    } catch (ExecutionException e) {
      return false;
    }
  }

  @Test
  void tablesOfARunWhoseEndNobodyHasToldGoWhenTheyHaveBeenOfNoUse() throws Exception {
    Address lost = own("lost", 1);
    Address used = own("used", 1);
    nanos.addAndGet(Worker.IDLE.toNanos());
    worker("used");
    assertThat(answers(lost)).isTrue();
    nanos.incrementAndGet();
    worker("used");
    assertThat(answers(lost)).isFalse();
    assertThat(answers(used)).isTrue();
    workers.remove("used");
    assertThat(answers(used)).isFalse();
  }

  @Test
  void ownersOfALaterGenerationTakeThePlaceOfThoseBefore() throws Exception {
    Address first = own("run", 1);
    assertThat(own("run", 1)).isEqualTo(first);
    Address second = own("run", 2);
    assertThat(answers(first)).isFalse();
    assertThat(own("run", 1)).isEqualTo(second);
    assertThat(answers(second)).isTrue();
    workers.remove("run");
  }
}
