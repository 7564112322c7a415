package io.destine.spark.internals;

import com.codahale.metrics.MetricRegistry;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * A source in Spark's metrics system: all sinks in a cluster's metrics.properties receive its
 * figures.
 */
public final class MetricSource implements Source {
  private final String name;
  private final MetricRegistry registry = new MetricRegistry();

  /** A source with a name, not yet registered. */
  public MetricSource(String name) {
    this.name = name;
  }

  /** Registers this source in the metrics system, if Spark runs in this process. */
  public void register() {
    SparkEnv environment = SparkEnv.get();
    if (environment != null) {
      environment.metricsSystem().registerSource(this);
    }
  }

  /** Whether it is registered in the current metrics system of this process. */
  public boolean isRegistered() {
    SparkEnv environment = SparkEnv.get();
    return environment != null && environment.metricsSystem().getSourcesByName(name).contains(this);
  }

  @Override
  public String sourceName() {
    return name;
  }

  /** The figures. */
  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }
}
