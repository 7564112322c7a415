package io.destine.spark.predict;

import io.destine.feature.EncodedBatch;
import io.destine.metric.EvaluationReport;
import io.destine.random.CounterRandom;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.SourceRows;
import io.destine.spark.encode.Split;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.evaluate.Comparison;
import io.destine.spark.evaluate.Evaluation;
import io.destine.spark.evaluate.ScoreTask;
import io.destine.spark.evaluate.ScoredRows;
import io.destine.spark.source.FieldChanges;
import io.destine.spark.source.JobDescription;
import java.util.Iterator;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;

/** Computes the metrics of a published model on rows. */
public final class EvaluateJob {
  private final SparkSession spark;
  private final LoadedModel model;

  /** Evaluates the given model. */
  public EvaluateJob(SparkSession spark, LoadedModel model) {
    this.spark = spark;
    this.model = model;
  }

  /**
   * Metrics, and the number of rows that could not be read.
   *
   * @param report the metrics of the good rows
   * @param badRows rows without a label, or with a value that does not parse
   */
  public record Outcome(EvaluationReport report, long badRows) {}

  /**
   * Evaluates rows of a configuration with the model's fields.
   *
   * @param split selects rows by the configuration's split rule; all if empty
   * @throws UserError if the fields differ, or the model's logit of a row is not finite
   */
  public Outcome run(SourceRows rows, Optional<Split> split) {
    long count = split.map(s -> rows.counts().good(s.ordinal())).orElseGet(rows.counts()::good);
    EvaluationReport report =
        JobDescription.during(
            spark.sparkContext(),
            "evaluating rows",
            count,
            () -> evaluated(of -> of.evaluate(scored(rows, split))));
    return new Outcome(report, rows.counts().bad());
  }

  /**
   * Evaluates a split of an encoded data set whose vocabulary is the model's or extends it. The
   * metrics are bit-identical to those of reading the rows again.
   */
  public EvaluationReport run(EncodedDataSet data, Split split) {
    return evaluated(of -> of.evaluate(scored(model, data, split, tasks(data, split))));
  }

  /**
   * Like {@link #run(EncodedDataSet, Split)}, plus a candidate's log loss minus this model's on
   * these rows. Each model scores each row once; an executor holds both models meanwhile.
   */
  public Comparison compare(LoadedModel candidate, EncodedDataSet data, Split split) {
    int tasks = tasks(data, split);
    return evaluated(
        of -> of.compare(scored(candidate, data, split, tasks), scored(model, data, split, tasks)));
  }

  /** The same for rows that each model encodes with its own ids. */
  public Comparison compare(LoadedModel candidate, SourceRows rows, Split split) {
    EvaluateJob theirs = new EvaluateJob(spark, candidate);
    return evaluated(
        of ->
            of.compare(theirs.scored(rows, Optional.of(split)), scored(rows, Optional.of(split))));
  }

  private static <T> T evaluated(Function<Evaluation, T> figures) {
    try {
      return figures.apply(new Evaluation());
    } catch (IllegalArgumentException e) {
      throw new UserError(e.getMessage());
    }
  }

  private int tasks(EncodedDataSet data, Split split) {
    int blocks = data.manifest().blocks(split).size();
    return Math.max(1, Math.min(spark.sparkContext().defaultParallelism(), blocks));
  }

  private JavaRDD<ScoredRows> scored(LoadedModel by, EncodedDataSet data, Split split, int tasks) {
    StoredVocabulary grown =
        StoredVocabulary.open(
            spark.sparkContext().hadoopConfiguration(), data.vocabularyDirectory());
    StoredVocabulary own = by.vocabulary();
    if (!grown.fields().toJson().equals(own.fields().toJson())) {
      throw new IllegalArgumentException(
          data.directory() + ": fitted fields must be those of the model, got others");
    }
    // In the same batches for each model, since a comparison pairs them.
    JavaRDD<EncodedBatch> rows = grown.joined(data.partitions(split, tasks), ScoreTask.BLOCK_ROWS);
    ScoreTask scorer = by.scorer();
    if (own.fingerprint().equals(grown.fingerprint())) {
      return rows.map(scorer::score);
    }
    return rows.mapPartitions(
        batches -> {
          EarlierIds ids = new EarlierIds(own.load(), grown.load());
          return scored(batches, ids, scorer);
        });
  }

  /**
   * A digest of the bits of all logits. It is equal for equal rows in any order, and almost
   * certainly different if one bit differs.
   */
  public long logitsDigest(SourceRows rows) {
    return scored(rows, Optional.empty()).map(EvaluateJob::digest).fold(0L, Long::sum);
  }

  private static long digest(ScoredRows rows) {
    long sum = 0;
    for (double logit : rows.logits()) {
      sum += CounterRandom.mix(Double.doubleToRawLongBits(logit));
    }
    return sum;
  }

  private static Iterator<ScoredRows> scored(
      Iterator<EncodedBatch> rows, EarlierIds ids, ScoreTask scorer) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public ScoredRows next() {
        return scorer.score(ids.of(rows.next()));
      }
    };
  }

  private JavaRDD<ScoredRows> scored(SourceRows rows, Optional<Split> split) {
    FieldChanges.requireNone(
        model.vocabulary().fields().inputs(), rows.fields(), "the model " + model.directory());
    ScoreTask scorer = model.scorer(model.vocabulary());
    return rows.encoded(model.vocabulary(), split).map(scorer::score);
  }
}
