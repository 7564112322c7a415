package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.Metric;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.feature.FieldLayout;
import io.destine.model.Destine;
import io.destine.optim.Optimizers;
import io.destine.optim.StatefulOptimizer;
import io.destine.param.Gradient;
import io.destine.param.Parameters;
import io.destine.spark.conf.CheckpointConfig;
import io.destine.spark.store.Fence;
import io.destine.spark.store.LostLockException;
import io.destine.spark.tracking.TrackedRun;
import io.destine.train.TrainingListener;
import io.destine.train.TrainingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interactions between training and a checkpoint written in the background. */
class CheckpointWritingTest {
  private static final Destine NETWORK =
      new Destine(
          ModelConfig.interaction().embeddingDim(2).layers(0).fm(true).build(),
          FieldLayout.ofIds(2));

  @TempDir Path directory;

  private final List<String> log = new ArrayList<>();
  private final CheckpointGate gate = new CheckpointGate();
  private final Parameters parameters = NETWORK.initialParameters(5, 1);
  private final StatefulOptimizer optimizer =
      Optimizers.create(OptimizerConfig.of(OptimizerKind.ADAM, 0.001), parameters);
  private HeldFileSystem.Hold hold = HeldFileSystem.hold(path -> false);
  private volatile boolean lost;
  private int steps;

  private final Fence fence =
      new Fence() {
        @Override
        public void requireHeld() {
          requireNotLost();
        }

        @Override
        public void requireNotLost() {
          if (lost) {
            throw new LostLockException("the lock is lost");
          }
        }
      };

  @AfterEach
  void end() {
    hold.end();
  }

  private CheckpointStore store(int everySteps, double minutes) throws IOException {
    FileSystem fileSystem = new HeldFileSystem();
    fileSystem.initialize(URI.create("held:///"), new Configuration(false));
    return new CheckpointStore(
        new CheckpointStore.Place(
            fileSystem, new org.apache.hadoop.fs.Path("held:" + directory), fence),
        new CheckpointConfig(everySteps, minutes, 2),
        new RunIdentity(Map.of("model", Map.of("layers", 0)), "rows", "vector"),
        Metric.AUC.worst(),
        new CheckpointStore.Kept(
            NETWORK,
            new HeldModel(parameters, optimizer, null),
            new LearningCurve(new TrainingListener() {}, TrackedRun.NONE)),
        log::add,
        gate);
  }

  private void step() {
    double[] embedding = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    double[] dense = new double[parameters.dense().length];
    optimizer.step(
        new Gradient(dense, new double[0], new int[] {0, 1, 2, 3, 4}, embedding, null, 1, 4, 4),
        0.1);
    steps++;
  }

  private void keep(CheckpointStore store, boolean best) {
    store.keep(new TrainingState(0, steps, 1.5, 2, 0.5, 0, 0, false, false), steps, best);
  }

  private void hold(String name) {
    hold = HeldFileSystem.hold(path -> path.contains(name));
  }

  private double[] row(int id) {
    double[] row = new double[2];
    parameters.embedding().read(id, row, 0);
    return row;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> CheckpointStore.NAME.matcher(name).matches())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedding.safetensors", "second_moment", "manifest.json"})
  void hasTheStateOfItsStepHoweverFarTrainingIsWhenItIsWritten(String file) throws IOException {
    CheckpointStore store = store(0, 0);
    step();
    hold(file);
    double[] before = row(3);
    keep(store, true);
    hold.awaitReached();
    for (int s = 0; s < 5; s++) {
      assertThat(store.due(steps)).isFalse();
      step();
    }
    assertThat(row(3)).isNotEqualTo(before);
    assertThat(names()).as("what is being written is no checkpoint yet").isEmpty();
    hold.end();
    store.await();
    assertThat(names()).containsExactly("step-0000000001");
    store.restoreBest(false);
    assertThat(row(3)).isEqualTo(before);
    assertThat(optimizer.steps()).isEqualTo(1);
  }

  @Test
  void goesOnFromCheckpointsOfOthersOnlyWhenAsked() throws IOException {
    CheckpointStore before = store(0, 0);
    step();
    keep(before, true);
    before.await();
    CheckpointStore store = store(0, 0);
    assertThat(store.resumeOwn()).isEmpty();
    step();
    keep(store, false);
    store.await();
    assertThat(store.resumeOwn().orElseThrow().step()).isEqualTo(2);
  }

