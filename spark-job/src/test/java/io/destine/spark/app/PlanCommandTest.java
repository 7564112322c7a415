package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** plan with the largest settings: figures that are true, or a line that names the setting. */
class PlanCommandTest {
  @TempDir Path directory;

  private CommandRun plan(String... settings) throws IOException {
    return plan(List.of(), settings);
  }

  private CommandRun plan(List<String> options, String... settings) throws IOException {
    Path config = directory.resolve("job.conf");
    Files.writeString(
        config,
        """
        source { path = "%s", format = csv, header = true }
        label = clicked
        fields = [ { name = user } ]
        output.model = "%s"
        """
            .formatted(directory.resolve("clicks.csv"), directory.resolve("model")));
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "plan", "--config", config.toString(), "--rows", "1000", "--vocabulary", "100"));
    arguments.addAll(options);
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }
    return CommandRun.of(arguments.toArray(new String[0]));
  }

  @Test
  void storageOfEveryCheckpointIsNotNegative() throws IOException {
    CommandRun run = plan("checkpoint.keep=2147483647", "train.average=0");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode json = run.json();
    assertThat(json.get("storage_bytes").asLong())
        .isEqualTo((3L + Integer.MAX_VALUE) * json.get("model_bytes").asLong());
    assertThat(run.err()).doesNotContain(" -1", " -2");
  }

  /** 100 ids, of values of 16 bytes, which take 10 more in files and 2 on the heap. */
  @Test
  void valuesInHashBucketsAreNotInTheVocabulary() throws IOException {
    CommandRun all = plan();
    assertThat(all.code()).as(all.err()).isZero();
    assertThat(all.json().get("vocabulary_bytes").asLong()).isEqualTo(100 * 2);
    assertThat(all.json().get("vocabulary_mapped_bytes").asLong()).isEqualTo(100 * 26);
    CommandRun hashed = plan("fields=[ { name = user, hash-buckets = 90 } ]");
    assertThat(hashed.json().get("parameter_bytes")).isEqualTo(all.json().get("parameter_bytes"));
    assertThat(hashed.json().get("vocabulary_bytes").asLong()).isEqualTo(10 * 2);
    assertThat(hashed.json().get("vocabulary_mapped_bytes").asLong()).isEqualTo(10 * 26);
    assertThat(hashed.json().get("encoding_driver_bytes").asLong()).isEqualTo(10 * 60);
    assertThat(hashed.err()).contains("encoding, executor", "predict, executor");

    String table =
        "tables={ item { path = items.csv, format = csv, key = user, fields = [ %s ] } }";
    List<String> rows = List.of("--table-rows", "item=9");
    assertThat(plan(rows, "fields=[user]").errors())
        .containsExactly("error: --table-rows: the configuration has no side tables; leave it out");
    CommandRun ofTable = plan(rows, table.formatted("{ name = maker, hash-buckets = 90 }"));
    assertThat(ofTable.code()).as(ofTable.err()).isZero();
    assertThat(ofTable.json().get("vocabulary_bytes").asLong()).isEqualTo(10 * 2);
  }

  @Test
  void withTheRateOfACoreTheTimeOfAStepIsForetold() throws IOException {
    assertThat(plan().json().has("step")).isFalse();
    List<String> rate = List.of("--rows-per-second", "20000", "--bandwidth", "1");
    CommandRun run = plan(rate, "compute.owners=driver");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode step = run.json().get("step");
    double sum = 0;
    for (String phase : List.of("compute", "fetch", "send", "schedule", "optimise")) {
      sum += step.get(phase + "_ms").asDouble();
    }
    assertThat(sum).isCloseTo(step.get("total_ms").asDouble(), within(0.01));
    // Two executors of four cores, which would do 8 times 20,000 rows.
    assertThat(step.get("efficiency").asDouble())
        .isCloseTo(step.get("rows_per_second").asDouble() / 160_000, within(0.001));
    assertThat(run.err()).contains("predicted step", "parallel efficiency");
    List<String> faster = List.of("--rows-per-second", "20000", "--latency", "0");
    double schedule = plan(faster).json().at("/step/schedule_ms").asDouble();
    faster = Stream.concat(faster.stream(), Stream.of("--core-speed", "2")).toList();
    assertThat(plan(faster).json().at("/step/schedule_ms").asDouble())
        .isCloseTo(schedule / 2, within(0.001));
    CommandRun wrong = plan(List.of("--rows-per-second", "0"));
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.errors()).hasSize(1);
    assertThat(wrong.errors().get(0)).contains("--rows-per-second must be above 0, got 0.0");
  }

  /** The figures of the configured owners come first, those of the other owners second. */
  @Test
  void bothOwnersAreForetold() throws IOException {
    List<String> rate = List.of("--rows-per-second", "20000");
    JsonNode driver = plan(rate, "compute.owners=driver").json();
    CommandRun run = plan(rate, "compute.owners=executors");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode executors = run.json();
    assertThat(driver.get("step").get("owners").asText()).isEqualTo("driver");
    assertThat(executors.get("step").get("owners").asText()).isEqualTo("executors");
    assertThat(executors.get("step")).isEqualTo(driver.get("step_with_other_owners"));
    assertThat(driver.get("step")).isEqualTo(executors.get("step_with_other_owners"));
    assertThat(executors.get("step").has("commit_ms")).isTrue();
    assertThat(run.err().indexOf("owners: executors, limit: "))
        .isBetween(0, run.err().indexOf("owners: driver, limit: "));

    assertThat(executors.get("driver_memory_mib"))
        .isEqualTo(driver.get("memory_with_other_owners").get("driver_memory_mib"));
    assertThat(executors.get("snapshot_bytes").asLong()).isZero();
    assertThat(driver.get("received_bytes").asLong()).isZero();
    assertThat(executors.get("received_bytes").asLong()).isPositive();
    assertThat(plan(rate).json().get("step")).isEqualTo(executors.get("step"));
  }

  /** A row of the tables takes 17 floats, as many for each moment, and more with an average. */
  @Test
  void heapsHaveRoomForALargestVocabulary() throws IOException {
    assertThat(plan().json().has("largest_vocabulary")).isFalse();
    CommandRun run = plan(List.of("--driver-heap", "4", "--executor-heap", "16"));
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode largest = run.json().get("largest_vocabulary");
    long driver = largest.get("driver").asLong();
    long executors = largest.get("executors").asLong();
    assertThat(driver).isBetween(1L, (4L << 30) / (3 * 17 * 4));
    assertThat(executors).isBetween(2 * driver, (2 * 16L << 30) / (3 * 17 * 4));
    assertThat(run.err())
        .contains(
            "largest vocabulary: %,d ids if the driver owns the tables, %,d if executors do"
                .formatted(driver, executors));
    CommandRun alone = plan(List.of("--driver-heap", "4"));
    assertThat(alone.code()).isEqualTo(2);
    assertThat(alone.errors().get(0)).contains("give --driver-heap and --executor-heap together");
    CommandRun none = plan(List.of("--driver-heap", "0", "--executor-heap", "1"));
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.errors().get(0))
        .contains("--driver-heap must be at least 0.001 GiB, got 0 MiB");
  }

  /** A name for the directory that only these settings give it. */
  @Test
  void sizesComeFromADataSetThatNeedsTheSettingsOfSpark() throws IOException {
    Path model = ClickModel.train(directory, "model", "user", "item");
    String link = "spark.hadoop.fs.viewfs.mounttable.plan.link./here";
    System.setProperty(link, directory.toUri().toString());
    try {
      CommandRun run =
          CommandRun.of(
              "plan",
              "--config",
              model + ".conf",
              "--set",
              "output.data=viewfs://plan/here/model.data");
      assertThat(run.code()).as(run.err()).isZero();
      CommandRun plain = CommandRun.of("plan", "--config", model + ".conf");
      assertThat(run.json().get("driver_bytes")).isEqualTo(plain.json().get("driver_bytes"));
    } finally {
      System.clearProperty(link);
    }
  }

  @Test
  void aNetworkThatCannotBeIsRefusedInOneLine() throws IOException {
    CommandRun heads = plan("model.heads=1000000000");
    assertThat(heads.code()).isEqualTo(2);
    assertThat(heads.errors()).hasSize(1);
    assertThat(heads.errors().get(0))
        .contains("model.heads times model.head-dim is 16000000000, the limit is 4096");
    CommandRun deep = plan("model.deep=[65536,65536]");
    assertThat(deep.code()).isEqualTo(2);
    assertThat(deep.errors()).hasSize(1);
    assertThat(deep.errors().get(0)).contains("the network is too large", "model.deep");
  }
}
