package io.destine.spark.internals;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.memory.SparkOutOfMemoryError;
import org.junit.jupiter.api.Test;

class TaskErrorsTest {
  @Test
  void aUsersPluginsStayAndClustersGetNone() {
    SparkConf local = new SparkConf(false).setMaster("local[*]").set("spark.plugins", "a.B");
    assertThat(TaskErrors.in(local, e -> {}).get("spark.plugins"))
        .isEqualTo(TaskErrors.class.getName() + ",a.B");
    SparkConf cluster = new SparkConf(false).setMaster("local-cluster[1,1,1024]");
    assertThat(TaskErrors.in(cluster, e -> {}).contains("spark.plugins")).isFalse();
  }

  @Test
  void onlyWhatEndsAnExecutorIsFatal() {
    assertThat(TaskErrors.isFatal(new OutOfMemoryError(), 5)).isTrue();
    assertThat(TaskErrors.isFatal(new IllegalStateException(new StackOverflowError()), 5)).isTrue();
    assertThat(TaskErrors.isFatal(new IllegalStateException(new StackOverflowError()), 1))
        .isFalse();
    assertThat(TaskErrors.isFatal(new AssertionError(), 5)).isFalse();
    Map<String, String> bytes = Map.of("requestedBytes", "2", "receivedBytes", "1");
    Error share = new SparkOutOfMemoryError("UNABLE_TO_ACQUIRE_MEMORY", bytes);
    assertThat(TaskErrors.isFatal(share, 5)).isFalse();
  }
}
