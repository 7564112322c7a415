package io.destine.spark.predict;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.sink.TableFormat;
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
  /** Column of the probability that the label is 1; null where there is a reason. */
  public static final String PROBABILITY = TableScorer.PROBABILITY;

  /** Column of why there is no probability; null where there is one. */
  public static final String REASON = TableScorer.REASON;

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
   * What came out.
   *
   * @param rows all rows, those of the input
   * @param withoutProbability those of them that could not be read
   * @param reason why one of them could not
   */
  public record Outcome(long rows, long withoutProbability, Optional<String> reason) {}

  /**
   * Scores the configured source and writes it with the columns {@value #PROBABILITY} and {@value
   * #REASON} added.
   *
   * @param output where {@link TableOutput#begin} has been called
   * @throws UserError when the source cannot be read, lacks a column, has one that does not fit
   *     into the format, or is where the output is to be
   */
  public Outcome run(TableOutput output, TableFormat format) {
    Dataset<Row> table = new SourceTable(spark, source).read();
    TableScorer scorer = new TableScorer(model, table, sourceName());
    format.require(scorer.schema());
    requireApart(output, table.inputFiles());
    output.write(scorer.scored(), format);
    Outcome outcome = new Outcome(scorer.rows(), scorer.withoutProbability(), scorer.reason());
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts.put("model", model.directory());
    facts.put("format", format.spark());
    facts.put("rows", outcome.rows());
    facts.put("rows_without_probability", outcome.withoutProbability());
    output.commit(facts);
    return outcome;
  }

  private String sourceName() {
    return source.table().orElseGet(() -> String.join(", ", source.paths()));
  }

  /** Overwriting the input, or a directory that holds it, would lose it before it is read. */
  private void requireApart(TableOutput output, String[] inputFiles) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    output.requireApart(hadoop, "model", model.directory());
    for (String path : source.paths()) {
      output.requireApart(hadoop, "input", path);
    }
    boolean table = source.table().isPresent();
    Stream.of(inputFiles)
        .map(URI::create)
        .flatMap(file -> table ? Stream.of(file, file.resolve(".")) : Stream.of(file))
        .distinct()
        .forEach(file -> output.requireApart(hadoop, "input", file));
  }
}
