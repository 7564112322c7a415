package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.predict.Scorer;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AveragedModelTest {
  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();

  private TrainResult train(String name, double average) {
    Path source = directory.resolve("rows");
    if (!Files.exists(source)) {
      spark
          .sql(
              "select cast(rand(5) < if(hash(id, 1) % 2 = 0, 0.7, 0.3) as int) as y,"
                  + " hash(id, 1) % 20 as a, hash(id, 2) % 50 as b from range(4000)")
          .write()
          .parquet(source.toString());
    }
    JobConfig config =
        JobConfigReader.parse(
            """
            source { path = "%s", format = parquet }
            label = y
            fields = [ a, b ]
            model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1, wide = true }
            train { batch-size = 64, epochs = 4, learning-rate = 0.1, blocks-per-step = 3
              metric = log_loss, plateau-cuts = 0, average = %s }
            output { model = "%s", block-rows = 50 }
            """
                .formatted(source, average, directory.resolve(name)),
            List.of());
    return new TrainJob(spark, config, "test", line -> {}).run(new TrainingListener() {});
  }

  private static Map<String, Object> best(TrainResult result) {
    return result.learning().stream()
        .filter(epoch -> "improved".equals(epoch.get("verdict")))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  /** With so large a rate the parameters jump about, and their mean does not. */
  @Test
  void theAverageIsPublishedWhenItIsTheBest() throws IOException {
    TrainResult plain = train("plain", 0);
    TrainResult averaged = train("averaged", 1);
    Map<String, Object> best = best(averaged);
    assertThat(best.get("averaged")).isEqualTo(true);
    double logLoss = averaged.validation().logLoss().orElseThrow();
    assertThat(best.get("validation_log_loss")).isEqualTo(logLoss);
    assertThat(logLoss).isLessThan(plain.validation().logLoss().orElseThrow());
    assertThat(best(plain)).doesNotContainKey("averaged");
    Path model = directory.resolve("averaged");
    try (Stream<Path> files = Files.list(model);
        Stream<Path> ofPlain = Files.list(directory.resolve("plain"));
        Scorer scorer = Scorer.load(model)) {
      // The state of a published model is that of any other.
      assertThat(files.map(Path::getFileName))
          .hasSameElementsAs(ofPlain.map(Path::getFileName).toList());
      assertThat(scorer.verify()).isPositive();
    }
    assertThat(Files.readString(model.resolve("optimizer.safetensors.index.json")))
        .doesNotContain("average");
  }
}
