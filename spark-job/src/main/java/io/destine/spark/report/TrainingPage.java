package io.destine.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The report of a training run as one HTML page for people. The page refers to nothing external,
 * runs no script, and is well-formed XML after its doctype.
 */
public final class TrainingPage {
  private TrainingPage() {}

  /**
   * The page of a report.
   *
   * @param report the report of a training run; all but model may be absent
   * @return the page, to be stored as UTF-8
   * @throws IllegalArgumentException if model is absent
   */
  public static String render(JsonNode report) {
    ReportNode run = new ReportNode(report);
    return Page.of("Model " + run.required("model"), page -> write(page, run));
  }

  private static void write(Markup page, ReportNode run) {
    header(page, run);
    SplitTable.write(page, run);
    LearningSection.write(page, run.json().path("learning"), run.number("best_epoch"));
    ThresholdSection.write(page, run);
    FieldSection.write(page, run);
    ColumnSection.write(page, run);
    TimeSection.write(
        page,
        ReportJson.list(run.json().path("stages"), RunReport.Stage.class),
        run.json().path("step_time"));
    facts(page, run);
    SettingsSection.write(page, run);
  }

  private static void header(Markup page, ReportNode run) {
    ReportNode test = run.at("splits").at("test");
    page.open("header");
    String when = run.instant("finished").map(at -> ", " + NumberText.moment(at)).orElse("");
    page.leaf("p", run.required("model") + when, "class", "over");
    OptionalDouble auc = test.number("auc");
    OptionalDouble loss = test.number("log_loss");
    page.leaf(
        "h1",
        auc.isPresent()
            ? "A trained model: AUC " + NumberText.fixed(auc, 4) + " on the test rows"
            : "A trained model");
    warnings(run).forEach(warning -> page.leaf("p", warning, "class", "warning"));
    page.open("dl", "class", "tiles");
    if (auc.isPresent()) {
      Headline.tile(page, "Test AUC", NumberText.fixed(auc, 4), range(test, "auc"));
    }
    if (loss.isPresent()) {
      Headline.tile(page, "Test log loss", NumberText.fixed(loss, 4), range(test, "log_loss"));
    }
    tile(page, "Normalized entropy", test.number("normalized_entropy"), "1 is the base rate");
    tile(page, "Calibration", test.number("calibration"), "predicted over actual");
    OptionalDouble rows = run.at("rows").at("train").number("rows");
    if (rows.isPresent()) {
      OptionalDouble rate = run.at("rows").at("train").number("label_rate");
      String positive = rate.isPresent() ? NumberText.percent(rate) + " positive" : "";
      Headline.tile(page, "Training rows", NumberText.count(rows), positive);
    }
    OptionalDouble seconds = run.number("seconds");
    if (seconds.isPresent()) {
      Headline.tile(page, "Duration", NumberText.duration(seconds.getAsDouble()), "all stages");
    }
    page.close().close();
  }

  private static void tile(Markup page, String name, OptionalDouble value, String detail) {
    if (value.isPresent()) {
      Headline.tile(page, name, NumberText.fixed(value, 4), detail);
    }
  }

  private static String range(ReportNode metrics, String key) {
    return SplitTable.interval(metrics, key).orElse("no interval for these rows");
  }

  /** The warnings: about each split's figures, then about the data. */
  private static List<String> warnings(ReportNode run) {
    List<String> warnings = new ArrayList<>();
    for (String split : List.of("validation", "test")) {
      ReportNode metrics = run.at("splits").at(split);
      metrics
          .texts("warnings")
          .forEach(w -> warnings.add(NumberText.capital(split) + ": " + w + "."));
    }
    OptionalDouble quarantined = run.number("quarantined");
    if (quarantined.orElse(0) > 0) {
      warnings.add(
          NumberText.count(quarantined)
              + " rows could not be read and are kept in the quarantine of the encoded data.");
    }
    run.texts("warnings").forEach(w -> warnings.add(NumberText.capital(w) + "."));
    return warnings;
  }

  private static void facts(Markup page, ReportNode run) {
    page.openSection("Model and versions", null).open("dl", "class", "facts");
    page.fact("Model path", run.required("model"));
    count(page, run, "Parameters", "parameters");
    count(page, run, "Ids in the vocabulary", "vocabulary");
    for (String split : List.of("train", "validation", "test")) {
      OptionalDouble rows = run.at("rows").at(split).number("rows");
      OptionalDouble rate = run.at("rows").at(split).number("label_rate");
      if (rows.isPresent()) {
        String name = split.equals("train") ? "Training" : NumberText.capital(split);
        String positive = rate.isPresent() ? ", " + NumberText.percent(rate) + " positive" : "";
        page.fact(name + " rows", NumberText.count(rows) + positive);
      }
    }
    count(page, run, "Training rows left out", "dropped");
    calibration(page, run.at("calibration"));
    text(page, run, "Kernel", "kernel");
    run.instant("started").ifPresent(at -> page.fact("Started", NumberText.moment(at)));
    run.instant("finished").ifPresent(at -> page.fact("Finished", NumberText.moment(at)));
    ReportNode versions = run.at("versions");
    text(page, versions, "Program", "program");
    text(page, versions, "Spark", "spark");
    text(page, versions, "Java", "java");
    text(page, versions, "System", "system");
    page.close().close();
  }

  private static void calibration(Markup page, ReportNode fit) {
    String method = fit.text("method").orElse("");
    OptionalDouble before = fit.number("validation_log_loss_before");
    OptionalDouble after = fit.number("validation_log_loss");
    fit.text("not_fitted_because")
        .ifPresent(why -> page.fact("Calibration", method + ", not fitted since " + why));
    fit.text("fitted")
        .ifPresent(
            map ->
                page.fact(
                    "Calibration",
                    method
                        + ", "
                        + map
                        + "; validation log loss "
                        + NumberText.fixed(after, 6)
                        + ", before "
                        + NumberText.fixed(before, 6)));
  }

  private static void count(Markup page, ReportNode run, String name, String key) {
    OptionalDouble value = run.number(key);
    if (value.isPresent()) {
      page.fact(name, NumberText.count(value));
    }
  }

  private static void text(Markup page, ReportNode node, String name, String key) {
    Optional<String> value = node.text(key);
    value.ifPresent(text -> page.fact(name, text));
  }
}
