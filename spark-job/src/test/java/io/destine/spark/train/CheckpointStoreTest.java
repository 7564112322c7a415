package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.Manifest;
import io.destine.config.Metric;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.TrainConfig;
import io.destine.feature.FieldLayout;
import io.destine.model.Destine;
import io.destine.optim.Optimizers;
import io.destine.optim.StatefulOptimizer;
import io.destine.param.Parameters;
import io.destine.spark.conf.CheckpointConfig;
import io.destine.spark.conf.TrainingConfig;
import io.destine.spark.store.FaultyFileSystem;
import io.destine.spark.store.Fence;
import io.destine.spark.store.HadoopModelDirectory;
import io.destine.spark.store.ObjectStore;
import io.destine.spark.store.Storage;
import io.destine.spark.tracking.TrackedRun;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import io.destine.train.TrainingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Storage that fails at each of its operations in turn, while a checkpoint is kept. */
class CheckpointStoreTest {
  private static final Destine NETWORK =
      new Destine(
          ModelConfig.interaction().embeddingDim(2).layers(0).fm(true).build(),
          FieldLayout.ofIds(2));

  @TempDir Path directory;

  /** A run whose parameters encode the number of steps taken. */
  private static final class Training {
    final Parameters parameters = NETWORK.initialParameters(5, 1);
    final StatefulOptimizer optimizer =
        Optimizers.create(OptimizerConfig.of(OptimizerKind.ADAM, 0.001), parameters);
    final CheckpointStore store;

    Training(FileSystem fileSystem, Path directory) {
      store = store(fileSystem, directory, new HeldModel(parameters, optimizer, null));
    }

    void keep(int steps, boolean best) {
      parameters.dense()[0] = steps;
      store.keep(new TrainingState(0, steps, 1.5, 2, 0.5, 0, 0, false, false), steps, best);
      store.await();
    }
  }

  private static CheckpointStore store(FileSystem fileSystem, Path directory, TrainedModel model) {
    return new CheckpointStore(
        new CheckpointStore.Place(
            fileSystem, new org.apache.hadoop.fs.Path(directory.toString()), Fence.NONE),
        new CheckpointConfig(5, 0, 1),
        new RunIdentity(Map.of("model", Map.of("layers", 0)), "rows", "vector"),
        Metric.AUC.worst(),
        new CheckpointStore.Kept(
            NETWORK, model, new LearningCurve(new TrainingListener() {}, TrackedRun.NONE)),
        line -> {},
        new CheckpointGate());
  }

  /** Its tables are lost while a checkpoint is written, as with their owner. */
  private static TrainedModel lost() {
    TrainedModel.Kept kept =
        new TrainedModel.Kept() {
          @Override
          public void write(HadoopModelDirectory directory, Manifest.Builder description) {
            throw new IllegalStateException("lost");
          }

          @Override
          public boolean isCopy() {
            return false;
          }

          @Override
          public void close() {}
        };
    return (TrainedModel)
        Proxy.newProxyInstance(
            TrainedModel.class.getClassLoader(),
            new Class<?>[] {TrainedModel.class},
            (proxy, method, arguments) -> method.getName().equals("keep") ? kept : null);
  }

  @Test
  void aCheckpointThatIsNotWrittenDoesNotCount() throws IOException {
    CheckpointStore store = store(sound(), directory, lost());
    assertThat(store.due(5)).isTrue();
    TrainingState state = new TrainingState(0, 5, 1.5, 2, 0.5, 0, 0, false, false);
    assertThatThrownBy(() -> store.keep(state, 5, true)).hasMessageContaining("lost");
    assertThat(store.lastSteps()).isZero();
    assertThat(store.stepsSinceLast()).isEqualTo(5);
    assertThat(store.resumeOwn()).isEmpty();
    assertThat(store.stepsSinceLast()).isZero();
  }

