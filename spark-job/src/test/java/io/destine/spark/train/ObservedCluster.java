package io.destine.spark.train;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.internals.StepContext;
import io.destine.train.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** A cluster of this JVM, its training runs and their events. */
record ObservedCluster(Path directory, SparkSession spark, ClusterEvents events) {

  /** Watches a session from here on. */
  static ObservedCluster of(Path directory, SparkSession spark) {
    ObservedCluster cluster = new ObservedCluster(directory, spark, new ClusterEvents());
    cluster.context().sc().addSparkListener(cluster.events);
    return cluster;
  }

  static SparkConf settings(String master) {
    return new SparkConf().setMaster(master).setAppName("same bits");
  }

  /** A session as commands have it. */
  static SparkSession session(SparkConf settings) {
    return StepContext.session(settings);
  }

  /** A session like that of an application that uses this project as a library. */
  static SparkSession sessionOfOthers(SparkConf settings) {
    return SparkSession.builder().config(settings).getOrCreate();
  }

  JavaSparkContext context() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  void train(
      String name, String suffix, String data, TrainingListener listener, String... settings) {
    new TrainJob(spark, config(name, suffix, data, settings), "test", System.err::println)
        .run(listener);
  }

  JobConfig config(String name, String suffix, String data, String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("output.model=" + directory.resolve(name) + suffix);
    all.add("output.data=" + SameBitsCase.data(directory, data));
    return JobConfigReader.read(SameBitsCase.config(directory, name), all);
  }

  void observe(String key, long value) {
    SameBitsCase.observe(directory, key, value);
  }

  void settle() {
    try {
      context().sc().listenerBus().waitUntilEmpty();
    } catch (java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  static Thread inBackground(Runnable work) {
    Thread thread = new Thread(work, "signals");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