  @Test
  void theNextByStepsWaitsForTheOneBeforeAndTheNextByMinutesDoesNotComeBefore() throws Exception {
    CheckpointStore bySteps = store(2, 0);
    step();
    hold("step-0000000001");
    keep(bySteps, true);
    hold.awaitReached();
    step();
    assertThat(bySteps.due(2)).isFalse();
    step();
    assertThat(bySteps.due(3)).isTrue();
    CompletableFuture<Void> second = CompletableFuture.runAsync(() -> keep(bySteps, false));
    assertThatThrownBy(() -> second.get(200, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    hold.end();
    second.get(20, TimeUnit.SECONDS);
    bySteps.await();
    assertThat(names()).containsExactly("step-0000000001", "step-0000000003");

    CheckpointStore byMinutes = store(0, 1e-9);
    assertThat(byMinutes.due(3)).isTrue();
    hold("step-");
    keep(byMinutes, false);
    hold.awaitReached();
    assertThat(byMinutes.due(4)).isFalse();
    hold.end();
    byMinutes.await();
    assertThat(byMinutes.due(4)).isTrue();
  }

  @Test
  void aFailureStopsTheTrainingAtTheNextStep() throws Exception {
    CheckpointStore store = store(0, 0);
    step();
    hold("/optimizer.safetensors");
    keep(store, true);
    hold.awaitReached();
    assertThat(store.due(1)).isFalse();
    hold.fail("No space left on device");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    assertThatThrownBy(
            () -> {
              while (System.nanoTime() < end) {
                store.due(1);
              }
            })
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("step-0000000001")
        .hasMessageContaining("optimizer.safetensors")
        .hasMessageContaining("No space left on device");
    // The failure has been told: closing has nothing to add, and steps are not held up.
    store.close();
    assertThat(log).isEmpty();
    step();
    assertThat(names()).isEmpty();
  }

  @Test
  void aFailureIsNotOverlookedByThePublicationOfTheBest() throws IOException {
    CheckpointStore store = store(0, 0);
    step();
    hold("embedding.safetensors");
    keep(store, true);
    hold.awaitReached();
    hold.fail("No space left on device");
    assertThatThrownBy(() -> store.restoreBest(false))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("No space left on device");
  }

  @Test
  void aTrainingThatFailsFinishesItsCheckpointOrSaysThatItIsNotKept() throws Exception {
    CheckpointStore store = store(0, 0);
    step();
    hold("embedding.safetensors");
    keep(store, false);
    hold.awaitReached();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(store::close);
    assertThatThrownBy(() -> closing.get(100, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    hold.end();
    closing.get(20, TimeUnit.SECONDS);
    assertThat(names()).containsExactly("step-0000000001");
    assertThat(log).isEmpty();

    step();
    hold("step-0000000002");
    keep(store, false);
    hold.awaitReached();
    hold.fail("No space left on device");
    store.close();
    assertThat(names()).containsExactly("step-0000000001");
    assertThat(log)
        .singleElement()
        .asString()
        .startsWith("warning: the checkpoint after step 2 is not kept: Cannot create ")
        .contains("No space left on device");
  }

  @ParameterizedTest
  @ValueSource(strings = {"embedding.safetensors", "manifest.sha256"})
  void noneIsPutInPlaceWhenItHasBeenSaidWhatIsKept(String file) throws IOException {
    CheckpointStore store = store(0, 0);
    step();
    hold(file);
    keep(store, false);
    hold.awaitReached();
    gate.close();
    hold.end();
    store.close();
    assertThat(names()).isEmpty();
    assertThat(log).singleElement().asString().contains("after step 1 is not kept");
  }

  @Test
  void thoseThatHaveBeenSaidToBeKeptStayAfterThePublication() throws IOException {
    CheckpointStore store = store(0, 0);
    step();
    keep(store, false);
    store.await();
    gate.close();
    store.clear();
    assertThat(names()).containsExactly("step-0000000001");
  }

  @Test
  void noneIsPutInPlaceWithoutTheLock() throws IOException {
    CheckpointStore store = store(0, 0);
    step();
    hold(".sha256");
    keep(store, false);
    hold.awaitReached();
    lost = true;
    hold.end();
    assertThatThrownBy(store::await).isInstanceOf(LostLockException.class);
    assertThat(names()).isEmpty();
    assertThatThrownBy(() -> store.due(5)).isInstanceOf(LostLockException.class);
  }
}
