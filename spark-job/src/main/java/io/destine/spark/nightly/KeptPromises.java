package io.destine.spark.nightly;

import io.destine.feature.Vocabulary;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.encode.SourceRows;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.predict.EvaluateJob;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.Storage;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Checks, over many nights, two guarantees for readers of models: the meaning of an id never
 * changes, and a kept model scores its day with the same bits as when it was published.
 */
final class KeptPromises {
  private static final int WEEK = 7;

  private final SparkSession spark;
  private final JobConfig config;
  private final DayInput input;
  private final NightlyPaths paths;
  private final Configuration hadoop;
  private final Map<LocalDate, Published> published = new TreeMap<>();
  private Vocabulary last;
  private int vocabularies;
  private int rescored;

  private record Published(String model, long digest) {}

  KeptPromises(SparkSession spark, JobConfig config, DayInput input) {
    this.input = input;
    this.spark = spark;
    this.config = config;
    paths = new NightlyPaths(config.output().model());
    hadoop = spark.sparkContext().hadoopConfiguration();
  }

  /**
   * Checks the model published by a nightly run, and rechecks the model of a week earlier.
   *
   * @throws IllegalStateException if a guarantee is violated, naming the id or model
   */
  void check(LocalDate date) {
    CurrentModel live = CurrentModel.read(hadoop, paths.base()).orElseThrow();
    if (live.date().equals(date)) {
      String model = paths.model(live.name());
      extend(model);
      published.put(date, new Published(model, digest(model, date)));
    }
    LocalDate then = date.minusDays(WEEK);
    Published old = published.get(then);
    if (old != null && exists(old.model())) {
      if (digest(old.model(), then) != old.digest()) {
        throw new IllegalStateException(
            old.model()
                + ": the probabilities of "
                + then
                + " changed when the day was scored again a week later; they must be identical");
      }
      rescored++;
    }
  }

  private void extend(String model) {
    Vocabulary now = StoredVocabulary.open(hadoop, model + "/vocabulary").load();
    for (int id = 0; last != null && id < last.size(); id++) {
      if (!now.entry(id).equals(last.entry(id))) {
        throw new IllegalStateException(
            model + ": id " + id + " must stay " + last.entry(id) + ", got " + now.entry(id));
      }
    }
    last = now;
    vocabularies++;
  }

  private long digest(String model, LocalDate date) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    JobConfig day = config.reading(input.source(List.of(date)));
    try (LoadedModel loaded = LoadedModel.open(context, model);
        SourceRows rows =
            SourceRows.read(spark, day.withChosen(loaded.vocabulary().fields().inputs()))) {
      return new EvaluateJob(spark, loaded).logitsDigest(rows);
    }
  }

  private boolean exists(String model) {
    Path path = new Path(model);
    return Storage.exists(Storage.of(hadoop, path), path);
  }

  /** Number of published vocabularies; each keeps the ids of the previous one. */
  int vocabularies() {
    return vocabularies;
  }

  /** Number of models that have scored their day bit-identically a week later. */
  int rescored() {
    return rescored;
  }
}
