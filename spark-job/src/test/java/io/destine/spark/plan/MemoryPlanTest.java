package io.destine.spark.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelWriter;
import io.destine.config.CalibrationMethod;
import io.destine.config.Metric;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.RateScaling;
import io.destine.config.Schedule;
import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.model.Destine;
import io.destine.optim.Optimizers;
import io.destine.optim.StatefulOptimizer;
import io.destine.param.Parameters;
import io.destine.spark.conf.TableOwner;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Expected values are the sums of sizes of arrays, by hand, or measured. */
class MemoryPlanTest {
  /** Embeddings of 4 numbers, a first-order weight, and the output's bias as the only dense one. */
  private static final ModelConfig MODEL =
      ModelConfig.interaction().embeddingDim(4).layers(0).wide(true).build();

  static TrainConfig train(int batch, OptimizerKind kind, double l2) {
    OptimizerConfig optimizer = OptimizerConfig.of(kind, 0.001).withEmbeddingL2(l2);
    return new TrainConfig(
        batch,
        1,
        1,
        16,
        Schedule.PLATEAU,
        RateScaling.NONE,
        0.1,
        2,
        Metric.AUC,
        CalibrationMethod.NONE,
        optimizer);
  }

  private static MemoryPlan plan(TrainConfig train, long vocabulary, long rows) {
    return new MemoryPlan(work(train, vocabulary, rows, TableOwner.DRIVER));
  }

  private static Workload work(TrainConfig train, long vocabulary, long rows, TableOwner owners) {
    return new Workload(
        MODEL,
        FieldLayout.ofIds(3),
        train,
        vocabulary,
        rows,
        3,
        false,
        false,
        2,
        0.5,
        2,
        2,
        owners);
  }

  @Test
  void aSmallTrainingAddsUpByHand() {
    MemoryPlan plan = plan(train(64, OptimizerKind.ADAM, 0), 1000, 10_000);
    assertThat(plan.tableBytes()).isEqualTo(1000 * 5 * 4);
    assertThat(plan.parameterBytes()).isEqualTo(20_000 + 8);
    assertThat(plan.optimizerBytes()).isEqualTo(2 * 20_000 + 3 * 8);
    assertThat(plan.tasks()).isEqualTo(2);
    // 32 rows of 3 ids; an id and 5 floats each; the bias.
    assertThat(plan.fetchBytes()).isEqualTo(96 * 24 + 4);
    // The same; an id and 5 longs each; the bias.
    assertThat(plan.taskGradientBytes()).isEqualTo(96 * 44 + 8);
    assertThat(plan.stepGradientBytes()).isEqualTo(2 * 4232);
    // All table rows, since 5,000 rows use 15,000 ids: an id and 5 floats each.
    assertThat(plan.scoringBytes()).isEqualTo(1000 * 24);
    // Three ids, a label, a place in the epoch's order.
    assertThat(plan.encodedBytes()).isEqualTo(10_000 * 20);
    // While a checkpoint is written, tables of less than 64 MiB may be there twice.
    assertThat(plan.snapshotBytes()).isEqualTo(3 * 20_000);
    assertThat(plan.driverBytes())
        .isEqualTo(20_008 + 40_024 + 60_000 + 2 * 2308 + 2 * 4232 + 2 * (192 * 44 + 8));
    // Scoring takes more than the step: two copies of 2,308 bytes, two gradients of two threads.
    assertThat(2 * 2308 + 2 * 2 * (48 * 44 + 8)).isLessThan(24_000);
    assertThat(plan.executorBytes()).isEqualTo(100_000 + 24_000 + 8);
    assertThat(plan.modelBytes()).isEqualTo(3 * 20_000 + 4 + 2 * 8);
    // Served, two checkpoints, the best one, one being written.
    assertThat(plan.storageBytes()).isEqualTo(5 * 60_020);
    assertThat(plan.driverMemory()).isEqualTo(1024);
  }

