package io.destine.spark.train;

import io.destine.spark.internals.MessageService;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * The driver of {@link ChaosRuns}: trains on three executors, one training after the other, each
 * resumed from its last checkpoint if there is one. It says {@link #STEPPED} after each step and
 * {@link #TRAINED} after each training, and goes on when it is told {@link #MORE}.
 */
final class ChaosDriver {
  static final String STEPPED = "stepped";
  static final String TRAINED = "trained";
  static final String MORE = "more";

  /** Where executors look for the driver's service, and find a relay. */
  static final String RELAY_HOST = "127.0.0.2";

  /** A line of the log of a training that goes on from a checkpoint. */
  static final String RESUMED = "resumed from";

  /** Spark's {@code spark.network.timeout}; a silent connection is given up after a quarter. */
  private static final int NETWORK_TIMEOUT_SECONDS = 20;

  private static final int EXECUTORS = 3;

  private ChaosDriver() {}

  static void run(Path directory, int port, int first, String owners) throws IOException {
    SparkSession spark =
        ObservedCluster.session(
            ObservedCluster.settings("local-cluster[" + EXECUTORS + ",1,1024]")
                .set("spark.cores.max", String.valueOf(EXECUTORS))
                .set("spark.scheduler.minRegisteredResourcesRatio", "1.0")
                .set("spark.scheduler.maxRegisteredResourcesWaitingTime", "150s")
                // Executors are lost far more often than on any cluster.
                .set("spark.task.maxFailures", "100")
                .set("spark.deploy.maxExecutorRetries", "-1")
                .set("spark.network.timeout", NETWORK_TIMEOUT_SECONDS + "s")
                .set("spark.network.timeoutInterval", "5s")
                .set("spark.rpc.askTimeout", "120s")
                .set("spark.executor.heartbeatInterval", "2s")
                .set(MessageService.PORT, String.valueOf(port)));
    // The first executor that registers is told Spark's settings, and later ones the same: their
    // own connections go to the driver, and those to its service through the relay.
    ClusterEvents.await(
        "an executor registers", () -> !spark.sparkContext().getExecutorIds().isEmpty());
    spark.sparkContext().conf().set("spark.driver.host", RELAY_HOST);
    BufferedReader told =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    int training = first;
    do {
      train(spark, directory, training++, owners);
      System.out.println(TRAINED);
    } while (MORE.equals(told.readLine()));
    spark.stop();
  }

  private static void train(SparkSession spark, Path directory, int training, String owners) {
    String model = directory.resolve(SameBitsCase.DECAY).toString();
    List<String> outputs =
        List.of(
            "compute.owners=" + owners,
            "output.model=" + model + ChaosRuns.suffix(owners) + training,
            "output.data=" + SameBitsCase.data(directory, ""));
    ClusterRuns.resume(spark, directory, outputs, () -> System.out.println(STEPPED));
  }
}
