package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.destine.optim.RateSchedule;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Many steps of training on Spark: neither the processor time of a step nor the live heap grows.
 * Compares the least of several runs, early and late in a run: work that grows with the steps is in
 * each of them. A few hundred steps, or as many as the system property destine.soak.steps says:
 *
 * <pre>
 *   mvn -B test -Pfull -pl spark-job -am -Dtest=SoakTest -Dsurefire.failIfNoSpecifiedTests=false
 *       -Ddestine.soak.steps=10000
 * </pre>
 */
@Full
class SoakTest {
  private static final int STEPS = Integer.getInteger("destine.soak.steps", 400);
  private static final int STEPS_PER_EPOCH = 50;
  private static final int BATCH = 32;
  private static final double LARGEST_SLOWDOWN = 1.2;
  private static final long LARGEST_GROWTH = 4 << 20;

  /** Processor time: other processes come and go during a run. */
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** The first runs, of which the first of all also has code compiled. */
  private static final int RUNS = 2;

  /** Runs on a machine that other work slows down now and then. */
  private static final int MOST_RUNS = 8;

  @TempDir Path directory;

  @ParameterizedTest(name = "embedding penalty {0}")
  @ValueSource(doubles = {0, 1e-4})
  void neitherTheTimeOfAStepNorTheLiveHeapGrows(double penalty) throws IOException {
    JobConfig config = config(penalty);
    double early = Double.POSITIVE_INFINITY;
    double late = Double.POSITIVE_INFINITY;
    for (int run = 0; run < MOST_RUNS && (run < RUNS || late > LARGEST_SLOWDOWN * early); run++) {
      Soak soak = new Soak();
      new TrainJob(SharedSpark.session(), config, "soak", line -> {}).overwriting().run(soak);
      assertThat(soak.steps).isGreaterThanOrEqualTo(STEPS);
      assertThat(soak.heapGrowth()).as("growth of the live heap").isLessThan(LARGEST_GROWTH);
      early = Math.min(early, soak.early());
      late = Math.min(late, soak.late());
    }
    assertThat(late / early).as("late by early steps").isLessThanOrEqualTo(LARGEST_SLOWDOWN);
  }

  private JobConfig config(double penalty) throws IOException {
    int rows = STEPS_PER_EPOCH * BATCH * 5 / 4;
    StringBuilder text = new StringBuilder("clicked,user,item\n");
    CounterRandom random = CounterRandom.of(3, Purpose.SPLIT);
    for (int n = 0; n < rows; n++) {
      int user = random.below(300, 3L * n);
      int item = random.below(50, 3L * n + 1);
      double probability = (user + item) % 2 == 0 ? 0.8 : 0.2;
      int clicked = random.uniform(3L * n + 2) < probability ? 1 : 0;
      text.append(clicked).append(",u").append(user).append(",i").append(item).append('\n');
    }
    Path source = Files.writeString(directory.resolve("clicks.csv"), text);
    return JobConfigReader.parse(
        String.format(
            "source.path = \"%s\"%nlabel = clicked%nfields = [user, item]%n"
                + "vocabulary.min-count = 1%nmodel { embedding-dim = 4, head-dim = 4 }%n"
                + "train { batch-size = %d, epochs = %d, plateau-cuts = 0, embedding-l2 = %s,"
                + " blocks-per-step = 4 }%noutput.model = \"%s\"%n",
            source,
            BATCH,
            STEPS / STEPS_PER_EPOCH + 1,
            penalty,
            directory.resolve("model-" + penalty)),
        List.of());
  }

  /**
   * Takes the processor time of each step but the first of an epoch, and the live heap after each
   * epoch.
   */
  private static final class Soak implements TrainingListener {
    private final int epochs = STEPS / STEPS_PER_EPOCH + 1;
    private long[] nanos = new long[STEPS];
    private int timed;
    private int steps;
    private long last;
    private long earlyHeap;
    private long lateHeap;

    @Override
    public void stepped(int epoch, int step, int ofEpoch, long rows, double loss) {
      long now = PROCESS.getProcessCpuTime();
      if (step > 0) {
        nanos = timed == nanos.length ? Arrays.copyOf(nanos, 2 * timed) : nanos;
        nanos[timed++] = now - last;
      }
      last = now;
      steps++;
    }

    @Override
    public void evaluated(
        int epoch,
        double trainLoss,
        Validation validation,
        double learningRate,
        RateSchedule.Verdict verdict) {
      if (epoch == epochs / 3) {
        earlyHeap = liveBytes();
      } else if (epoch == epochs - 1) {
        lateHeap = liveBytes();
      }
    }

    long heapGrowth() {
      return lateHeap - earlyHeap;
    }

    /** Processor nanoseconds of the steps in the second fifth of the run. */
    double early() {
      int fifth = timed / 5;
      return sum(fifth, 2 * fifth);
    }

    /** Processor nanoseconds of the steps in the last fifth of the run. */
    double late() {
      return sum(timed - timed / 5, timed);
    }

    /** A single step is about as long as a tick of the processor's clock. */
    private double sum(int from, int to) {
      return Arrays.stream(nanos, from, to).sum();
    }

    /** Spark drops what a collection has found unused a moment later. */
    private static long liveBytes() {
      long least = Long.MAX_VALUE;
      for (int i = 0; i < 4; i++) {
        System.gc();
        least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        try {
          Thread.sleep(200);
        } catch (InterruptedException e) {
          throw new IllegalStateException("interrupted", e);
        }
      }
      return least;
    }
  }
}
