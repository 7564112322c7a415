package io.destine.spark.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.SharedSpark;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RunningTasksTest {
  private static final long TASK_MILLIS = 3_000;

  /** The tasks of a local session run in this JVM. */
  private static final AtomicInteger ENDED = new AtomicInteger();

  private static volatile CountDownLatch started;

  private final JavaSparkContext spark = SharedSpark.context();

  @BeforeEach
  void forgetEarlierTasks() {
    ENDED.set(0);
    started = new CountDownLatch(2);
  }

  @Test
  @Timeout(60)
  void waitsForATaskThatRuns() throws Exception {
    started = new CountDownLatch(1);
    try (RunningTasks tasks = new RunningTasks(spark.sc())) {
      JavaFutureAction<Void> job =
          spark.parallelize(List.of(0), 1).foreachAsync(i -> workOnInSpiteOfInterrupts());
      assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
      tasks.awaitNone();
      assertThat(ENDED).hasValue(1);
      job.get();
    }
  }

  @Test
  @Timeout(60)
  void waitsForTheOtherTaskOfAJobThatHasFailed() {
    try (RunningTasks tasks = new RunningTasks(spark.sc())) {
      JavaFutureAction<Void> job =
          spark
              .parallelize(List.of(0, 1), 2)
              .foreachAsync(
                  i -> {
                    if (i == 0) {
                      workOnInSpiteOfInterrupts();
                    } else {
                      started.countDown();
                      started.await();
                      throw new IllegalStateException("a row that cannot be written");
                    }
                  });
      assertThatThrownBy(job::get).isInstanceOf(ExecutionException.class);
      assertThat(ENDED).as("the job has failed before its other task ends").hasValue(0);
      tasks.awaitNone();
      assertThat(ENDED).hasValue(1);
    }
  }

  @Test
  @Timeout(60)
  void returnsAtOnceWhereNothingRuns() {
    try (RunningTasks tasks = new RunningTasks(spark.sc())) {
      long start = System.nanoTime();
      tasks.awaitNone();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }
  }

  private static void workOnInSpiteOfInterrupts() {
    started.countDown();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TASK_MILLIS);
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    ENDED.incrementAndGet();
  }
}
