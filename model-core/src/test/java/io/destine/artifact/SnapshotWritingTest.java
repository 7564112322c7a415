package io.destine.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.Components;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.model.Destine;
import io.destine.optim.Optimizers;
import io.destine.optim.StatefulOptimizer;
import io.destine.param.Gradient;
import io.destine.param.NamedState;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import io.destine.param.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model directory written from a snapshot while the optimiser continues to update the model. */
class SnapshotWritingTest {
  private static final int ROWS = 5000;
  private static final Destine NETWORK =
      new Destine(
          ModelConfig.interaction()
              .embeddingDim(12)
              .heads(1)
              .headDim(4)
              .layers(1)
              .wide(true)
              .deep(List.of(3))
              .batchNorm(true)
              .build(),
          FieldLayout.ofIds(2));

  /** A training run with random gradients. */
  private static final class Training {
    private final Random random = new Random(3);
    final Parameters parameters;
    final StatefulOptimizer optimizer;
    int steps;

    Training(OptimizerKind kind, double l2, Precision precision) {
      parameters = Parameters.initial(NETWORK.layout(), precision, ROWS, 5);
      OptimizerConfig config =
          Components.with(OptimizerConfig.of(kind, 0.1).withEmbeddingL2(l2), "clipNorm", 1.0);
      optimizer = Optimizers.create(config, parameters, 2);
    }

    void step() {
      int[] ids = random.ints(50, 0, ROWS).distinct().sorted().toArray();
      double[] embedding = random.doubles(ids.length * 12, -1, 1).toArray();
      double[] wide = random.doubles(ids.length, -1, 1).toArray();
      double[] dense = random.doubles(parameters.dense().length, -1, 1).toArray();
      double[] statistics = random.doubles(parameters.statistics().length, 0, 1).toArray();
      optimizer.step(new Gradient(dense, statistics, ids, embedding, wide, 1, 4, 4), 0.01);
      optimizer.catchUp(random.ints(20, 0, ROWS).distinct().toArray());
      steps++;
      if (steps % 40 == 0) {
        optimizer.catchUp();
      }
    }

    void steps(int n) {
      for (int s = 0; s < n; s++) {
        step();
      }
    }

    SortedMap<String, byte[]> standingStill() {
      MemoryModelDirectory directory = new MemoryModelDirectory();
      new ModelWriter(directory, 60_000)
          .write(Manifest.describe(NETWORK), parameters, optimizer.state());
      return tensors(directory);
    }
  }

  private static SortedMap<String, byte[]> tensors(MemoryModelDirectory directory) {
    SortedMap<String, byte[]> tensors = new TreeMap<>(directory.files);
    // The manifest holds the time.
    tensors.keySet().removeIf(name -> name.startsWith("manifest"));
    return tensors;
  }

  /** Takes a step whenever bytes are written. */
  private static ModelDirectory stepping(MemoryModelDirectory directory, Training training) {
    return new ModelDirectory() {
      @Override
      public OutputStream create(String name) {
        OutputStream file = directory.create(name);
        return new ByteArrayOutputStream() {
          @Override
          public void write(byte[] bytes, int from, int n) {
            training.step();
            super.write(bytes, from, n);
          }

          @Override
          public void close() throws IOException {
            writeTo(file);
            file.close();
          }
        };
      }

      @Override
      public InputStream open(String name) {
        return directory.open(name);
      }

      @Override
      public List<String> list() {
        return directory.list();
      }

      @Override
      public long length(String name) {
        return directory.length(name);
      }

      @Override
      public String location() {
        return directory.location();
      }
    };
  }

  private static double[][] numbers(Training training) {
    NamedState state = training.optimizer.state();
    List<ParameterTable> tables = new ArrayList<>(state.tables().values());
    tables.add(training.parameters.embedding());
    tables.add(training.parameters.wide());
    double[][] numbers = new double[tables.size() + 1][];
    for (int t = 0; t < tables.size(); t++) {
      int width = tables.get(t).width();
      numbers[t] = new double[ROWS * width];
      for (int r = 0; r < ROWS; r++) {
        tables.get(t).read(r, numbers[t], r * width);
      }
    }
    numbers[tables.size()] = training.parameters.dense();
    return numbers;
  }

  @ParameterizedTest
  @CsvSource({
    "SGD, 0, FLOAT32",
    "ADAGRAD, 0, FLOAT32",
    "ADAM, 0, FLOAT32",
    "ADAM, 0, FLOAT64",
    "SGD, 0.01, FLOAT32",
    "ADAGRAD, 0.01, FLOAT64",
    "ADAM, 0.01, FLOAT32",
  })
  void hasTheBytesOfOneThatTrainingStoodStillFor(
      OptimizerKind kind, double l2, Precision precision) {
    Training still = new Training(kind, l2, precision);
    still.steps(30);
    SortedMap<String, byte[]> expected = still.standingStill();

    Training training = new Training(kind, l2, precision);
    training.steps(30);
    MemoryModelDirectory directory = new MemoryModelDirectory();
    try (Snapshot snapshot = training.optimizer.snapshot()) {
      new ModelWriter(stepping(directory, training), 60_000)
          .write(Manifest.describe(NETWORK), snapshot.values());
      assertThat(snapshot.savedBytes()).as("nothing is kept of what has been read").isZero();
    }
    assertThat(training.steps).as("steps meanwhile").isGreaterThan(60);
    SortedMap<String, byte[]> found = tensors(directory);
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, bytes) -> assertThat(found.get(name)).as(name).isEqualTo(bytes));

    // Writing the snapshot does not change the steps either.
    still.steps(training.steps - 30);
    training.step();
    still.step();
    assertThat(Arrays.deepEquals(numbers(training), numbers(still))).isTrue();
  }

  @Test
  void thereIsOneSnapshotAtATime() {
    Training training = new Training(OptimizerKind.ADAM, 0, Precision.FLOAT32);
    NamedState state = training.optimizer.state();
    try (Snapshot open = training.optimizer.snapshot()) {
      assertThat(open.isOpen()).isTrue();
      assertThatThrownBy(training.optimizer::snapshot)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the last snapshot must be closed, got an open one");
      assertThatThrownBy(() -> training.optimizer.restore(state))
          .isInstanceOf(IllegalStateException.class);
    }
    training.optimizer.snapshot().close();
    training.optimizer.restore(state);
  }
}
