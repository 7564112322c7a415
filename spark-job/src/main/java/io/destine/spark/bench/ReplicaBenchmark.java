package io.destine.spark.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.model.Destine;
import io.destine.param.Parameters;
import io.destine.spark.replica.ParameterDelta;
import io.destine.spark.replica.ReplicaHandle;
import io.destine.spark.replica.ReplicaPublisher;
import io.destine.spark.replica.Replicas;
import io.destine.spark.replica.SeededBase;
import java.io.PrintStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a step sends to executors, and how long one takes that joins late: base and all changes
 * since. Steps move the rows of their batch; nothing is computed. Prints a line of JSON.
 */
@Command(name = "replica-benchmark", mixinStandardHelpOptions = true, showDefaultValues = true)
public final class ReplicaBenchmark implements Callable<Integer> {
  @Mixin private NetworkOptions shape;

  @Option(names = "--batch", description = "rows of a step")
  private int batch = 4096;

  @Option(names = "--steps", description = "that a new executor has missed")
  private int steps = 200;

  /** Runs with the given options. */
  public static void main(String[] arguments) {
    int code = new CommandLine(new ReplicaBenchmark()).execute(arguments);
    if (code != 0) {
      System.exit(code);
    }
  }

  @Override
  public Integer call() {
    Destine network = shape.network();
    SparkSession spark = SparkSession.builder().appName("destine replica benchmark").getOrCreate();
    try {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      // The first round loads classes on both sides.
      run(context, network);
      new PrintStream(System.out, true, StandardCharsets.UTF_8).println(run(context, network));
    } finally {
      spark.stop();
    }
    return 0;
  }

  private ObjectNode run(JavaSparkContext context, Destine network) {
    Parameters parameters = network.initialParameters(shape.vocabulary, 1);
    SeededBase base = new SeededBase(network, shape.vocabulary, 1);
    String run = "replica benchmark " + System.nanoTime();
    try (ReplicaPublisher publisher = new ReplicaPublisher(context, run, parameters, base, false)) {
      SyntheticRows rows = new SyntheticRows(shape.fields, shape.vocabulary, batch, 1);
      long deltaBytes = 0;
      long distinct = 0;
      long publishNanos = 0;
      for (int step = 0; step < steps; step++) {
        int[] ids = distinct(rows.batch(step, batch).ids());
        distinct += ids.length;
        deltaBytes += ParameterDelta.of(parameters, ids, true).bytes();
        long start = System.nanoTime();
        publisher.publish(ids);
        publishNanos += System.nanoTime() - start;
      }
      double publishMillis = publishNanos / 1e6 / steps;
      double firstBase = onExecutor(context, () -> base.create().rows());
      ReplicaHandle handle = publisher.handle();
      double catchUp = onExecutor(context, () -> Replicas.at(handle).rows());
      ObjectNode json = new ObjectMapper().createObjectNode();
      json.put("benchmark", "replica").put("fields", shape.fields).put("vocab", shape.vocabulary);
      json.put("d", shape.d).put("batch", batch).put("steps", steps);
      json.put("distinct_ids", distinct / steps);
      json.put("table_bytes", 4L * shape.d * shape.vocabulary);
      json.put("delta_bytes", deltaBytes / steps);
      json.put("published_bytes", publisher.publishedBytes() / steps);
      json.put("publish_ms", Math.round(1e3 * publishMillis) / 1e3);
      json.put("base_ms", Math.round(firstBase));
      json.put("catch_up_ms", Math.round(catchUp));
      return json;
    }
  }

  /** Work that an executor can be sent. */
  @FunctionalInterface
  private interface Work extends Serializable {
    int run();
  }

  /** Milliseconds that it takes on an executor, without what Spark needs to send it there. */
  private static double onExecutor(JavaSparkContext context, Work work) {
    return context
        .parallelize(List.of(0), 1)
        .map(
            nothing -> {
              long start = System.nanoTime();
              work.run();
              return (System.nanoTime() - start) / 1e6;
            })
        .first();
  }

  private static int[] distinct(int[] ids) {
    return Arrays.stream(ids).sorted().distinct().toArray();
  }
}