  @Test
  void anAverageIsInMemoryAndInCheckpointsButInNoModel() {
    TrainConfig plain = train(64, OptimizerKind.ADAM, 0);
    MemoryPlan plan = plan(plain.withOptimizer(plain.optimizer().withAverage(1)), 1000, 10_000);
    // A third number of each kind; the step that each row of two tables is up to.
    assertThat(plan.optimizerBytes()).isEqualTo(3 * 20_000 + 4 * 8 + 2 * 4 * 1000);
    assertThat(plan.modelBytes()).isEqualTo(3 * 20_000 + 4 + 2 * 8);
    // In checkpoints such a step has eight bytes.
    assertThat(plan.storageBytes()).isEqualTo(60_020 + 4 * (60_020 + 20_000 + 2 * 8 * 1000 + 8));
    // Tables that small may be there twice, and the steps are made when a checkpoint begins.
    assertThat(plan.snapshotBytes()).isEqualTo(4 * 20_000 + 2 * (2 * 8 * 1000));
  }

  @Test
  void anAveragesCheckpointIsAsLongAsPlanned(@TempDir Path directory) throws IOException {
    int rows = 5000;
    TrainConfig plain = train(64, OptimizerKind.ADAM, 0);
    TrainConfig train = plain.withOptimizer(plain.optimizer().withAverage(1));
    MemoryPlan plan = plan(train, rows, 1);
    // One model, and four checkpoints.
    long planned = (plan.storageBytes() - plan.modelBytes()) / 4;
    assertWritten(directory, train, rows, planned);
  }

  /** The driver has the bias alone; an executor has 5,120 of 10,240 rows, 512 stripes of 10. */
  @Test
  void tablesOfExecutorsAddUpByHand() {
    TrainConfig train = train(64, OptimizerKind.ADAM, 0);
    MemoryPlan plan = new MemoryPlan(work(train, 10_000, 100_000, TableOwner.EXECUTORS));
    assertThat(plan.ownedBytes()).isEqualTo(5120 * 3 * 20);
    assertThat(plan.snapshotBytes()).isZero();
    // The bias; its gradient and two moments; a float and a long for each of two tasks, two sums.
    assertThat(plan.driverBytes()).isEqualTo(8 + 3 * 8 + 2 * (4 + 8) + 2 * 8);
    // Of 96 rows of a task 0.512 are here, 50: an answer, an id and 5 longs each. Of 192, 99.
    assertThat(plan.receivedBytes()).isEqualTo(2 * (50 * 24 + 50 * 44) + 2 * 99 * 44);
    // A share of the rows; all table rows to score with, since 50,000 rows use 150,000 ids.
    assertThat(plan.executorBytes()).isEqualTo(1_000_000 + 307_200 + 240_000 + 8);
    assertThat(plan.parameterBytes()).isEqualTo(200_000 + 8);
    assertThat(plan.storageBytes()).isEqualTo(plan(train, 10_000, 100_000).storageBytes());
  }

  /** A step takes more than scoring when a batch has all rows. */
  @Test
  void anOwnerReceivesTheSumsOfAStep() {
    TrainConfig train = train(1 << 20, OptimizerKind.SGD, 0);
    MemoryPlan plan = new MemoryPlan(work(train, 1 << 20, 1 << 20, TableOwner.EXECUTORS));
    int half = 1 << 19;
    // All 2^20 rows are used by either task; answers of 2^18 bytes, and one more.
    long received = 2L * ((1 << 18) + (1 << 18) + half * 44L) + 2L * half * 44;
    assertThat(plan.receivedBytes()).isEqualTo(received);
    // A thread of a task has 2^18 rows of three ids.
    long step = 2L * ((1 << 20) * 24L + 4) + 2L * 2 * ((3 << 18) * 44L + 8) + received;
    long rows = (1 << 19) * 20L;
    assertThat(plan.executorBytes()).isEqualTo(rows + half * 20L + step + 8);
  }

  /** An average: a third number of each kind, the steps of two tables, of 4 and of 8 bytes. */
  @Test
  void anAverageOfExecutorsHasItsStepsWhileACheckpointIsWritten() {
    TrainConfig plain = train(16, OptimizerKind.SGD, 0);
    TrainConfig train = plain.withOptimizer(plain.optimizer().withAverage(1));
    int rows = 1 << 20;
    MemoryPlan plan = new MemoryPlan(work(train, rows, 1, TableOwner.EXECUTORS));
    long owned = rows / 2 * (2 * 20L + 2 * 4);
    assertThat(plan.ownedBytes()).isEqualTo(owned);
    assertThat(plan.executorBytes()).isEqualTo(20 / 2 + owned + rows / 2 * (2 * 8L) + 8);
  }

