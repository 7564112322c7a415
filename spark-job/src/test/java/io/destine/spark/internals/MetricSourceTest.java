package io.destine.spark.internals;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Gauge;
import io.destine.spark.SharedSpark;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.junit.jupiter.api.Test;

class MetricSourceTest {
  @Test
  void figuresAreInTheMetricsSystemOnceTheSourceIsRegistered() {
    SharedSpark.session();
    MetricsSystem system = SparkEnv.get().metricsSystem();
    MetricSource source = new MetricSource("destine.test");
    source.metricRegistry().register("answer", (Gauge<Integer>) () -> 42);
    assertThat(source.isRegistered()).isFalse();
    source.register();
    try {
      assertThat(source.isRegistered()).isTrue();
      assertThat(system.getSourcesByName("destine.test").head()).isSameAs(source);
      assertThat(new MetricSource("destine.test").isRegistered()).isFalse();
    } finally {
      system.removeSource(source);
    }
    assertThat(source.isRegistered()).isFalse();
  }
}
