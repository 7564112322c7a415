package io.destine.spark.export;

import io.destine.artifact.ModelArchive;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.onnx.ExportOptions;
import io.destine.onnx.GraphInput;
import io.destine.onnx.InputForm;
import io.destine.onnx.ModelIdentity;
import io.destine.onnx.OnnxFile;
import io.destine.onnx.OnnxGraph;
import io.destine.spark.conf.UserError;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.store.CurrentModel;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;

/**
 * Writes a published model as a file, with a data file for a large graph, or as a directory for
 * Triton.
 */
public final class ExportJob {
  private final Configuration hadoop;
  private final String model;
  private final String output;
  private final boolean overwrite;

  /**
   * The result.
   *
   * @param model the exported directory
   * @param manifestSha256 identifies the model
   * @param bytes of the file; for Triton, of the graph
   * @param dataBytes of the data file next to it, if there is one
   * @param form of the inputs of a graph; empty for other formats and graphs over embeddings
   * @param inputs of a graph
   */
  public record Outcome(
      String model,
      String manifestSha256,
      long bytes,
      OptionalLong dataBytes,
      Optional<InputForm> form,
      List<GraphInput> inputs) {}

  /**
   * The form of a graph.
   *
   * @param form of the inputs; if empty, texts, unless there are too many
   * @param denseOnly a graph over embeddings, without tables
   */
  public record GraphForm(Optional<InputForm> form, boolean denseOnly) {}

  /**
   * A job that writes to a path.
   *
   * @param model a model directory, or a directory of nightly runs for its live model
   * @param output the file, or for Triton the directory of the model
   * @param overwrite whether an earlier export may be replaced
   */
  public ExportJob(Configuration hadoop, String model, String output, boolean overwrite) {
    this.hadoop = hadoop;
    this.model = model;
    this.output = output;
    this.overwrite = overwrite;
  }

  /**
   * Writes a graph as a file.
   *
   * @param program version of this program
   * @throws UserError if the file must not be written, if there is no model, or if it has too many
   *     texts
   */
  public Outcome onnx(GraphForm form, String program) {
    ExportTarget target = target();
    return graph(form, program, target::write);
  }

  /**
   * Writes a graph and its configuration as a directory of a model repository of Triton.
   *
   * @param program version of this program
   * @throws UserError if the directory must not be written, if there is no model, or if it has too
   *     many texts
   */
  public Outcome triton(GraphForm form, String program) {
    TritonTarget target = new TritonTarget(hadoop, output, overwrite);
    return graph(form, program, target::write);
  }

  private ExportTarget target() {
    return new ExportTarget(hadoop, output, overwrite);
  }

  private Outcome graph(
      GraphForm form, String program, Function<OnnxFile, ExportTarget.Written> writer) {
    ExportedModel exported = ExportedModel.open(hadoop, model);
    InputForm inputs =
        form.form().orElseGet(() -> ExportOptions.defaultInputs(exported.vocabulary()));
    ExportOptions options = ExportOptions.of(inputs);
    OnnxFile graph;
    try {
      graph =
          OnnxGraph.of(
              exported.manifest().network(),
              exported.parameters(),
              exported.manifest().logitMap(),
              exported.fields(),
              exported.vocabulary(),
              new ModelIdentity(exported.manifestSha256(), program),
              form.denseOnly() ? options.overEmbeddings() : options);
    } catch (IllegalArgumentException e) {
      throw new UserError(exported.directory() + ": " + e.getMessage());
    }
    ExportTarget.Written written = writer.apply(graph);
    return new Outcome(
        exported.directory(),
        exported.manifestSha256(),
        written.bytes(),
        written.dataBytes(),
        form.denseOnly() ? Optional.empty() : Optional.of(inputs),
        graph.inputs());
  }

  /**
   * Writes an archive of those files of the model that scoring reads.
   *
   * @throws UserError if the file must not be written, if there is no model, or if it is damaged
   */
  public Outcome archive() {
    ExportTarget target = target();
    try {
      String directory = CurrentModel.resolve(hadoop, model);
      return ModelBase.open(hadoop, directory)
          .read(
              reader -> {
                ExportedModel.requireVocabulary(reader);
                return archive(directory, reader, target);
              });
    } catch (ModelFormatException e) {
      throw new UserError(e.getMessage());
    }
  }

  private static Outcome archive(String directory, ModelReader reader, ExportTarget target) {
    ExportTarget.Written written = target.write(out -> ModelArchive.write(out, reader));
    return new Outcome(
        directory,
        reader.manifestSha256(),
        written.bytes(),
        OptionalLong.empty(),
        Optional.empty(),
        List.of());
  }
}
