package io.destine.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.Vocabulary;
import io.destine.metric.EvaluationReport;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.encode.DataSetEncoder;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.SourceRows;
import io.destine.spark.encode.Split;
import io.destine.spark.train.TrainJob;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierIdsTest {
  @TempDir Path directory;

  /** A day of rows: users, tags and prices of later days are unknown to earlier ones. */
  private Path day(int number) throws IOException {
    CounterRandom random = CounterRandom.of(number, Purpose.SPLIT);
    StringBuilder csv = new StringBuilder("clicked,weight,page,user,tags,price,age\n");
    for (int n = 0; n < 400; n++) {
      int user = 20 * number + random.below(40, 5L * n);
      int tag = 7 * number + random.below(12, 5L * n + 1);
      boolean click = random.uniform(5L * n + 2) < (user % 2 == 0 ? 0.7 : 0.3);
      csv.append(click ? 1 : 0).append(',').append(1 + n % 3).append(",p").append(n % 5);
      csv.append(",u").append(user);
      csv.append(n % 9 == 0 ? "," : ",t" + tag + "|t" + (tag + number) + "|t" + tag % 4);
      csv.append(',').append(n % 11 == 0 ? "" : (number + 1) * random.below(500, 5L * n + 3));
      csv.append(',').append(random.below(90, 5L * n + 4)).append('\n');
    }
    return Files.writeString(directory.resolve("day-" + number + ".csv"), csv);
  }

  private JobConfig config(Path rows) {
    return JobConfigReader.parse(
        """
        source { path = "%s", format = csv }
        label = clicked, weight = weight, group = page
        fields = [
          user
          { name = tags, kind = multi, separator = "|" }
          { name = price, kind = numeric, transform = quantile, buckets = 8 }
          { name = cost, column = price, kind = numeric }
          { name = age, kind = numeric, transform = linear }
        ]
        split { train = 0.6, validation = 0.1, test = 0.3, seed = 3 }
        vocabulary { oov-buckets = 3 }
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1, wide = true }
        train { batch-size = 64, epochs = 1, blocks-per-step = 3 }
        output { model = "%s" }
        """
            .formatted(rows, directory.resolve("model")),
        List.of());
  }

  /**
   * For a model with the earlier vocabulary, rows encoded with an extended one give bit-identical
   * metrics to rows that are read again, for every kind of field.
   */
  @Test
  void rowsOfAGrownVocabularyAreScoredAsAFreshReadOfThem() throws IOException {
    var spark = SharedSpark.session();
    new TrainJob(spark, config(day(0)), "test", line -> {}).run(new TrainingListener() {});
    JobConfig next = config(day(1));
    EncodedDataSet data =
        new DataSetEncoder()
            .encode(
                spark,
                next,
                directory.resolve("grown").toString(),
                Optional.of(directory + "/model/vocabulary"),
                false,
                Optional.empty(),
                Optional.empty());
    try (LoadedModel model =
        LoadedModel.open(
            JavaSparkContext.fromSparkContext(spark.sparkContext()),
            directory.resolve("model").toString())) {
      assertThat(data.manifest().vocabularySize()).isGreaterThan(model.vocabulary().size() + 20);
      EvaluateJob job = new EvaluateJob(spark, model);
      for (Split split : Split.values()) {
        EvaluationReport fresh;
        try (SourceRows rows = SourceRows.read(spark, next)) {
          fresh = job.run(rows, Optional.of(split)).report();
        }
        assertThat(job.run(data, split)).isEqualTo(fresh);
        assertThat(fresh.gauc()).isPresent();
      }
    }
  }

  @Test
  void aVocabularyThatHasNotGrownFromTheModelsIsRefused() {
    Vocabulary one = Vocabulary.builder(List.of("user"), 1).reserve(0).add(0, "a").build();
    Vocabulary other = Vocabulary.builder(List.of("user"), 2).reserve(0).add(0, "a").build();
    assertThatThrownBy(() -> new EarlierIds(one, other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("grown");
  }
}