  @Test
  void settingsOfACallAreEqualToThoseOfItsManifest() throws IOException {
    Map<String, Object> settings =
        JobJson.map(TrainingConfig.of(NETWORK.config(), TrainConfig.defaults()));
    ObjectMapper mapper = new ObjectMapper();
    assertThat(mapper.readValue(mapper.writeValueAsString(settings), Map.class))
        .isEqualTo(settings);
  }

  /** An object store has no rename: the manifest, written last, makes a checkpoint complete. */
  @Test
  void aCheckpointThatIsBeingWrittenInPlaceIsNotTheNewest() throws IOException {
    ObjectStore store = new ObjectStore();
    store.initialize(URI.create(ObjectStore.SCHEME + ":///"), new Configuration());
    assertThat(Storage.writesInPlace(store)).isTrue();
    new Training(store, directory).keep(6, true);
    Files.createDirectories(directory.resolve("step-0000000009"));
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs.store.impl", ObjectStore.class, FileSystem.class);
    Optional<KeptCheckpoint> newest =
        KeptCheckpoint.newest(hadoop, ObjectStore.SCHEME + ":" + directory);
    assertThat(newest.orElseThrow().steps()).isEqualTo(6);
    FileTime written =
        Files.getLastModifiedTime(directory.resolve("step-0000000006/" + Manifest.FILE));
    assertThat(newest.get().writtenMillis()).isEqualTo(written.toMillis());
  }

  private static FileSystem sound() throws IOException {
    return new FaultyFileSystem(Integer.MAX_VALUE, false);
  }

  @Full
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anEarlierOrTheNewCheckpointIsThereWhereverItFails(boolean killed) throws IOException {
    boolean failed = true;
    int failAt = 0;
    int resumedOld = 0;
    while (failed) {
      failAt++;
      Path place = directory.resolve("at-" + failAt);
      Training before = new Training(sound(), place);
      before.keep(10, true);
      before.keep(20, false);

      FaultyFileSystem faulty = new FaultyFileSystem(failAt, killed);
      Training interrupted = new Training(faulty, place);
      try {
        interrupted.store.resume();
        interrupted.keep(30, true);
      } catch (UncheckedIOException e) {
        assertThat(e).hasMessageContaining(place.toString());
      }
      failed = faulty.failed();

      Training resumed = new Training(sound(), place);
      Optional<TrainingState> state = resumed.store.resume();
      assertThat(state).as("operation " + failAt).isPresent();
      int steps = state.orElseThrow().step();
      assertThat(steps).isIn(20, 30);
      assertThat(resumed.parameters.dense()[0]).isEqualTo(steps);
      resumedOld += steps == 20 ? 1 : 0;
      resumed.keep(40, false);
      resumed.store.restoreBest(false);
      assertThat(resumed.parameters.dense()[0]).isEqualTo(steps == 20 ? 10 : 30);
      assertThat(names(place))
          .containsExactlyInAnyOrder(
              steps == 20 ? "step-0000000010" : "step-0000000030", "step-0000000040");
    }
    assertThat(resumedOld).isGreaterThan(30).isLessThan(failAt);
  }

  @Test
  void whatAKilledDeletionLeavesIsNotInTheWayOfTheSameCheckpoint() throws IOException {
    boolean failed = true;
    for (int failAt = 1; failed; failAt++) {
      Path place = directory.resolve("cleared-at-" + failAt);
      Training before = new Training(sound(), place);
      before.keep(10, true);
      before.keep(20, false);
      FaultyFileSystem faulty = new FaultyFileSystem(failAt, true);
      new Training(faulty, place).store.clear();
      failed = faulty.failed();
      Training again = new Training(sound(), place);
      again.keep(10, true);
      again.keep(20, false);
      assertThat(names(place)).containsExactlyInAnyOrder("step-0000000010", "step-0000000020");
    }
  }

  private static List<String> names(Path place) throws IOException {
    List<String> names = new ArrayList<>();
    for (FileStatus status : sound().listStatus(new org.apache.hadoop.fs.Path(place.toUri()))) {
      names.add(status.getPath().getName());
    }
    return names;
  }
}
