package io.destine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.Components;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.Precision;
import io.destine.config.WideConfig;
import io.destine.config.WideOptimizer;
import io.destine.feature.FieldLayout;
import io.destine.param.Gradient;
import io.destine.param.NamedState;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.testing.Full;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OptimizerTest {
  private static final int ROWS = 7;
  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction().embeddingDim(3).layers(0).wide(true).build(),
          FieldLayout.ofIds(2));
  private final CounterRandom random = CounterRandom.of(11, Purpose.SPLIT);
  private long position;

  private Parameters parameters(Precision precision) {
    return Parameters.initial(LAYOUT, precision, ROWS, 5);
  }

  private Gradient gradient(int... ids) {
    double[] embedding = new double[ids.length * 3];
    double[] wide = new double[ids.length];
    Arrays.setAll(embedding, i -> random.gaussian(position++));
    Arrays.setAll(wide, i -> random.gaussian(position++));
    return new Gradient(
        new double[] {random.gaussian(position++)}, new double[0], ids, embedding, wide, 1, 4, 4);
  }

  private static OptimizerConfig config(OptimizerKind kind, double l2, double clip) {
    return Components.with(OptimizerConfig.of(kind, 0.1).withEmbeddingL2(l2), "clipNorm", clip);
  }

  private static double[] row(Parameters p, int id) {
    double[] row = new double[3];
    p.embedding().read(id, row, 0);
    return row;
  }

  @Test
  void sgdSubtractsRateTimesMeanGradient() {
    Parameters p = parameters(Precision.FLOAT64);
    double[] before = row(p, 4);
    Gradient g = gradient(1, 4);
    Optimizers.create(config(OptimizerKind.SGD, 0, 0), p).step(g, 0.5);
    for (int i = 0; i < 3; i++) {
      assertThat(row(p, 4)[i]).isCloseTo(before[i] - 0.5 * g.embedding()[3 + i] / 4, within(1e-15));
    }
  }

  /** running = 0.9 running + 0.1 batch, from mean 0 and variance 1; sums are over 4 rows. */
  @ParameterizedTest
  @EnumSource(OptimizerKind.class)
  void runningStatisticsMoveATenthOfTheWayToThoseOfTheStep(OptimizerKind kind) {
    ParameterLayout layout =
        ParameterLayout.of(
            ModelConfig.interaction()
                .embeddingDim(1)
                .layers(0)
                .deep(List.of(2))
                .batchNorm(true)
                .build(),
            FieldLayout.ofIds(1));
    Parameters p = Parameters.initial(layout, Precision.FLOAT64, 1, 5);
    double[] sums = {8, -4, 12, 20};
    Gradient gradient =
        new Gradient(
            new double[layout.denseSize()],
            sums,
            new int[0],
            new double[0],
            new double[0],
            1,
            9,
            4);
    StatefulOptimizer optimizer = Optimizers.create(config(kind, 0, 0), p);
    optimizer.step(gradient, 0.1);
    assertThat(p.statistics()).containsExactly(new double[] {0.2, -0.1, 1.2, 1.4}, within(1e-15));
    optimizer.step(gradient, 0.1);
    assertThat(p.statistics())
        .containsExactly(new double[] {0.38, -0.19, 1.38, 1.76}, within(1e-15));
  }

  @Test
  void untouchedRowsKeepTheirBitsWithoutDecay() {
    Parameters p = parameters(Precision.FLOAT32);
    double[] before = row(p, 0);
    StatefulOptimizer adam = Optimizers.create(config(OptimizerKind.ADAM, 0, 0), p);
    for (int s = 0; s < 5; s++) {
      adam.step(gradient(1, 2, 6), 0.1);
    }
    adam.catchUp();
    assertThat(row(p, 0)).isEqualTo(before);
    assertThat(row(p, 1)).isNotEqualTo(before);
  }

  /**
   * The oracle updates every row in every step: rows that are not in the batch get a gradient of
   * zero plus the penalty.
   */
  @ParameterizedTest
  @CsvSource({
    "SGD, 0.02, SAME, 0",
    "ADAGRAD, 0.02, SAME, 0",
    "ADAM, 0.02, SAME, 0",
    "ADAM, 0.02, SAME, 0.05",
    "ADAM, 0.02, ADAGRAD, 0.05",
    "SGD, 0, ADAGRAD, 0.05"
  })
  void lazyDecayHasTheBitsOfMovingEveryRowInEveryStep(
      OptimizerKind kind, double l2, WideOptimizer wide, double wideL2) {
    OptimizerConfig config =
        Components.with(config(kind, l2, 0), "wide", new WideConfig(wide, 0, 0, wideL2));
    for (Precision precision : Precision.values()) {
      Parameters lazy = parameters(precision);
      Parameters eager = parameters(precision);
      Optimizer lazyOptimizer = Optimizers.create(config, lazy);
      Optimizer eagerOptimizer = Optimizers.create(config, eager);
      for (int step = 0; step < 40; step++) {
        Gradient g = gradient(step % 3, 3 + step % 2);
        double rate = step < 20 ? 0.1 : 0.01;
        lazyOptimizer.step(g, rate);
        eagerOptimizer.step(overAllRows(g, ROWS), rate);
        if (step == 25) {
          lazyOptimizer.catchUp();
        }
      }
      lazyOptimizer.catchUp();
      if (wideL2 == 0) {
        for (int id = 0; id < ROWS; id++) {
          assertThat(row(lazy, id)).as(kind + " row " + id).isEqualTo(row(eager, id));
        }
      } else if (l2 == 0) {
        assertThat(wide(lazy)).isEqualTo(wide(eager));
      } else {
        assertThat(numbers(lazy)).isEqualTo(numbers(eager));
      }
      assertThat(lazy.dense()).isEqualTo(eager.dense());
    }
  }

  private static double[] wide(Parameters p) {
    double[] weights = new double[ROWS];
    for (int id = 0; id < ROWS; id++) {
      p.wide().read(id, weights, id);
    }
    return weights;
  }

  private static Gradient overAllRows(Gradient g, int rows) {
    int[] ids = new int[rows];
    double[] embedding = new double[rows * 3];
    double[] wide = new double[rows];
    for (int id = 0; id < rows; id++) {
      ids[id] = id;
      int k = Arrays.binarySearch(g.ids(), id);
      if (k >= 0) {
        System.arraycopy(g.embedding(), 3 * k, embedding, 3 * id, 3);
        wide[id] = g.wide()[k];
      }
    }
    return new Gradient(
        g.dense(), g.statistics(), ids, embedding, wide, g.loss(), g.weight(), g.rows());
  }

  @Test
  void decayShrinksUntouchedRowsByTheClosedForm() {
    Parameters p = parameters(Precision.FLOAT64);
    double[] before = row(p, 6);
    StatefulOptimizer sgd = Optimizers.create(config(OptimizerKind.SGD, 0.5, 0), p);
    for (int s = 0; s < 10; s++) {
      sgd.step(gradient(1), 0.1);
    }
    sgd.catchUp();
    for (int i = 0; i < 3; i++) {
      assertThat(row(p, 6)[i]).isCloseTo(before[i] * Math.pow(1 - 0.1 * 0.5, 10), within(1e-15));
    }
  }

  /**
   * A weight of FTRL minimises sum g w + 1 / 2 sum s (w - w_t)^2 + l1 |w| + (l2 + 1 / rate) / 2 w^2
   * over the steps t so far, where s = (sqrt(n + g^2) - sqrt(n)) / rate.
   */
  @ParameterizedTest
  @CsvSource({"0, 0", "0, 3", "0.4, 0", "0.4, 3"})
  void ftrlMinimisesTheRegularisedLossOfAllSteps(double l1, double l2) {
    double rate = 0.2;
    WideConfig wide = new WideConfig(WideOptimizer.FTRL, rate, l1, l2);
    Parameters p = parameters(Precision.FLOAT64);
    StatefulOptimizer ftrl =
        Optimizers.create(Components.with(config(OptimizerKind.ADAM, 0, 0), "wide", wide), p);
    double sum = 0;
    double squares = 0;
    double curvature = l2 + 1 / rate;
    double pull = 0;
    for (int step = 0; step < 12; step++) {
      Gradient gradient = gradient(1, 4);
      double g = gradient.wide()[1] / 4;
      double weight = wide(p)[4];
      double s = (Math.sqrt(squares + g * g) - Math.sqrt(squares)) / rate;
      sum += g;
      squares += g * g;
      curvature += s;
      pull += s * weight;
      ftrl.step(gradient, 0.1);
      double slope = sum - pull;
      double smooth = curvature;
      DoubleUnaryOperator loss = w -> slope * w + smooth / 2 * w * w + l1 * Math.abs(w);
      double found = wide(p)[4];
      double next = Math.max(Math.abs(found), 0.01) * 1e-3;
      assertThat(loss.applyAsDouble(found)).isLessThan(loss.applyAsDouble(found + next));
      assertThat(loss.applyAsDouble(found)).isLessThan(loss.applyAsDouble(found - next));
      if (Math.abs(slope) <= l1) {
        assertThat(found).isZero();
      }
    }
    assertThat(wide(p)[0]).isZero();
  }

  /** A weight of the initial model stays unchanged while gradients are negligible. */
  @Test
  void ftrlGoesOnFromTheWeightsOfAModel() {
    WideConfig wide = new WideConfig(WideOptimizer.FTRL, 0, 0.1, 0.2);
    Parameters p = parameters(Precision.FLOAT64);
    p.wide().write(4, new double[] {-0.7}, 0);
    StatefulOptimizer ftrl =
        Optimizers.create(Components.with(config(OptimizerKind.ADAM, 0, 0), "wide", wide), p);
    ftrl.step(wideOfRowFour(1e-9), 0.1);
    assertThat(wide(p)[4]).isCloseTo(-0.7, within(1e-8)).isNotEqualTo(-0.7);
  }

  private static Gradient wideOfRowFour(double gradient) {
    return new Gradient(
        new double[1],
        new double[0],
        new int[] {4},
        new double[3],
        new double[] {gradient},
        1,
        4,
        4);
  }

  @Test
  void aChangeOfTheRateOrADecayIsNotUndoneByTheNextStepOfFtrl() {
    WideConfig wide = new WideConfig(WideOptimizer.FTRL, 0, 0.1, 0.2);
    Parameters p = parameters(Precision.FLOAT64);
    StatefulOptimizer ftrl =
        Optimizers.create(Components.with(config(OptimizerKind.ADAM, 0, 0), "wide", wide), p);
    for (int step = 0; step < 20; step++) {
      ftrl.step(wideOfRowFour(-3), 0.1);
    }
    double reached = wide(p)[4];
    assertThat(reached).isGreaterThan(0.1);
    for (double rate : new double[] {0.05, 0.001, 0.4}) {
      ftrl.step(wideOfRowFour(1e-9), rate);
      assertThat(wide(p)[4]).isCloseTo(reached, within(1e-7));
    }
    p.wide().write(4, new double[] {reached / 2}, 0);
    ftrl.step(wideOfRowFour(1e-9), 0.1);
    assertThat(wide(p)[4]).isCloseTo(reached / 2, within(1e-7));
  }

  @Test
  void theWidePartHasARateOfItsOwnThatFollowsTheSchedule() {
    Parameters p = parameters(Precision.FLOAT64);
    WideConfig wide = new WideConfig(WideOptimizer.SAME, 0.4, 0, 0);
    Gradient g = gradient(1, 4);
    Optimizers.create(Components.with(config(OptimizerKind.SGD, 0, 0), "wide", wide), p)
        .step(g, 0.05);
    assertThat(wide(p)[4]).isCloseTo(-0.2 * g.wide()[1] / 4, within(1e-15));
  }

  @Test
  void theNetworksPenaltyMovesItsWeightsAndNoBiases() {
    ParameterLayout layout =
        ParameterLayout.of(
            ModelConfig.interaction().embeddingDim(2).layers(1).deep(List.of(2)).build(),
            FieldLayout.ofIds(2));
    Parameters p = Parameters.initial(layout, Precision.FLOAT64, 3, 5);
    double[] before = p.dense().clone();
    Gradient none =
        new Gradient(
            new double[layout.denseSize()],
            new double[0],
            new int[0],
            new double[0],
            new double[0],
            1,
            4,
            4);
    OptimizerConfig config = Components.with(config(OptimizerKind.SGD, 0, 0), "networkL2", 0.3);
    Optimizers.create(config, p).step(none, 0.5);
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      double factor = tensor.name().endsWith("bias") ? 1 : 0.85;
      for (int i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
        assertThat(p.dense()[i]).as(tensor.name()).isCloseTo(factor * before[i], within(1e-15));
      }
    }
  }

  @Test
  void clippingScalesTheWholeGradientToTheLargestNorm() {
    Parameters clipped = parameters(Precision.FLOAT64);
    Parameters scaled = parameters(Precision.FLOAT64);
    Gradient g = gradient(0, 5);
    double sum = 0;
    for (double[] part : new double[][] {g.dense(), g.embedding(), g.wide()}) {
      for (double x : part) {
        sum += x * x;
      }
    }
    double norm = Math.sqrt(sum) / 4;
    Optimizers.create(config(OptimizerKind.SGD, 0, norm / 10), clipped).step(g, 0.1);
    Optimizers.create(config(OptimizerKind.SGD, 0, 0), scaled).step(g, 0.01);
    assertThat(row(clipped, 5)).usingComparatorWithPrecision(1e-15).containsExactly(row(scaled, 5));
    assertThat(clipped.dense()[0]).isCloseTo(scaled.dense()[0], within(1e-15));
  }

  @ParameterizedTest
  @CsvSource({"SGD, SAME", "ADAGRAD, FTRL", "ADAM, SAME", "ADAM, FTRL", "SGD, ADAGRAD"})
  void savedStateGoesOnInTheSameBits(OptimizerKind kind, WideOptimizer wide) {
    Parameters straight = parameters(Precision.FLOAT32);
    Parameters resumed = parameters(Precision.FLOAT32);
    OptimizerConfig config =
        Components.with(config(kind, 0.02, 0), "wide", new WideConfig(wide, 0, 0, 0.01));
    StatefulOptimizer one = Optimizers.create(config, straight);
    StatefulOptimizer two = Optimizers.create(config, resumed);
    Gradient[] gradients = new Gradient[12];
    Arrays.setAll(gradients, s -> gradient(s % 4, 4 + s % 3));
    for (int s = 0; s < 12; s++) {
      one.step(gradients[s], 0.1);
      if (s == 6) {
        StatefulOptimizer next = Optimizers.create(config, resumed);
        next.restore(two.state());
        two = next;
      }
      two.step(gradients[s], 0.1);
    }
    one.catchUp();
    two.catchUp();
    assertThat(numbers(resumed)).isEqualTo(numbers(straight));
    assertThat(two.steps()).isEqualTo(12);
  }

  @Test
  void refusesTheStateOfAnotherOptimizer() {
    StatefulOptimizer adam =
        Optimizers.create(config(OptimizerKind.ADAM, 0, 0), parameters(Precision.FLOAT32));
    StatefulOptimizer sgd =
        Optimizers.create(config(OptimizerKind.SGD, 0, 0), parameters(Precision.FLOAT32));
    assertThatThrownBy(() -> adam.restore(sgd.state()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("dense.first_moment");
  }

  /** The oracle computes one number at a time, with the operations in the order of the formulas. */
  @Test
  void manyRowsMoveByTheFormulaForAnyNumberOfThreads() {
    // Threads share the work from 4096 rows on.
    int rows = Full.Tier.size("rows of OptimizerTest", 9000, 4500);
    double root = Math.sqrt(1 - StrictMath.pow(0.999, 1));
    double stepSize = 0.1 / (1 - StrictMath.pow(0.9, 1));
    for (int threads : new int[] {1, 2, 5}) {
      Parameters p = Parameters.initial(LAYOUT, Precision.FLOAT32, 2 * rows, 5);
      Parameters before = Parameters.initial(LAYOUT, Precision.FLOAT32, 2 * rows, 5);
      int[] ids = new int[rows];
      Arrays.setAll(ids, k -> 2 * k);
      Gradient g = gradient(ids);
      OptimizerConfig config = OptimizerConfig.of(OptimizerKind.ADAM, 0.1);
      Optimizers.create(config, p, threads).step(g, 0.1);
      for (int k = 0; k < rows; k++) {
        double[] expected = row(before, 2 * k);
        for (int i = 0; i < 3; i++) {
          double mean = g.embedding()[3 * k + i] * 0.25;
          double m = 0.9 * 0 + (1 - 0.9) * mean;
          double v = 0.999 * 0 + (1 - 0.999) * mean * mean;
          expected[i] = (float) (expected[i] - stepSize * m / (Math.sqrt(v) / root + 1e-8 / root));
        }
        assertThat(row(p, 2 * k)).as("row " + 2 * k).isEqualTo(expected);
        assertThat(row(p, 2 * k + 1)).isEqualTo(row(before, 2 * k + 1));
      }
    }
  }

  /**
   * Rows of a block have skipped different numbers of steps; some are zero from the start, and a
   * learning rate of 1 / decay sets rows without a gradient to zero with SGD.
   */
  @ParameterizedTest
  @EnumSource(OptimizerKind.class)
  void blocksOfLateRowsHaveTheBitsOfMovingEveryRowInEveryStep(OptimizerKind kind) {
    int rows = 700;
    OptimizerConfig config = OptimizerConfig.of(kind, 0.1).withEmbeddingL2(0.5);
    for (Precision precision : Precision.values()) {
      Parameters lazy = Parameters.initial(LAYOUT, precision, rows, 5);
      for (int id = 0; id < rows; id += 3) {
        lazy.embedding().write(id, new double[3], 0);
      }
      Parameters eager = Parameters.initial(LAYOUT, precision, rows, 5);
      eager.set(lazy);
      Optimizer lazyOptimizer = Optimizers.create(config, lazy);
      Optimizer eagerOptimizer = Optimizers.create(config, eager);
      for (int step = 0; step < 30; step++) {
        int chosen = step;
        int[] ids =
            IntStream.range(0, rows)
                .filter(id -> random.below(9, chosen * 1000L + id) == 0)
                .toArray();
        Gradient g = gradient(ids);
        double rate = step % 10 == 7 ? 2 : 0.05;
        lazyOptimizer.catchUp(ids);
        for (int id : ids) {
          assertThat(row(lazy, id)).as(kind + " row " + id).isEqualTo(row(eager, id));
        }
        lazyOptimizer.step(g, rate);
        eagerOptimizer.step(overAllRows(g, rows), rate);
      }
      lazyOptimizer.catchUp();
      for (int id = 0; id < rows; id++) {
        assertThat(row(lazy, id)).as(kind + " row " + id).isEqualTo(row(eager, id));
      }
    }
  }

  /**
   * Four threads bring rows up to date for the next step; some rows are requested by two threads,
   * some by all four.
   */
  @Test
  void severalThreadsBringRowsUpToDateAtOnce() throws InterruptedException, ExecutionException {
    int rows = 3000;
    int threads = 4;
    OptimizerConfig config = config(OptimizerKind.ADAM, 0.02, 0).withAverage(1);
    Parameters lazy = Parameters.initial(LAYOUT, Precision.FLOAT32, rows, 5);
    Parameters eager = Parameters.initial(LAYOUT, Precision.FLOAT32, rows, 5);
    Optimizer lazyOptimizer = Optimizers.create(config, lazy);
    Optimizer eagerOptimizer = Optimizers.create(config, eager);
    lazyOptimizer.averageOver(3, 2);
    eagerOptimizer.averageOver(3, 2);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int step = 0; step < 60; step++) {
        int chosen = step;
        List<Future<?>> asked = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
          int thread = t;
          int[] ids =
              IntStream.range(0, 2 * rows)
                  .map(k -> random.below(rows, chosen * 10_000L + k * (thread % 2 + 1)))
                  .limit(rows)
                  .toArray();
          asked.add(
              pool.submit(
                  () -> {
                    lazyOptimizer.catchUp(ids);
                    for (int id : ids) {
                      assertThat(row(lazy, id)).isEqualTo(row(eager, id));
                    }
                  }));
        }
        for (Future<?> each : asked) {
          each.get();
        }
        Gradient g = gradient(IntStream.range(0, rows / 7).map(k -> 7 * k).toArray());
        lazyOptimizer.step(g, 0.05);
        eagerOptimizer.step(g, 0.05);
        eagerOptimizer.catchUp();
      }
    } finally {
      pool.shutdownNow();
    }
    lazyOptimizer.exchangeAverage();
    eagerOptimizer.exchangeAverage();
    for (int id = 0; id < rows; id++) {
      assertThat(row(lazy, id)).as("average of row " + id).isEqualTo(row(eager, id));
    }
  }

  /**
   * The oracle updates every row in every step and averages the parameters after each stride: the
   * mean of all samples up to the horizon, then 1 / horizon for each new sample.
   */
  @ParameterizedTest
  @CsvSource({
    "SGD, 0, 8, 1",
    "ADAM, 0, 8, 1",
    "ADAM, 0.02, 8, 1",
    "ADAGRAD, 0.02, 1, 1",
    "ADAM, 0, 1000, 1",
    "ADAM, 0, 3, 4",
    "ADAM, 0.02, 3, 4",
    "SGD, 0, 2, 7"
  })
  void theAverageIsThatOfTheParametersAfterEachSample(
      OptimizerKind kind, double l2, int horizon, int stride) {
    for (Precision precision : Precision.values()) {
      Parameters lazy = parameters(precision);
      Parameters eager = parameters(precision);
      StatefulOptimizer averaging = Optimizers.create(config(kind, l2, 0).withAverage(1), lazy);
      averaging.averageOver(horizon, stride);
      StatefulOptimizer plain = Optimizers.create(config(kind, l2, 0), eager);
      double[] expected = new double[ROWS * 4 + 1];
      for (int step = 1; step <= 30; step++) {
        Gradient g = gradient(step % 3, 3 + step % 2);
        averaging.step(g, 0.1);
        plain.step(g, 0.1);
        plain.catchUp();
        double share = step % stride == 0 ? 1.0 / Math.min(step / stride, horizon) : 0;
        double[] now = numbers(eager);
        for (int i = 0; i < now.length; i++) {
          expected[i] += share * (now[i] - expected[i]);
        }
        if (step == 11) {
          // An evaluation in between.
          averaging.exchangeAverage();
          averaging.exchangeAverage();
        }
      }
      averaging.catchUp();
      assertThat(numbers(lazy)).isEqualTo(numbers(eager));
      double[] before = numbers(lazy);
      averaging.exchangeAverage();
      double tolerance = precision == Precision.FLOAT64 ? 1e-14 : 2e-6;
      assertThat(numbers(lazy)).usingComparatorWithPrecision(tolerance).containsExactly(expected);
      averaging.exchangeAverage();
      assertThat(numbers(lazy)).isEqualTo(before);
    }
  }

  private static double[] numbers(Parameters p) {
    double[] numbers = new double[ROWS * 4 + 1];
    for (int id = 0; id < ROWS; id++) {
      p.embedding().read(id, numbers, 4 * id);
      p.wide().read(id, numbers, 4 * id + 3);
    }
    numbers[4 * ROWS] = p.dense()[0];
    return numbers;
  }

  /** A checkpoint changes no bit of the average, whether the training goes on or is resumed. */
  @ParameterizedTest
  @CsvSource({"0, 5, 1", "0.02, 5, 1", "0, 100, 1", "0, 2, 4", "0.02, 2, 4"})
  void aSavedAverageGoesOnInTheSameBits(double l2, int horizon, int stride) {
    OptimizerConfig config = config(OptimizerKind.ADAM, l2, 0).withAverage(1);
    Parameters straight = parameters(Precision.FLOAT32);
    Parameters resumed = parameters(Precision.FLOAT32);
    StatefulOptimizer one = Optimizers.create(config, straight);
    StatefulOptimizer two = Optimizers.create(config, resumed);
    one.averageOver(horizon, stride);
    two.averageOver(horizon, stride);
    Gradient[] gradients = new Gradient[24];
    Arrays.setAll(gradients, s -> gradient(s % 4, 4 + s % 3));
    for (int s = 0; s < 24; s++) {
      one.step(gradients[s], 0.1);
      if (s == 6 || s == 17) {
        StatefulOptimizer next = Optimizers.create(config, resumed);
        next.restore(two.state());
        two = next;
        two.averageOver(horizon, stride);
      }
      two.step(gradients[s], 0.1);
    }
    one.exchangeAverage();
    two.exchangeAverage();
    assertThat(numbers(resumed)).isEqualTo(numbers(straight));
    ParameterAverage.set(straight, one.state());
    two.exchangeAverage();
    assertThat(numbers(straight)).isEqualTo(numbers(resumed));
  }

  /** A run that continues a published model averages only its own steps. */
  @Test
  void anAverageBeginsAnewWithoutASavedOne() {
    OptimizerConfig config = config(OptimizerKind.SGD, 0, 0).withAverage(1);
    Parameters p = parameters(Precision.FLOAT64);
    StatefulOptimizer first = Optimizers.create(config, p);
    first.averageOver(4, 1);
    for (int s = 0; s < 9; s++) {
      first.step(gradient(1, 2), 0.1);
    }
    NamedState published = ParameterAverage.without(first.state());
    assertThat(published.arrays()).hasSize(0);
    assertThat(published.tables()).isEmpty();
    StatefulOptimizer next = Optimizers.create(config, p);
    next.restore(published);
    next.averageOver(4, 1);
    next.step(gradient(1, 3), 0.1);
    double[] after = numbers(p);
    next.exchangeAverage();
    assertThat(numbers(p)).usingComparatorWithPrecision(1e-15).containsExactly(after);
  }
}
