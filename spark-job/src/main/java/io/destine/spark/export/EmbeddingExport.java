package io.destine.spark.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.sink.TableFiles;
import io.destine.spark.sink.TableFormat;
import io.destine.spark.sink.TableOutput;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/** Writes the embeddings of a published model as a directory of Parquet files. */
public final class EmbeddingExport {
  private final SparkSession spark;
  private final String model;

  /**
   * The result.
   *
   * @param model the exported directory
   * @param manifestSha256 identifies the model
   * @param rows number of ids
   */
  public record Outcome(String model, String manifestSha256, int rows) {}

  /**
   * An export.
   *
   * @param model a model directory, or a directory of nightly runs for its live model
   */
  public EmbeddingExport(SparkSession spark, String model) {
    this.spark = spark;
    this.model = model;
  }

  /**
   * Writes {@link LoadedModel#embeddings}.
   *
   * @param target the directory
   * @param log receives lines for people
   * @throws io.destine.spark.conf.UserError if there is no model, or the directory must not be
   *     written
   */
  public Outcome run(TableOutput target, Consumer<String> log) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Configuration hadoop = context.hadoopConfiguration();
    target.requireApart(hadoop, "model", model);
    target.begin(log);
    try (LoadedModel loaded = LoadedModel.open(context, model)) {
      target.requireApart(hadoop, "model", loaded.directory());
      target.write(loaded.embeddings(spark), TableFiles.of(TableFormat.PARQUET));
      Outcome outcome =
          new Outcome(loaded.directory(), loaded.manifestSha256(), loaded.vocabulary().size());
      ObjectNode facts = JsonNodeFactory.instance.objectNode();
      facts.put("model", outcome.model());
      facts.put("manifest_sha256", outcome.manifestSha256());
      facts.put("format", TableFormat.PARQUET.spark());
      facts.put("rows", outcome.rows());
      target.commit(facts);
      return outcome;
    }
  }
}
