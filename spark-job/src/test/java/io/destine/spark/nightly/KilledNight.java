package io.destine.spark.nightly;

import io.destine.spark.conf.JobConfigReader;
import io.destine.train.TrainingListener;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * A nightly run that ends as if by SIGKILL when it writes a line with a given beginning, or after a
 * number of steps: {@code KilledNight CONFIG DATE LINE|STEPS}.
 */
public final class KilledNight {
  private static final int KILLED = 128 + 9;

  private KilledNight() {}

  public static void main(String[] args) {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 4)
            .getOrCreate();
    int steps = args[2].matches("\\d+") ? Integer.parseInt(args[2]) : Integer.MAX_VALUE;
    new NightlyJob(
            spark,
            JobConfigReader.read(Path.of(args[0]), List.of()),
            "test",
            line -> {
              if (line.startsWith(args[2])) {
                Runtime.getRuntime().halt(KILLED);
              }
            },
            train -> halting(steps),
            Clock.systemUTC())
        .run(LocalDate.parse(args[1]), new NightlyJob.Options(false));
  }

  private static TrainingListener halting(int steps) {
    return new TrainingListener() {
      private int taken;

      @Override
      public void stepped(int epoch, int step, int of, long rows, double loss) {
        if (++taken == steps) {
          Runtime.getRuntime().halt(KILLED);
        }
      }
    };
  }
}
