package io.destine.spark.train;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.FetchFailed;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.scheduler.StageInfo;

/** The events of a cluster. Written by Spark's bus, read by the training thread. */
final class ClusterEvents extends SparkListener {
  private static final int WAIT_SECONDS = 60;

  private final Set<String> added = ConcurrentHashMap.newKeySet();
  private final Set<String> removed = ConcurrentHashMap.newKeySet();
  private final Set<Integer> stepStages = ConcurrentHashMap.newKeySet();
  private final Map<String, AtomicInteger> succeeded = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> inSteps = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
  private final AtomicInteger speculative = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final AtomicInteger fetchesFailed = new AtomicInteger();
  private final AtomicInteger stepStagesAgain = new AtomicInteger();
  private final AtomicInteger mostStages = new AtomicInteger();
  private final AtomicInteger mostTasks = new AtomicInteger();

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded event) {
    added.add(event.executorId());
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    removed.add(event.executorId());
  }

  @Override
  public void onJobStart(SparkListenerJobStart event) {
    mostStages.accumulateAndGet(event.stageInfos().size(), Math::max);
  }

  @Override
  public void onStageSubmitted(SparkListenerStageSubmitted event) {
    StageInfo stage = event.stageInfo();
    mostTasks.accumulateAndGet(stage.numTasks(), Math::max);
    if (stage.details().contains(GradientAggregation.class.getName())) {
      stepStages.add(stage.stageId());
      if (stage.attemptNumber() > 0) {
        stepStagesAgain.incrementAndGet();
      }
    }
  }

  @Override
  public void onTaskStart(SparkListenerTaskStart event) {
    if (event.taskInfo().speculative()) {
      speculative.incrementAndGet();
    } else if (stepStages.contains(event.stageId())) {
      count(running, event.taskInfo().executorId());
    }
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    if (stepStages.contains(event.stageId()) && !event.taskInfo().speculative()) {
      running.get(event.taskInfo().executorId()).decrementAndGet();
    }
    if (event.taskInfo().successful()) {
      count(succeeded, event.taskInfo().executorId());
      if (stepStages.contains(event.stageId())) {
        count(inSteps, event.taskInfo().executorId());
      }
    } else if (event.reason() instanceof ExecutorLostFailure) {
      lost.incrementAndGet();
    } else if (event.reason() instanceof FetchFailed) {
      fetchesFailed.incrementAndGet();
    }
  }

  private static void count(Map<String, AtomicInteger> counts, String executor) {
    counts.computeIfAbsent(executor, e -> new AtomicInteger()).incrementAndGet();
  }

  private static int of(Map<String, AtomicInteger> counts, String executor) {
    return counts.getOrDefault(executor, new AtomicInteger()).get();
  }

  /** Executors that have ever joined. */
  Set<String> added() {
    return Set.copyOf(added);
  }

  /** Executors that have left. */
  Set<String> removed() {
    return Set.copyOf(removed);
  }

  int succeeded(String executor) {
    return of(succeeded, executor);
  }

  /** Tasks of training steps that an executor has finished. */
  int succeededInSteps(String executor) {
    return of(inSteps, executor);
  }

  /** Tasks of training steps that an executor runs, without copies. */
  int runningInSteps(String executor) {
    return of(running, executor);
  }

  /** Tasks that could not fetch the results of the stage before theirs. */
  int fetchesFailed() {
    return fetchesFailed.get();
  }

  /** Stages of training steps that were run again, or parts of them. */
  int stepStagesAgain() {
    return stepStagesAgain.get();
  }

  /** Copies of tasks that were launched because the first was slow. */
  int speculative() {
    return speculative.get();
  }

  /** Tasks that ended with their executor. */
  int lost() {
    return lost.get();
  }

  int mostStages() {
    return mostStages.get();
  }

  int mostTasks() {
    return mostTasks.get();
  }

  /** Counts stages and tasks anew. */
  void forgetSizes() {
    mostStages.set(0);
    mostTasks.set(0);
  }

  /** Waits for an event. */
  static void await(String what, BooleanSupplier happened) {
    if (!happens(WAIT_SECONDS, happened)) {
      throw new IllegalStateException("must happen within a minute: " + what);
    }
  }

  /** Waits for an event at most so long; true when it has happened. */
  static boolean happens(int seconds, BooleanSupplier happened) {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (!happened.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted", e);
      }
    }
    return true;
  }
}
