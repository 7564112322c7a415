package io.destine.spark.report;

import java.util.OptionalDouble;
import java.util.function.Function;

/** The forecast of the live model for the new day, before any training on it. */
final class ForecastSection {
  private final RunReport report;
  private final ReportNode forecast;

  ForecastSection(RunReport report) {
    this.report = report;
    this.forecast = new ReportNode(report.comparison().forecast());
  }

  void write(Markup page) {
    if (!forecast.present()) {
      page.openSection("Forecast of the new day", null).leaf("p", absence()).close();
      return;
    }
    page.openSection(
        "Forecast of the new day",
        "The live model, measured on the whole new day"
            + (forecast.number("rows").isPresent() ? rows() : "")
            + " before any training on it: the predictions that its users got.");
    page.open("dl", "class", "tiles");
    tile(
        page,
        "Log loss",
        "log_loss",
        recent(RunReport.Day::forecastLogLoss, "nats, lower is better"));
    tile(page, "AUC", "auc", recent(RunReport.Day::forecastAuc, "higher is better"));
    tile(page, "PR AUC", "pr_auc", "higher is better");
    tile(page, "Normalized entropy", "normalized_entropy", "1 is the base rate");
    tile(page, "Calibration", "calibration", "predicted over actual");
    tile(page, "ECE", "ece", "lower is better");
    page.close();
    FigureTable.warnings(page, "Forecast", forecast);
    page.close();
  }

  private void tile(Markup page, String name, String key, String detail) {
    OptionalDouble value = forecast.number(key);
    if (value.isPresent()) {
      Headline.tile(page, name, NumberText.fixed(value, 4), detail);
    }
  }

  /** The mean of the days before the new one, or another text if there are none. */
  private String recent(Function<RunReport.Day, Double> figure, String otherwise) {
    OptionalDouble mean =
        report.drift().history().stream()
            .filter(day -> day.date() != null && day.date().isBefore(report.identity().date()))
            .map(day -> NumberText.finite(figure.apply(day)))
            .flatMapToDouble(OptionalDouble::stream)
            .average();
    return mean.isPresent() ? "recent mean " + NumberText.fixed(mean, 4) : otherwise;
  }

  private String rows() {
    return " (" + NumberText.count(forecast.number("rows")) + " rows)";
  }

  private String absence() {
    if (report.progress().result() == RunResult.FAILED) {
      return "No forecast was measured before the run failed.";
    }
    return report.training().parent() != null
        ? "There is no forecast: the live model had learnt from that day or a later one."
        : "There is no forecast: no model was live when the run started, or the live model had"
            + " learnt from that day or a later one.";
  }
}