  /** Training with one more id would not fit, up to the maximum number of ids. */
  @ParameterizedTest
  @EnumSource(
      value = TableOwner.class,
      names = {"DRIVER", "EXECUTORS"})
  void theLargestVocabularyIsTheLastThatFits(TableOwner owners) {
    TrainConfig train = train(64, OptimizerKind.ADAM, 0);
    Workload work = work(train, 1, 1, owners);
    Heaps heaps = new Heaps(4096, 6144);
    int ids = heaps.largestVocabulary(work, 0, 8);
    assertFits(heaps, work.withVocabulary(ids), true);
    assertFits(heaps, work.withVocabulary(ids + 1), false);
    // Rows of 60 bytes: 1/8 of them twice in the driver; halves of them in two executors.
    double perRow = owners == TableOwner.DRIVER ? 60 * 1.125 : 30;
    long heap = owners == TableOwner.DRIVER ? 4096 : 6144;
    double room = ((heap - 300) / 1.25 - 256) * MemoryPlan.MIB;
    assertThat(ids * perRow / room).isBetween(0.99, 1.001);

    assertThat(new Heaps(512, 512).largestVocabulary(work, 0, 8)).isZero();
    // Places of 1,024 stripes of equal lengths have to be ints, too.
    int most = owners == TableOwner.DRIVER ? Integer.MAX_VALUE : Integer.MAX_VALUE - 1023;
    assertThat(new Heaps(1L << 40, 1L << 40).largestVocabulary(work, 0, 8)).isEqualTo(most);
  }

  private static void assertFits(Heaps heaps, Workload work, boolean expected) {
    MemoryPlan plan = new MemoryPlan(work);
    assertThat(plan.driverMemory() <= heaps.driver() && plan.executorMemory() <= heaps.executor())
        .isEqualTo(expected);
  }

  @Test
  void aPenaltyKeepsTheStepOfEachRow() {
    assertThat(plan(train(64, OptimizerKind.ADAM, 1e-4), 1000, 10_000).optimizerBytes())
        .isEqualTo(40_024 + 4 * 1000);
    assertThat(plan(train(64, OptimizerKind.ADAGRAD, 0), 1000, 10_000).optimizerBytes())
        .isEqualTo(20_000 + 2 * 8);
    assertThat(plan(train(64, OptimizerKind.SGD, 0), 1000, 10_000).optimizerBytes()).isEqualTo(8);
  }

  /** 2^26 table rows of 20 bytes are 1280 MiB. */
  @Test
  void theDriversHeapGrowsWithTheTable() {
    MemoryPlan plan = plan(train(16, OptimizerKind.SGD, 0), 1 << 26, 1);
    assertThat(plan.snapshotBytes()).isEqualTo(160 * MemoryPlan.MIB);
    // 300 + 1.25 (256 + 1280 + 160) MiB and a little: 2420, up to the next 256.
    assertThat(plan.driverMemory()).isEqualTo(10 * 256);
    assertThat(MemoryPlan.overhead(plan.driverMemory())).isEqualTo(1024);
    assertThat(MemoryPlan.overhead(20_480)).isEqualTo(2048);
    // An executor holds no table.
    assertThat(plan.executorMemory()).isEqualTo(1024);
  }

  /** 2^29 bytes of rows on each of two executors, 20 bytes each; half of a heap is theirs. */
  @Test
  void anExecutorsHeapHasRoomForItsRowsInTheirShare() {
    long rows = (1L << 30) / 20;
    assertThat(plan(train(16, OptimizerKind.SGD, 0), 10, rows).executorMemory()).isEqualTo(1280);
    long more = 4 * rows;
    // 300 + 1.25 (256 + 2048) = 3180 MiB would do for what lives there.
    assertThat(plan(train(16, OptimizerKind.SGD, 0), 10, more).executorMemory()).isEqualTo(4096);
  }

  @Test
  void aStepTouchesNoMoreRowsThanThereAre() {
    assertThat(plan(train(1024, OptimizerKind.ADAM, 0), 10, 10_000).fetchBytes())
        .isEqualTo(10 * 24 + 4);
  }

