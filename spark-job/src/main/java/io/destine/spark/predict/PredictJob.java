package io.destine.spark.predict;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.sink.TableFiles;
import io.destine.spark.sink.TableOutput;
import io.destine.spark.source.SourceTable;
import java.net.URI;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Scores a source with a {@link LoadedModel} and writes its rows. */
public final class PredictJob {
  private final SparkSession spark;
  private final LoadedModel model;
  private final SourceConfig source;

  /** Scores rows of a source with the given model. */
  public PredictJob(SparkSession spark, LoadedModel model, SourceConfig source) {
    this.spark = spark;
    this.model = model;
    this.source = source;
  }

  /**
   * The result.
   *
   * @param rows number of rows of the input
   * @param written number of rows of the output
   * @param withoutProbability number of rows of the input without a probability
   * @param reason why one of them has none
   * @param scores the probabilities of the other rows
   */
  public record Outcome(
      long rows,
      long written,
      long withoutProbability,
      Optional<String> reason,
      ScoreDistribution scores) {}

  /**
   * Scores the configured source and writes its rows with their probabilities.
   *
   * @param output on which {@link TableOutput#begin} has been called
   * @throws UserError if the source cannot be read, lacks a column, has a column that the format
   *     does not support, or overlaps with the output
   */
  public Outcome run(TableOutput output, TableFiles files, PredictionSettings settings) {
    Dataset<Row> table = new SourceTable(spark, source).read();
    TableScorer scorer = new TableScorer(model, table, sourceName(), settings);
    files.format().require(scorer.schema());
    requireApart(output, table.inputFiles());
    output.write(scorer.scored(), files);
    Outcome outcome = scorer.outcome();
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts.put("model", model.directory());
    facts.put("format", files.format().spark());
    facts.put("rows", outcome.rows());
    facts.put("rows_without_probability", outcome.withoutProbability());
    facts.put("rows_written", outcome.written());
    output.commit(facts);
    return outcome;
  }

  private String sourceName() {
    return source.name();
  }

  /**
   * Checks that the output does not overlap with the model or the input, which a replacement would
   * delete.
   */
  private void requireApart(TableOutput output, String[] inputFiles) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    output.requireApart(hadoop, "model", model.directory());
    for (String path : source.rows().paths()) {
      output.requireApart(hadoop, "input", path);
    }
    boolean table = source.rows().table().isPresent();
    Stream.of(inputFiles)
        .map(URI::create)
        .flatMap(file -> table ? Stream.of(file, file.resolve(".")) : Stream.of(file))
        .distinct()
        .forEach(file -> output.requireApart(hadoop, "input", file));
  }
}
