package io.destine.spark.report;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The decision of the run, its reasons, what is live now, and the few figures to know first. */
final class Headline {
  private final Markup page;
  private final ReportNode report;
  private final Outcome outcome;

  Headline(Markup page, ReportNode report) {
    this.page = page;
    this.report = report;
    this.outcome = Outcome.of(report);
  }

  void write(Optional<RunLinks> links) {
    page.open("header");
    links.ifPresent(l -> l.write(page));
    page.leaf("p", report.required("model") + ", " + day(), "class", "over");
    page.open("h1").leaf("span", outcome.title(), "class", "badge " + outcome.key());
    page.text(" " + decision()).close();
    page.leaf("p", live());
    Decision.sentences(report).forEach(text -> page.leaf("p", text));
    // When every check has passed the reasons are these checks, which stand below.
    List<String> reasons = outcome == Outcome.PROMOTED ? List.of() : report.texts("reasons");
    if (!reasons.isEmpty() && outcome == Outcome.REFUSED) {
      page.leaf("p", "Missed:", "class", "note");
    }
    if (!reasons.isEmpty()) {
      page.open("ul", "class", "reasons");
      reasons.forEach(reason -> page.leaf("li", reason));
      page.close();
    }
    report
        .text("error")
        .filter(error -> !reasons.contains(error))
        .ifPresent(error -> page.leaf("pre", error, "class", "error"));
    tiles();
    page.close();
  }

  private String day() {
    return report.date("date").map(NumberText::longDay).orElseGet(() -> report.required("date"));
  }

  private String decision() {
    return switch (outcome) {
      case PROMOTED ->
          RolledBack.of(report).isPresent()
              ? "The new model was rolled back"
              : "A new model is live";
      case REFUSED ->
          "The new model was not good enough"
              + GateTable.missed(report).map(missed -> ": " + missed).orElse("");
      case FAILED -> "The run broke off";
    };
  }

  private String live() {
    Optional<String> published = report.text("published");
    if (published.isEmpty()) {
      return "No model is live.";
    }
    Optional<RolledBack> back = RolledBack.of(report);
    if (back.isPresent()) {
      return published.get()
          + " was live until "
          + back.get().at()
          + ", when a rollback made "
          + back.get().to()
          + " live again.";
    }
    String live = published.get();
    String since =
        report.text("live_since").map(at -> ", live since " + RunFacts.moment(at)).orElse("");
    return outcome == Outcome.PROMOTED
        ? live + " answers from now on" + since + "."
        : live + " stays in service" + since + "." + lag();
  }

  /** How far the live model is behind the data, when it is. */
  private String lag() {
    Optional<LocalDate> day = report.date("date");
    Optional<LocalDate> live = report.date("live_date");
    if (day.isEmpty() || live.isEmpty() || !live.get().isBefore(day.get())) {
      return "";
    }
    long days = ChronoUnit.DAYS.between(live.get(), day.get());
    return " It has not learnt from the last " + (days == 1 ? "day." : days + " days.");
  }

  private void tiles() {
    page.open("dl", "class", "tiles");
    ReportNode forecast = report.at("forecast");
    for (String key : List.of("log_loss", "auc")) {
      if (forecast.number(key).isPresent()) {
        String name = "Forecast " + (key.equals("auc") ? "AUC" : "log loss");
        tile(page, name, NumberText.fixed(forecast.number(key), 4), "of the live model");
      }
    }
    OptionalDouble mine = report.at("candidate").number("log_loss");
    OptionalDouble theirs = report.at("published_same_rows").number("log_loss");
    if (mine.isPresent()) {
      String against =
          theirs.isPresent() ? "published " + NumberText.fixed(theirs, 4) : "held-out rows";
      tile(page, "Candidate log loss", NumberText.fixed(mine, 4), against);
    }
    OptionalDouble auc = report.at("candidate").number("auc");
    if (auc.isPresent()) {
      OptionalDouble published = report.at("published_same_rows").number("auc");
      String against =
          published.isPresent() ? "published " + NumberText.fixed(published, 4) : "held-out rows";
      tile(page, "Candidate AUC", NumberText.fixed(auc, 4), against);
    }
    OptionalDouble rows = report.at("input").number("rows");
    if (rows.isPresent()) {
      OptionalDouble rate = report.at("input").number("label_rate");
      String positive = rate.isEmpty() ? "" : NumberText.percent(rate) + " positive";
      tile(page, "Rows", NumberText.count(rows), positive);
    }
    OptionalDouble seconds = report.number("seconds");
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
