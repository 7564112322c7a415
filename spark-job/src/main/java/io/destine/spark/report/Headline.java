package io.destine.spark.report;

import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalDouble;

/** The decision of the run, its reasons, the live model, and the most important figures. */
final class Headline {
  private final Markup page;
  private final RunReport report;
  private final RunResult result;

  Headline(Markup page, RunReport report) {
    this.page = page;
    this.report = report;
    this.result = report.progress().result();
  }

  void write(RunLinks links) {
    page.open("header");
    links.write(page);
    RunReport.Identity run = report.identity();
    String over = run.model() + ", " + NumberText.longDay(run.date());
    page.leaf("p", over, "class", "over");
    page.open("h1").leaf("span", result.title(), "class", "badge " + result.key());
    page.text(" " + decision()).close();
    page.leaf("p", live());
    Decision.sentences(report).forEach(text -> page.leaf("p", text));
    // If every check has passed, the reasons are these checks, which are listed below.
    List<String> reasons = result == RunResult.PROMOTED ? List.of() : report.progress().reasons();
    if (!reasons.isEmpty() && result == RunResult.REFUSED) {
      page.leaf("p", "Failed checks:", "class", "note");
    }
    if (!reasons.isEmpty()) {
      page.open("ul", "class", "reasons");
      reasons.forEach(reason -> page.leaf("li", reason));
      page.close();
    }
    String error = report.progress().error();
    if (error != null && !reasons.contains(error)) {
      page.leaf("pre", error, "class", "error");
    }
    tiles();
    page.close();
  }

  private String decision() {
    return switch (result) {
      case PROMOTED ->
          report.live().rolledBack() != null
              ? "The new model was rolled back"
              : "A new model is live";
      case REFUSED ->
          "The new model failed the gate"
              + GateTable.missed(report).map(missed -> ": " + missed).orElse("");
      default -> "The run stopped with an error";
    };
  }

  private String live() {
    String live = report.live().published();
    if (live == null) {
      return "No model is live.";
    }
    RunReport.RolledBack back = report.live().rolledBack();
    if (back != null) {
      return live
          + " was live until "
          + back.moment()
          + ", when a rollback made "
          + back.model()
          + " live again.";
    }
    Instant at = report.live().liveSince();
    String since = at == null ? "" : ", live since " + NumberText.moment(at);
    return result == RunResult.PROMOTED
        ? live + " is now serving" + since + "."
        : live + " stays in service" + since + "." + lag();
  }

  /** The lag of the live model behind the data, if any. */
  private String lag() {
    LocalDate day = report.identity().date();
    LocalDate live = report.live().liveDate();
    if (live == null || !live.isBefore(day)) {
      return "";
    }
    long days = ChronoUnit.DAYS.between(live, day);
    return " It has not learnt from the last " + (days == 1 ? "day." : days + " days.");
  }

  private void tiles() {
    page.open("dl", "class", "tiles");
    RunReport.Comparison models = report.comparison();
    ReportNode forecast = new ReportNode(models.forecast());
    ReportNode candidate = new ReportNode(models.candidate());
    ReportNode same = new ReportNode(models.publishedSameRows());
    for (String key : List.of("log_loss", "auc")) {
      if (forecast.number(key).isPresent()) {
        String name = "Forecast " + (key.equals("auc") ? "AUC" : "log loss");
        tile(page, name, NumberText.fixed(forecast.number(key), 4), "of the live model");
      }
    }
    OptionalDouble mine = candidate.number("log_loss");
    OptionalDouble theirs = same.number("log_loss");
    if (mine.isPresent()) {
      String against =
          theirs.isPresent() ? "published " + NumberText.fixed(theirs, 4) : "held-out rows";
      tile(page, "Candidate log loss", NumberText.fixed(mine, 4), against);
    }
    OptionalDouble auc = candidate.number("auc");
    if (auc.isPresent()) {
      OptionalDouble published = same.number("auc");
      String against =
          published.isPresent() ? "published " + NumberText.fixed(published, 4) : "held-out rows";
      tile(page, "Candidate AUC", NumberText.fixed(auc, 4), against);
    }
    OptionalDouble rows = NumberText.finite(report.counts().rows());
    if (rows.isPresent()) {
      OptionalDouble rate = NumberText.finite(report.counts().labelRate());
      String positive = rate.isEmpty() ? "" : NumberText.percent(rate) + " positive";
      tile(page, "Rows", NumberText.count(rows), positive);
    }
    OptionalDouble seconds = NumberText.finite(report.progress().seconds());
    if (seconds.isPresent()) {
      tile(page, "Duration", NumberText.duration(seconds.getAsDouble()), "all stages");
    }
    page.close();
  }

  /** A figure in large type, with a line below it. */
  static void tile(Markup page, String name, String value, String detail) {
    page.open("div").leaf("dt", name).open("dd").text(value).leaf("small", detail).close().close();
  }
}
