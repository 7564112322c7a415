package io.destine.spark.nightly;

import io.destine.spark.conf.JobConfigReader;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;

/**
 * A nightly run that stands still after a number of steps: {@code StandingNight CONFIG DATE STEPS}.
 * It creates the file CONFIG.stands and goes on when that is gone.
 */
public final class StandingNight {
  private StandingNight() {}

  public static void main(String[] args) {
    SparkSession spark = SparkSession.builder().getOrCreate();
    Path stands = Path.of(args[0] + ".stands");
    int steps = Integer.parseInt(args[2]);
    new NightlyJob(
            spark,
            JobConfigReader.read(Path.of(args[0]), List.of()),
            "test",
            line -> {},
            train -> standingAt(steps, stands),
            Clock.systemUTC())
        .run(LocalDate.parse(args[1]), new NightlyJob.Options(false));
  }

  private static TrainingListener standingAt(int steps, Path stands) {
    return new TrainingListener() {
      private int taken;

      @Override
      public void stepped(int epoch, int step, int of, long rows, double loss) {
        if (++taken == steps) {
          waitFor(stands);
        }
      }
    };
  }

  private static void waitFor(Path stands) {
    try {
      Files.createFile(stands);
      while (Files.exists(stands)) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
