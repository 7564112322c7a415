package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.SideTable;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.SideTableConfig;
import io.destine.spark.conf.TableOwner;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.Split;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.plan.EncodingPlan;
import io.destine.spark.plan.Heaps;
import io.destine.spark.plan.MemoryPlan;
import io.destine.spark.plan.StepCost;
import io.destine.spark.plan.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import scala.Tuple2;

/** plan: computes memory and settings for a training run of a given size. */
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the memory of driver and executors for training, the bytes of a step, the size"
          + " of the model, and the command line.",
      "Sizes come from the encoded data set if there is one."
    })
final class PlanCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options;

  @Option(
      names = "--rows",
      paramLabel = "N",
      description = "Rows of the source. Default: those of the encoded data set.")
  private Long rows;

  @Option(
      names = "--vocabulary",
      paramLabel = "N",
      description = "Ids of the vocabulary. Default: those of the encoded data set.")
  private Long vocabulary;

  @Option(
      names = "--values-per-multi",
      paramLabel = "N",
      defaultValue = "3",
      description = "Mean number of values of a multi field per row. Default: ${DEFAULT-VALUE}.")
  private double valuesPerMulti;

  @Option(
      names = "--table-rows",
      paramLabel = "NAME=N",
      description =
          "Rows of a side table. Can be repeated. Default: those of the encoded data set.")
  private Map<String, Long> tableRows = Map.of();

  @Option(
      names = "--value-bytes",
      paramLabel = "N",
      defaultValue = "16",
      description = "Mean bytes per vocabulary value. Default: ${DEFAULT-VALUE}.")
  private double valueBytes;

  @Option(
      names = "--executors",
      paramLabel = "N",
      defaultValue = "2",
      description = "Number of executors. Default: ${DEFAULT-VALUE}.")
  private int executors;

  @Option(
      names = "--cores",
      paramLabel = "N",
      defaultValue = "4",
      description = "Cores of an executor. Default: ${DEFAULT-VALUE}.")
  private int cores;

  @Option(
      names = "--rows-per-second",
      paramLabel = "R",
      description =
          "Rows per second of a training step on one core, as measured by bench.sh kernel, to"
              + " predict the time of a step.")
  private Double rowsPerSecond;

  @Option(
      names = "--bandwidth",
      paramLabel = "GBIT",
      defaultValue = "10",
      description = "Network bandwidth of a machine in Gbit/s. Default: ${DEFAULT-VALUE}.")
  private double bandwidth;

  @Option(
      names = "--latency",
      paramLabel = "MS",
      defaultValue = "0.2",
      description = "Round trip between two machines in milliseconds. Default: ${DEFAULT-VALUE}.")
  private double latency;

  @Option(
      names = "--driver-cores",
      paramLabel = "N",
      defaultValue = "4",
      description = "Cores of the driver. Default: ${DEFAULT-VALUE}.")
  private int driverCores;

  @Option(
      names = "--core-speed",
      paramLabel = "S",
      defaultValue = "1",
      description =
          "Speed of a core relative to Zen 4, for everything in a step except the kernel. Default:"
              + " ${DEFAULT-VALUE}.")
  private double coreSpeed;

  @Option(
      names = "--skew",
      paramLabel = "S",
      defaultValue = "0.75",
      description =
          "The k-th most frequent value of a field is k^-S times as frequent as the first. Default:"
              + " ${DEFAULT-VALUE}.")
  private double skew;

  @Option(
      names = "--driver-heap",
      paramLabel = "GIB",
      description =
          "Heap of the driver in GiB; with --executor-heap: prints the largest vocabulary that"
              + " fits.")
  private Double driverHeap;

  @Option(
      names = "--executor-heap",
      paramLabel = "GIB",
      description = "Heap of an executor in GiB, see --driver-heap.")
  private Double executorHeap;

  @Override
  public Integer call() {
    JobConfig config = options.read();
    Optional<DataSetManifest> data = EncodedDataSet.manifest(hadoop(), config.output().data());
    Sizes sizes;
    Sizes others;
    ObjectNode largest = null;
    List<StepCost> costs = new ArrayList<>();
    try {
      Workload work = workload(config, data);
      sizes = sizes(config, work);
      others = sizes(config, work.withOtherOwners());
      if (rowsPerSecond != null) {
        costs.add(cost(work));
        costs.add(cost(work.withOtherOwners()));
      }
      largest = largest(config, work);
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage());
    }
    String submit = submit(sizes);
    print(sizes);
    printOthers(others);
    costs.forEach(PlanCommand::print);
    print(largest);
    Console.err().println(submit);
    ObjectNode json = json(sizes, others, submit);
    if (!costs.isEmpty()) {
      put(json.putObject("step"), costs.get(0));
      put(json.putObject("step_with_other_owners"), costs.get(1));
    }
    if (largest != null) {
      json.set("largest_vocabulary", largest);
    }
    Console.result(json);
    return 0;
  }

  /** Hadoop's configuration with the settings {@code spark.hadoop.*}, as in a session. */
  private static Configuration hadoop() {
    Configuration hadoop = new Configuration();
    for (Tuple2<String, String> setting : new SparkConf().getAllWithPrefix("spark.hadoop.")) {
      hadoop.set(setting._1(), setting._2());
    }
    return hadoop;
  }

  /** The memory of a workload. */
  private record Sizes(Workload work, MemoryPlan plan, EncodingPlan encoding) {
    /** Heap of the driver in MiB, for encoding and training. */
    long driver() {
      return Math.max(plan.driverMemory(), encoding.driverMemory());
    }

    /** Heap of an executor in MiB, for encoding and training. */
    long executor() {
      return Math.max(plan.executorMemory(), encoding.executorMemory());
    }
  }

  private Sizes sizes(JobConfig config, Workload work) {
    long values = Math.max(0, work.vocabulary() - buckets(config));
    return new Sizes(work, new MemoryPlan(work), new EncodingPlan(work, values, valueBytes));
  }

  private StepCost cost(Workload work) {
    return new StepCost(
        work,
        new StepCost.Cluster(rowsPerSecond, bandwidth, latency, driverCores, coreSpeed, skew));
  }

  private static String owners(Workload work) {
    return (work.executorsOwn() ? TableOwner.EXECUTORS : TableOwner.DRIVER).key();
  }

  /** The largest possible vocabulary by owners; null if no heaps are given. */
  private ObjectNode largest(JobConfig config, Workload work) {
    if (driverHeap == null && executorHeap == null) {
      return null;
    }
    if (driverHeap == null || executorHeap == null) {
      throw new UserError("give --driver-heap and --executor-heap together");
    }
    Heaps heaps = new Heaps((long) (driverHeap * 1024), (long) (executorHeap * 1024));
    ObjectNode found = JsonNodeFactory.instance.objectNode();
    for (Workload each : List.of(work, work.withOtherOwners())) {
      found.put(owners(each), heaps.largestVocabulary(each, buckets(config), valueBytes));
    }
    return found;
  }

  private static void print(ObjectNode largest) {
    if (largest != null) {
      Console.err()
          .printf(
              Locale.ROOT,
              "largest vocabulary: %,d ids if the driver owns the tables, %,d if executors do%n",
              largest.get(TableOwner.DRIVER.key()).asLong(),
              largest.get(TableOwner.EXECUTORS.key()).asLong());
    }
  }

  private static void printOthers(Sizes others) {
    Console.err()
        .printf(
            Locale.ROOT,
            "%-20s heap of the driver %,d MiB, of an executor %,d MiB%n",
            "owners: " + owners(others.work()),
            others.driver(),
            others.executor());
  }

  private static void print(StepCost cost) {
    Console.err()
        .printf(
            Locale.ROOT,
            "predicted step      %,12.1f ms: %,.0f rows/s, parallel efficiency %.2f; owners: %s,"
                + " limit: %s%n",
            cost.stepMillis(),
            cost.rowsPerSecond(),
            cost.efficiency(),
            owners(cost.workload()),
            cost.limit());
    cost.millis()
        .forEach(
            (phase, ms) -> Console.err().printf(Locale.ROOT, "  %-18s%,12.1f ms%n", phase, ms));
    line("  parameters per NIC", (long) cost.fetchedBytes());
    line("  gradients per NIC", (long) cost.gradientBytes());
    Console.err()
        .println(
            cost.batchFor(0.5) > 0
                ? String.format(
                    Locale.ROOT,
                    "  parallel efficiency reaches 0.5 with a batch of %,d rows",
                    cost.batchFor(0.5))
                : "  parallel efficiency below 0.5 with any batch: use fewer executors");
  }

  private static void put(ObjectNode step, StepCost cost) {
    step.put("owners", owners(cost.workload()));
    cost.millis().forEach((phase, ms) -> step.put(phase + "_ms", rounded(ms)));
    step.put("total_ms", rounded(cost.stepMillis()));
    step.put("rows_per_second", Math.round(cost.rowsPerSecond()));
    step.put("efficiency", rounded(cost.efficiency()));
    step.put("limit", cost.limit());
    step.put("fetched_bytes", (long) cost.fetchedBytes());
    step.put("gradient_bytes", (long) cost.gradientBytes());
    step.put("batch_for_half", cost.batchFor(0.5));
  }

  private static double rounded(double value) {
    return Math.round(value * 1e3) / 1e3;
  }

  /** Ids of hash buckets; other ids without a value are few. */
  private static long buckets(JobConfig config) {
    return IntStream.of(fields(config).hashBuckets()).asLongStream().sum();
  }

  private Workload workload(JobConfig config, Optional<DataSetManifest> data) {
    if (data.isEmpty()) {
      requireSizes(config);
    }
    FittedFields of = fields(config);
    return new Workload(
        config.model(),
        data.map(DataSetManifest::fields).orElseGet(of::layout),
        data.map(DataSetManifest::stored).orElseGet(of::storedLayout),
        tableBytes(config, of, data.isPresent()),
        config.train(),
        vocabulary != null ? vocabulary : data.orElseThrow().vocabularySize(),
        rows != null ? rows : Stream.of(Split.values()).mapToLong(data.orElseThrow()::rows).sum(),
        valuesPerMulti,
        config.weight().isPresent(),
        config.group().isPresent(),
        config.checkpoint().keep(),
        config.compute().rowsMemory(),
        executors,
        cores,
        config.compute().owners());
  }

  /** The configured fields, without crosses, rates and cut points. */
  private static FittedFields fields(JobConfig config) {
    Stream<FieldSpec> all =
        Stream.concat(
            config.fields().stream(), SideTableConfig.allFields(config.tables()).stream());
    return new FittedFields(
        all.map(PlanCommand::fitted).toList(), SideTableConfig.tables(config.tables()));
  }

  private static FittedField fitted(FieldSpec spec) {
    return switch (spec.transform()) {
      case QUANTILE -> FittedField.quantile(spec, new double[0]);
      case LINEAR -> FittedField.linear(spec, 0, 1);
      default -> FittedField.of(spec);
    };
  }

  private long tableBytes(JobConfig config, FittedFields of, boolean encoded) {
    List<String> names = of.tables().stream().map(SideTable::name).toList();
    if (names.isEmpty() && !tableRows.isEmpty()) {
      throw new UserError("--table-rows: the configuration has no side tables; leave it out");
    }
    for (Map.Entry<String, Long> given : tableRows.entrySet()) {
      if (!names.contains(given.getKey()) || given.getValue() < 1) {
        throw new UserError(
            "--table-rows must be NAME=N, NAME a side table of "
                + names
                + " and N at least 1, got "
                + given.getKey()
                + "="
                + given.getValue());
      }
    }
    Map<String, Long> known = new HashMap<>();
    if (encoded && !names.isEmpty()) {
      known.putAll(
          StoredVocabulary.open(hadoop(), EncodedDataSet.vocabularyPath(config.output().data()))
              .tableRows());
    }
    known.putAll(tableRows);
    long bytes = 0;
    for (int t = 0; t < names.size(); t++) {
      Long count = known.get(names.get(t));
      if (count == null) {
        throw new UserError(
            "give --table-rows " + names.get(t) + "=N, the rows of this side table");
      }
      bytes += Workload.tableBytes(of.tableLayout(t), count, valuesPerMulti);
    }
    return bytes;
  }

  private void requireSizes(JobConfig config) {
    String without = ", since there is no encoded data set in " + config.output().data();
    if (rows == null || vocabulary == null) {
      throw new UserError("give --rows and --vocabulary" + without);
    }
    if (config.fields().isEmpty()) {
      throw new UserError("list the fields in the configuration" + without);
    }
  }

  private String submit(Sizes sizes) {
    long driver = sizes.driver();
    long executor = sizes.executor();
    return String.join(
        " ",
        "submit-scripts/submit-yarn.sh --deploy-mode cluster",
        "--num-executors " + executors + " --executor-cores " + cores,
        "--driver-memory " + driver + "m",
        "--executor-memory " + executor + "m",
        "--conf spark.driver.memoryOverhead=" + MemoryPlan.overhead(driver) + "m",
        "--conf spark.executor.memoryOverhead=" + MemoryPlan.overhead(executor) + "m",
        "train " + options.commandLine());
  }

  private static void print(Sizes sizes) {
    MemoryPlan plan = sizes.plan();
    EncodingPlan encoding = sizes.encoding();
    boolean executorsOwn = sizes.work().executorsOwn();
    memory("driver", plan.driverBytes(), plan.driverMemory());
    if (!executorsOwn) {
      line("  parameters", plan.parameterBytes());
      line("  optimiser", plan.optimizerBytes());
      line("  saved table rows", plan.snapshotBytes());
    }
    memory("executor", plan.executorBytes(), plan.executorMemory());
    if (executorsOwn) {
      line("  tables, optimiser", plan.ownedBytes());
      line("  received in a step", plan.receivedBytes());
    }
    line("  scoring parameters", plan.scoringBytes());
    line("  all encoded rows", plan.encodedBytes());
    if (sizes.work().tableBytes() > 0) {
      line("side tables, mapped", sizes.work().tableBytes());
    }
    memory("encoding, driver", encoding.driverBytes(), encoding.driverMemory());
    memory("encoding, executor", encoding.executorBytes(), encoding.executorMemory());
    line("  chunk of a task", encoding.chunkBytes());
    line("  shard of a task", encoding.shardBytes());
    line("  rows of a task", encoding.rowsBytes());
    memory("predict, executor", encoding.scorerBytes(), encoding.scorerMemory());
    line("  vocabulary", encoding.vocabularyBytes());
    line("  vocabulary, mapped", encoding.mappedBytes());
    Console.err().printf(Locale.ROOT, "a step of %d tasks, at most%n", plan.tasks());
    line("  parameters of a task", plan.fetchBytes());
    line("  gradients in total", plan.stepGradientBytes());
    line("model", plan.modelBytes());
    line("storage, at most", plan.storageBytes());
  }

  private static void memory(String what, long live, long heap) {
    Console.err()
        .printf(
            Locale.ROOT,
            "%-20s %s live: heap %,d MiB, overhead %,d MiB%n",
            what,
            bytes(live).strip(),
            heap,
            MemoryPlan.overhead(heap));
  }

  private static void line(String what, long bytes) {
    Console.err().printf(Locale.ROOT, "%-20s %s%n", what, bytes(bytes));
  }

  private static String bytes(long bytes) {
    return bytes < 10_000
        ? String.format(Locale.ROOT, "%,12d B", bytes)
        : String.format(Locale.ROOT, "%,12.1f MiB", bytes / 1048576.0);
  }

  private static ObjectNode json(Sizes sizes, Sizes others, String submit) {
    MemoryPlan plan = sizes.plan();
    EncodingPlan encoding = sizes.encoding();
    long driver = sizes.driver();
    long executor = sizes.executor();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("owners", owners(sizes.work()));
    json.put("driver_memory_mib", driver);
    json.put("driver_overhead_mib", MemoryPlan.overhead(driver));
    json.put("executor_memory_mib", executor);
    json.put("executor_overhead_mib", MemoryPlan.overhead(executor));
    json.put("driver_bytes", plan.driverBytes());
    json.put("executor_bytes", plan.executorBytes());
    json.put("parameter_bytes", plan.parameterBytes());
    json.put("optimizer_bytes", plan.optimizerBytes());
    json.put("snapshot_bytes", plan.snapshotBytes());
    json.put("owned_bytes", plan.ownedBytes());
    json.put("received_bytes", plan.receivedBytes());
    json.put("scoring_bytes", plan.scoringBytes());
    json.put("encoded_bytes", plan.encodedBytes());
    json.put("side_table_bytes", sizes.work().tableBytes());
    json.put("tasks", plan.tasks());
    json.put("fetch_bytes_per_task", plan.fetchBytes());
    json.put("gradient_bytes_per_step", plan.stepGradientBytes());
    json.put("model_bytes", plan.modelBytes());
    json.put("storage_bytes", plan.storageBytes());
    json.put("chunk_bytes", encoding.chunkBytes());
    json.put("shard_bytes", encoding.shardBytes());
    json.put("packed_rows_bytes", encoding.rowsBytes());
    json.put("encoding_driver_bytes", encoding.driverBytes());
    json.put("encoding_executor_bytes", encoding.executorBytes());
    json.put("vocabulary_bytes", encoding.vocabularyBytes());
    json.put("vocabulary_mapped_bytes", encoding.mappedBytes());
    json.put("scorer_bytes", encoding.scorerBytes());
    json.put("scorer_memory_mib", encoding.scorerMemory());
    ObjectNode other = json.putObject("memory_with_other_owners");
    other.put("owners", owners(others.work()));
    other.put("driver_memory_mib", others.driver());
    other.put("executor_memory_mib", others.executor());
    json.put("submit", submit);
    return json;
  }
}