  @Test
  void sizesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> plan(train(64, OptimizerKind.ADAM, 0), 1L << 31, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--vocabulary must be at most 2147483647, got 2147483648");
    assertThatThrownBy(() -> plan(train(64, OptimizerKind.ADAM, 0), 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--rows must be at least 1, got 0");
  }

  /** The largest settings: each figure is of the right size, or the plan is refused. */
  @Test
  void noSizeIsSoLargeThatItTurnsNegative() {
    TrainConfig train = train(64, OptimizerKind.ADAM, 0);
    MemoryPlan all =
        new MemoryPlan(
            new Workload(
                MODEL,
                FieldLayout.ofIds(3),
                train,
                1000,
                1,
                3,
                false,
                false,
                Integer.MAX_VALUE,
                0.5,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                TableOwner.DRIVER));
    // 60,020 bytes of a model, as above: served, 2^31 - 1 checkpoints, the best one, one written.
    assertThat(all.storageBytes()).isEqualTo(60_020 * (2L + (1L << 31)));
    // A task has 4 of 64 rows: their parameters twice, and two gradients of 3 ids for each row. An
    // executor has less than a byte of the rows.
    assertThat(all.executorBytes()).isEqualTo(1 + 2 * (12 * 24 + 4) + 2 * 4 * (3 * 44 + 8) + 8);
    assertThat(all.executorMemory()).isPositive();
    assertThatThrownBy(() -> plan(train, 1000, Long.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the training needs more than 2^63 bytes: choose smaller --rows");
  }

  /** The files hold the planned numbers and headers of less than 4 KiB each. */
  @Test
  void theModelsFilesAreAsLongAsPlanned(@TempDir Path directory) throws IOException {
    int rows = 5000;
    TrainConfig train = train(64, OptimizerKind.ADAM, 1e-4);
    assertWritten(directory, train, rows, plan(train, rows, 1).modelBytes());
  }

  private static void assertWritten(Path directory, TrainConfig train, int rows, long planned)
      throws IOException {
    Destine network = new Destine(MODEL, FieldLayout.ofIds(3));
    Parameters parameters = network.initialParameters(rows, 1);
    StatefulOptimizer optimizer = Optimizers.create(train.optimizer(), parameters);
    new ModelWriter(new LocalModelDirectory(directory))
        .write(Manifest.describe(network), parameters, optimizer.state());
    long written = 0;
    long files = 0;
    try (Stream<Path> all = Files.list(directory)) {
      for (Path file : all.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        written += Files.size(file);
        files++;
      }
    }
    assertThat(written - planned).isBetween(0L, 4096 * files);
  }

  /**
   * What is on the heap of a JVM after collections, with tables so large that nothing else counts.
   * A JVM of its own: in this one Spark's threads allocate and drop megabytes meanwhile.
   */
  @Full(from = 2)
  @ParameterizedTest
  @EnumSource(OptimizerKind.class)
  void parametersOptimiserAndRowsTakeThePlannedShareOfAHeap(OptimizerKind kind)
      throws IOException, InterruptedException {
    MemoryPlan plan =
        new MemoryPlan(
            new Workload(
                LiveHeap.MODEL,
                LiveHeap.FIELDS,
                LiveHeap.train(kind),
                LiveHeap.VOCABULARY,
                LiveHeap.ROWS,
                3,
                false,
                false,
                2,
                0.5,
                2,
                2,
                TableOwner.DRIVER));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx2g",
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                LiveHeap.class.getName(),
                kind.name())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    String[] measured =
        output
            .lines()
            .filter(line -> line.startsWith("live "))
            .findFirst()
            .orElseThrow()
            .split(" ");

    assertPlanned("parameters", measured[1], plan.parameterBytes());
    assertPlanned("optimiser", measured[2], plan.optimizerBytes());
    // The plan adds 4 bytes a row for the epoch's order.
    assertPlanned("rows", measured[3], plan.encodedBytes() - 4L * LiveHeap.ROWS);
  }

  /** Within a hundredth, and a little for what else lives in that JVM. */
  private static void assertPlanned(String what, String measured, long planned) {
    assertThat(Long.parseLong(measured))
        .as(what)
        .isCloseTo(planned, within(planned / 100 + 3 * MemoryPlan.MIB));
  }

  /** A batch has one offset more than its multi fields need; the plan adds the epoch's order. */
  @Test
  void encodedRowsAreAsLargeAsPlanned() {
    int rows = 100;
    long measured = EncodedBatch.ofIds(new int[3 * rows], new float[rows]).bytes();
    assertThat(plan(train(64, OptimizerKind.ADAM, 0), 1000, rows).encodedBytes())
        .isEqualTo(measured - 4 + 4 * rows);
  }
}
