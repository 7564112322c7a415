package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.onnx.ExportOptions;
import io.destine.onnx.GraphInput;
import io.destine.onnx.InputForm;
import io.destine.spark.conf.UserError;
import io.destine.spark.export.EmbeddingExport;
import io.destine.spark.export.ExportFormat;
import io.destine.spark.export.ExportJob;
import io.destine.spark.sink.TableOutput;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** export: writes a model as a file or a directory for other programs. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a model as one file: an ONNX graph, which takes the values of the fields and gives"
          + " probabilities, or the model directory as a zip archive, for a scorer. Or as a"
          + " directory: the graph as a model of a Triton model repository, or the embeddings as"
          + " Parquet files with a row for each id.",
      "For a graph, the driver holds the model's tables and vocabulary in memory."
    })
final class ExportCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "The model directory, or a directory of nightly runs with its live model.")
  private String model;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "PATH",
      description =
          "File to write, a new one unless --overwrite is given; for parquet a directory; for"
              + " triton the model's directory in the repository, named like the model. A graph"
              + " above 2 GB has its tensors next to it, in a file with .data appended to the"
              + " name.")
  private String output;

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (case-insensitive).")
  private ExportFormat format;

  @Option(
      names = "--inputs",
      paramLabel = "FORM",
      description =
          "Inputs of the graph for fields with ids: strings (texts and numbers; the graph finds"
              + " their ids) or ids. Default: strings, or ids for a vocabulary of more than a"
              + " million values.")
  private InputForm inputs;

  @Option(
      names = "--dense-only",
      description = "Writes a graph without tables; its inputs are the embeddings of the fields.")
  private boolean denseOnly;

  @Option(
      names = "--overwrite",
      description =
          "Replaces an earlier export. Nothing else is ever replaced; settings below the generated"
              + " part of a config.pbtxt are kept.")
  private boolean overwrite;

  @Override
  public Integer call() {
    long start = System.nanoTime();
    requireSense();
    try (Session session = Session.open("export", model)) {
      Console.result(
          format == ExportFormat.PARQUET ? embeddings(session, start) : file(session, start));
    }
    return 0;
  }

  private ObjectNode file(Session session, long start) {
    ExportJob job =
        new ExportJob(session.context().hadoopConfiguration(), model, output, overwrite);
    ExportJob.GraphForm form = new ExportJob.GraphForm(Optional.ofNullable(inputs), denseOnly);
    ExportJob.Outcome outcome =
        switch (format) {
          case ONNX -> job.onnx(form, Version.text());
          case TRITON -> job.triton(form, Version.text());
          default -> job.archive();
        };
    report(outcome);
    return json(outcome, start);
  }

  private ObjectNode embeddings(Session session, long start) {
    CommandLog log = new CommandLog();
    EmbeddingExport.Outcome outcome;
    try (TableOutput target =
        new TableOutput(
            session.context().hadoopConfiguration(),
            TableOutput.Kind.EMBEDDINGS,
            output,
            overwrite)) {
      Interruption.writing(session.spark(), target);
      outcome = new EmbeddingExport(session.spark(), model).run(target, log);
    }
    Console.err().printf(Locale.ROOT, "%,d embeddings in %s%n", outcome.rows(), output);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("output", output);
    json.put("format", format.key());
    json.put("rows", outcome.rows());
    json.put("model", outcome.model());
    json.put("manifest_sha256", outcome.manifestSha256());
    log.putInto(json);
    json.put("seconds", Console.secondsSince(start));
    return json;
  }

  private void requireSense() {
    if (!format.hasGraph() && (inputs != null || denseOnly)) {
      throw new UserError(
          "--inputs and --dense-only are for --format onnx or triton; leave them out");
    }
    if (denseOnly && inputs != null) {
      throw new UserError("--dense-only makes a graph over embeddings; leave --inputs out");
    }
  }

  private void report(ExportJob.Outcome outcome) {
    if (inputs == null && outcome.form().equals(Optional.of(InputForm.IDS))) {
      Console.err()
          .printf(
              Locale.ROOT,
              "the graph takes ids: the vocabulary has more than %,d values (for texts, add"
                  + " --inputs strings)%n",
              ExportOptions.MOST_TEXTS);
    }
    for (GraphInput input : outcome.inputs()) {
      input
          .reason()
          .ifPresent(
              reason -> Console.err().println("field " + input.field() + " takes ids: " + reason));
    }
    String file = format.file(output);
    Console.err().printf(Locale.ROOT, "%,d bytes in %s%n", outcome.bytes(), file);
    outcome
        .dataBytes()
        .ifPresent(
            bytes ->
                Console.err()
                    .printf(
                        Locale.ROOT, "%,d bytes of tensors in %s.data beside it%n", bytes, file));
  }

  private ObjectNode json(ExportJob.Outcome outcome, long start) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("output", output);
    json.put("format", format.key());
    json.put("bytes", outcome.bytes());
    outcome.dataBytes().ifPresent(bytes -> json.put("data_bytes", bytes));
    outcome.form().ifPresent(form -> json.put("inputs", form.key()));
    if (format.hasGraph()) {
      ArrayNode ids = json.putArray("fields_by_id");
      for (GraphInput input : outcome.inputs()) {
        switch (input.takes()) {
          case ID, IDS -> ids.add(input.field());
          case TEXT, TEXTS, NUMBER, VECTOR, FLOATS -> {}
        }
      }
    }
    json.put("model", outcome.model());
    json.put("manifest_sha256", outcome.manifestSha256());
    json.put("seconds", Console.secondsSince(start));
    return json;
  }
}
