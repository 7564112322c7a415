package io.destine.spark.internals;

import com.codahale.metrics.MetricRegistry;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.source.Source;

/**
 * Figures in Spark's metrics system: whatever sinks a cluster's metrics.properties names get them.
 */
public final class MetricSource implements Source {
  private final String name;
  private final MetricRegistry registry = new MetricRegistry();

  /** A source of a name, not yet registered. */
  public MetricSource(String name) {
    this.name = name;
  }

  /** Makes this a source of the metrics system; nothing where this process has no Spark. */
  public void register() {
    SparkEnv environment = SparkEnv.get();
    if (environment != null) {
      environment.metricsSystem().registerSource(this);
    }
  }

  /** Whether it is a source of the metrics system that this process has now. */
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
