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
import org.apache.hadoop.conf.Configuration;

/** Writes a published model as one file. */
public final class ExportJob {
  private final Configuration hadoop;
  private final String model;
  private final ExportTarget target;

  /**
   * What was written.
   *
   * @param model directory that was exported
   * @param manifestSha256 which identifies it
   * @param bytes of the file
   * @param dataBytes of the data file beside it, if there is one
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
   * A job that writes to a file.
   *
   * @param model a model directory, or that of nightly runs, whose live model is meant
   * @param output the file
   * @param overwrite whether an earlier export may be replaced
   * @throws UserError when the file is not to be written to
   */
  public ExportJob(Configuration hadoop, String model, String output, boolean overwrite) {
    this.hadoop = hadoop;
    this.model = model;
    target = new ExportTarget(hadoop, output, overwrite);
  }

  /**
   * Writes a graph.
   *
   * @param form of the inputs; empty for texts unless they are too many
   * @param denseOnly a graph over embeddings, without tables
   * @param program version of this program
   * @throws UserError when there is no model, or its texts are too many
   */
  public Outcome onnx(Optional<InputForm> form, boolean denseOnly, String program) {
    ExportedModel exported = ExportedModel.open(hadoop, model);
    InputForm inputs = form.orElseGet(() -> ExportOptions.defaultInputs(exported.vocabulary()));
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
              denseOnly ? options.overEmbeddings() : options);
    } catch (IllegalArgumentException e) {
      throw new UserError(exported.directory() + ": " + e.getMessage());
    }
    ExportTarget.Written written = target.write(graph);
    return new Outcome(
        exported.directory(),
        exported.manifestSha256(),
        written.bytes(),
        written.dataBytes(),
        denseOnly ? Optional.empty() : Optional.of(inputs),
        graph.inputs());
  }

  /**
   * Writes the model's directory as an archive.
   *
   * @throws UserError when there is no model, or it is damaged
   */
  public Outcome archive() {
    try {
      String directory = CurrentModel.resolve(hadoop, model);
      return ModelBase.open(hadoop, directory)
          .read(
              reader -> {
                ExportedModel.requireVocabulary(reader);
                return archive(directory, reader);
              });
    } catch (ModelFormatException e) {
      throw new UserError(e.getMessage());
    }
  }

  private Outcome archive(String directory, ModelReader reader) {
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
