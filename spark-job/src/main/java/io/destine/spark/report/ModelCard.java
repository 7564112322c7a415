package io.destine.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The report of a training run as a model card: Markdown for people, with the metadata of Hugging
 * Face's model cards at the top, as YAML. It contains the name of the model and the paths or the
 * table of its rows, but no output paths and no times.
 */
public final class ModelCard {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SPLITS = List.of("train", "validation", "test");

  /** Keys of figures, their names for people, and the names of Hugging Face's metrics. */
  private static final List<List<String>> FIGURES =
      List.of(
          List.of("auc", "AUC", "roc_auc"),
          List.of("log_loss", "Log loss", "log_loss"),
          List.of("normalized_entropy", "Normalized entropy", "normalized_entropy"),
          List.of("calibration", "Mean prediction / mean label", "calibration"));

  private final StringBuilder text = new StringBuilder();
  private final ReportNode report;

  private ModelCard(ReportNode report) {
    this.report = report;
  }

  /**
   * The card of a report.
   *
   * @param report the report of a training run; all but model may be absent
   * @return Markdown, to be stored as UTF-8
   * @throws IllegalArgumentException if model is absent
   */
  public static String render(JsonNode report) {
    ModelCard card = new ModelCard(new ReportNode(report));
    card.write();
    return card.text.toString();
  }

  private void write() {
    String model = report.required("model");
    String name = model.substring(model.lastIndexOf('/') + 1);
    // JSON is valid YAML.
    text.append("---\n").append(metadata(name).toPrettyString()).append("\n---\n\n");
    text.append("# ").append(escaped(name)).append("\n\n");
    text.append("A click-through-rate model: the probability of label 1 for a row of ");
    text.append(fields().size()).append(" fields. The network is DESTINE\n");
    text.append(
        "([arXiv 2101.03654](https://arxiv.org/abs/2101.03654)) with the settings under Training");
    text.append(".\n\n");
    writeData();
    writeFigures();
    writeTraining();
    writeLimits();
  }

  private ObjectNode metadata(String name) {
    ObjectNode metadata = JSON.createObjectNode();
    metadata.put("library_name", "destine-spark");
    metadata.put("pipeline_tag", "tabular-classification");
    ArrayNode tags = metadata.putArray("tags");
    List.of("click-through-rate", "recommendation", "destine", "apache-spark").forEach(tags::add);
    ObjectNode result =
        metadata
            .putArray("model-index")
            .addObject()
            .put("name", name)
            .putArray("results")
            .addObject();
    result.putObject("task").put("type", "tabular-classification");
    result.putObject("dataset").put("type", "click-log").put("name", source()).put("split", "test");
    ArrayNode metrics = result.putArray("metrics");
    for (List<String> figure : FIGURES) {
      test()
          .number(figure.get(0))
          .ifPresent(
              value ->
                  metrics
                      .addObject()
                      .put("type", figure.get(2))
                      .put("name", figure.get(1))
                      .put("value", value));
    }
    return metadata;
  }

  private ReportNode test() {
    return report.at("splits").at("test");
  }

  private List<ReportNode> fields() {
    return report.list("fields");
  }

  /** Table or paths of the rows. */
  private String source() {
    ReportNode source = report.at("settings").at("source");
    ReportNode paths = report.at("settings").at("split").at("paths");
    List<String> files =
        paths.present()
            ? SPLITS.stream().map(paths::text).flatMap(Optional::stream).toList()
            : source.texts("path");
    return source.text("table").orElseGet(() -> String.join(", ", files));
  }

  private void writeData() {
    text.append("## Data\n\n| rows | number | label rate |\n|---|---|---|\n");
    for (String split : SPLITS) {
      ReportNode rows = report.at("rows").at(split);
      line(
          split,
          NumberText.count(rows.number("rows")),
          NumberText.fixed(rows.number("label_rate"), 4));
    }
    text.append("\n| | |\n|---|---|\n");
    line("source", code(source()));
    report.at("source").text("snapshot").ifPresent(snapshot -> line("snapshot", code(snapshot)));
    ReportNode dates = report.at("settings").at("split").at("by-date");
    if (dates.present()) {
      line(
          "split by date",
          "validation from "
              + escaped(dates.text("validation-from").orElse(NumberText.ABSENT))
              + dates.text("test-from").map(date -> ", test from " + escaped(date)).orElse(""));
    }
    report
        .text("data_fingerprint")
        .ifPresent(hash -> line("fingerprint of the encoded rows", code(hash)));
    line("label", code(report.at("settings").text("label").orElse("")));
    line(
        "fields",
        String.join(", ", fields().stream().map(f -> code(f.text("field").orElse(""))).toList()));
    text.append('\n');
  }

  private void writeFigures() {
    text.append("## Metrics\n\nOn the test rows, with 95 % intervals where available.\n\n");
    text.append("| metric | value | interval |\n|---|---|---|\n");
    for (List<String> figure : FIGURES) {
      OptionalDouble value = test().number(figure.get(0));
      if (value.isPresent()) {
        ReportNode interval = test().at("intervals").at(figure.get(0));
        line(
            figure.get(1),
            NumberText.fixed(value, 4),
            interval.present()
                ? NumberText.fixed(interval.number("low"), 4)
                    + " to "
                    + NumberText.fixed(interval.number("high"), 4)
                : "");
      }
    }
    text.append('\n');
  }

  private void writeTraining() {
    ReportNode versions = report.at("versions");
    text.append("## Training\n\n| | |\n|---|---|\n");
    line("program", escaped(versions.text("program").orElse(NumberText.ABSENT)));
    line("Spark", escaped(versions.text("spark").orElse(NumberText.ABSENT)));
    line("kernel", escaped(report.text("kernel").orElse(NumberText.ABSENT)));
    line("parameters", NumberText.count(report.number("parameters")));
    line(
        "epochs",
        NumberText.count(report.number("epochs"))
            + report.number("best_epoch").stream()
                .mapToObj(best -> String.format(Locale.ROOT, "; epoch %.0f is kept", best))
                .findFirst()
                .orElse(""));
    for (String section : List.of("model", "train")) {
      line("`" + section + "`", code(report.at("settings").at(section).json().toString()));
    }
    text.append(
        "\nIf the command `train` wrote this model, `destine reproduce --model . --output DIR`"
            + " trains it again and checks that the result is bit-identical.\n\n");
  }

  private void writeLimits() {
    text.append("## Limits\n\n");
    text.append(
        "- Probabilities hold for rows like the training rows; check them on newer ones.\n");
    text.append(
        "- Values absent from the training rows share the out-of-vocabulary ids of their field.\n");
    for (String warning : report.texts("warnings")) {
      text.append("- ").append(escaped(warning)).append('\n');
    }
  }

  private void line(String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /** Escapes Markdown, HTML and line breaks in texts of settings and tables. */
  private static String escaped(String value) {
    return value
        .replaceAll("\\p{Cntrl}+", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replaceAll("[\\\\`*_\\[\\]|#]", "\\\\$0");
  }

  /** The same as inline code. */
  private static String code(String value) {
    return "<code>" + escaped(value) + "</code>";
  }
}
