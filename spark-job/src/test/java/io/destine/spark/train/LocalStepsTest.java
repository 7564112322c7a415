package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs of one task each, without Spark. */
@Timeout(60)
class LocalStepsTest {
  /** Numbers of the jobs in the order of their launches. */
  private final BlockingQueue<Long> launched = new LinkedBlockingQueue<>();

  /** What each job was given to do, empty for nothing, in the order in which they learned it. */
  private final BlockingQueue<Optional<StepTask>> given = new LinkedBlockingQueue<>();

  private final AtomicInteger results = new AtomicInteger();
  private final LocalSteps jobs = new LocalSteps();
  private int openBefore;

  @BeforeEach
  void countOpenSteps() {
    openBefore = LocalSteps.openSteps();
  }

  @AfterEach
  void noStepStaysOpen() {
    jobs.close();
    assertThat(LocalSteps.openSteps()).isEqualTo(openBefore);
  }

  private static StepTask task(long number) {
    return new StepTask(null, null, null, null, 0, null, null, number);
  }

  /** A job whose one task leaves an empty sum, except when it is given nothing to do. */
  private StepSum job(long number) {
    launched.add(number);
    StepTask task = LocalSteps.await(number);
    given.add(Optional.ofNullable(task));
    if (task != null) {
      results.incrementAndGet();
      LocalSteps.leave(task.results(), new StepSum());
    }
    return new StepSum();
  }

  @Test
  void theNextJobWaitsForItsTaskWhenTheFirstResultIsThere() throws InterruptedException {
    jobs.sum(LocalStepsTest::task, this::job, this::job);
    long first = launched.take();
    long second = launched.take();
    assertThat(given.take()).contains(task(first));
    assertThat(given).isEmpty();
    jobs.sum(LocalStepsTest::task, this::job, null);
    assertThat(given.take()).contains(task(second));
    jobs.sum(LocalStepsTest::task, this::job, null);
    assertThat(given.take()).contains(task(launched.take()));
    assertThat(launched).isEmpty();
    assertThat(results).hasValue(3);
  }

  @Test
  void aJobThatHasWaitedTooLongDoesNothingAndAnotherIsLaunched() throws InterruptedException {
    jobs.sum(LocalStepsTest::task, this::job, this::job);
    assertThat(given.take()).isPresent();
    assertThat(given.poll(2 * LocalSteps.PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isEmpty();
    launched.clear();
    jobs.sum(LocalStepsTest::task, this::job, null);
    assertThat(given.take()).contains(task(launched.take()));
    assertThat(results).hasValue(2);
  }

  @Test
  void aJobAheadIsWithdrawnAtTheEnd() throws InterruptedException {
    jobs.sum(LocalStepsTest::task, this::job, this::job);
    assertThat(given.take()).isPresent();
    long before = System.nanoTime();
    jobs.close();
    assertThat(given.take()).isEmpty();
    assertThat(System.nanoTime() - before)
        .isLessThan(TimeUnit.MILLISECONDS.toNanos(LocalSteps.PATIENCE_MILLIS));
    assertThat(results).hasValue(1);
  }

  @Test
  void whatAJobThrowsIsThrown() {
    IOException failure = new IOException("disk full");
    assertThatThrownBy(
            () ->
                jobs.sum(
                    LocalStepsTest::task,
                    work -> {
                      throw LocalStepsTest.<RuntimeException>sneaky(failure);
                    },
                    this::job))
        .isSameAs(failure);
    assertThat(launched).isEmpty();
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E sneaky(Throwable failure) throws E {
    throw (E) failure;
  }

  @Test
  void aTaskOfAStepThatIsOverIsGivenNothing() {
    LocalSteps.Step over = LocalSteps.open(() -> {});
    over.close();
    assertThat(LocalSteps.await(over.number())).isNull();
    assertThat(over.begin(task(over.number()))).isFalse();
  }
}
