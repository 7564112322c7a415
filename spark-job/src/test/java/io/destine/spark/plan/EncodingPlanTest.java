package io.destine.spark.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.ModelConfig;
import io.destine.config.OptimizerKind;
import io.destine.feature.FieldLayout;
import io.destine.spark.conf.TableOwner;
import io.destine.spark.encode.EncodingHeap;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Expected values are measured in a separate JVM or computed by hand. */
class EncodingPlanTest {
  private static final long MIB = MemoryPlan.MIB;

  private static EncodingPlan plan(int fields, long rows, long values) {
    return plan(fields, rows, values, 16);
  }

  private static EncodingPlan plan(int fields, long rows, long values, double valueBytes) {
    ModelConfig model = ModelConfig.interaction().embeddingDim(4).layers(0).wide(true).build();
    return new EncodingPlan(
        new Workload(
            model,
            FieldLayout.ofIds(fields),
            MemoryPlanTest.train(64, OptimizerKind.ADAM, 0),
            Math.max(1, values),
            rows,
            3,
            false,
            false,
            2,
            0.5,
            2,
            2,
            TableOwner.DRIVER),
        values,
        valueBytes);
  }

  /** The number in the given line of the output of a measuring process. */
  private static long measured(String what, String line) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                // Others give an array of many megabytes whole regions.
                "-XX:+UseSerialGC",
                "--add-modules=jdk.incubator.vector",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                EncodingHeap.class.getName(),
                what)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output
        .lines()
        .filter(each -> each.startsWith(line + " "))
        .mapToLong(each -> Long.parseLong(each.substring(line.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  private static void assertPlanned(long measured, long planned) {
    assertThat(measured).isCloseTo(planned, within(planned / 50 + MIB / 2));
  }

  @Full
  @Test
  void aVocabularyTakesThePlannedShareOfAScoringHeap() throws Exception {
    long planned = plan(1, 1000, EncodingHeap.KNOWN).vocabularyBytes();
    assertPlanned(measured("vocabulary", "live"), planned);
  }

  /**
   * The chunk passes its limit with 131,073 rows, when its tables have grown to 88 bytes a value;
   * had they grown at the limit itself, there would be 143,396 values of each field.
   */
  @Full
  @Test
  void aChunkIsNoLargerThanPlannedWhenAllItsTablesGrowAtItsLimit() throws Exception {
    long planned = plan(EncodingHeap.FIELDS, 10_000_000, 100_000_000).chunkBytes();
    long tables = 88L * EncodingHeap.FIELDS * (1 << 17);
    long atTheLimit = 88 * (64 * MIB) / 36;
    assertPlanned(measured("chunk", "live"), planned - (atTheLimit - tables));
  }

  /** Its slots, 2^20 of them, are not needed any more when ids are given. */
  @Full
  @Test
  void aShardInAllItsFormsIsAsLargeAsPlanned() throws Exception {
    long slots = 4 * (1 << 20);
    long planned =
        plan(EncodingHeap.FIELDS, 10_000_000, 10_000_000, EncodingHeap.SHARD_VALUE).shardBytes();
    assertPlanned(measured("shard", "live"), planned - slots);
  }

  @Test
  void packedRowsAreAsLargeAsPlanned() throws Exception {
    assertPlanned(
        measured("rows", "live"), plan(EncodingHeap.FIELDS, 10_000_000, 1000).rowsBytes());
  }

  /** The plan keeps its first ids and the ends, and the classes of the counts. */
  @Test
  void planningIdsTakesThePlannedBytesOfTheDriver() throws Exception {
    long classes = (long) EncodingHeap.CLASSES * EncodingHeap.SHARDS;
    long planned = plan(EncodingHeap.FIELDS, Long.MAX_VALUE / 1000, classes).driverBytes();
    assertPlanned(measured("plan", "live"), (8 + 4 + 4 + 4) * classes);
    assertPlanned(measured("plan", "allocated") + (8 + 4) * classes, planned);
  }

  /**
   * The most classes that rows can have: in each shard values of 1, 2, ..., k rows, k (k + 1) / 2
   * rows together.
   */
  @Test
  void noFieldHasMoreClassesThanItsRowsAllow() {
    int k = 400;
    long rows = 1024L * k * (k + 1) / 2;
    assertThat(plan(1, rows, Integer.MAX_VALUE).classes()).isBetween(1024L * k, 1024L * (k + 1));
    assertThat(plan(3, rows, Integer.MAX_VALUE).classes())
        .isBetween(3 * 1024L * k, 3 * 1024L * (k + 1));
    assertThat(plan(3, rows, 5000).classes()).as("a value is of one class").isEqualTo(5000);
  }

  /** 1,000 rows of 2 values of 16 bytes, none of them twice. */
  @Test
  void aSmallTableAddsUpByHand() {
    EncodingPlan plan = plan(2, 1000, 1500);
    assertThat(plan.vocabularyBytes()).isEqualTo(1500 * 2);
    assertThat(plan.mappedBytes()).isEqualTo(1500 * (2 + 4 + 4 + 16));
    // Rows: hash, label, date, key, two places; 1,024 of them.
    assertThat(plan.chunkBytes()).isEqualTo(2000 * 88 + 1024 * (8 + 1 + 4 + 8 + 8));
    // 2,048 places, 4,096 slots; 2,000 values in order, with ids, in the file and the packet.
    assertThat(plan.shardBytes())
        .isEqualTo(2048 * 38 + 4096 * 4 + 2000 * (9 + (22 + 16) + (12 + 16) + 2 * 16));
    assertThat(plan.rowsBytes()).isEqualTo(1000 * (13 + 8) + 1024 * 20);
    assertThat(plan.driverBytes()).isEqualTo(60 * 1500);
    assertThat(plan.executorBytes()).isEqualTo(2 * plan.taskBytes() + 32 * 1500);
    // Tables of 5 floats a row and the output's bias.
    assertThat(plan.scorerBytes()).isEqualTo(1500 * 20 + 8 + 1500 * 2);
    assertThat(plan.taskBytes())
        .isEqualTo(
            Arrays.stream(new long[] {plan.chunkBytes(), plan.shardBytes(), plan.rowsBytes()})
                .max()
                .orElseThrow());
  }

  @Test
  void sizesThatCannotBeAreRefused() {
    assertThatThrownBy(() -> plan(1, 1, 1, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--value-bytes must be from 0 to 1e6, got -1.0");
  }
}
