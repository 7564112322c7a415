package io.destine.spark.report;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A nightly run's report as one HTML page for people who look at last night's run. The page refers
 * to nothing outside itself, runs no script, and is well-formed XML after its doctype.
 */
public final class HtmlReport {
  private HtmlReport() {}

  /**
   * The page of a report.
   *
   * @param report the report of a run; all but model, date and result may be absent
   * @return the page, to be stored as UTF-8
   * @throws IllegalArgumentException if model, date or result is absent, or result unknown
   */
  public static String render(JsonNode report) {
    ReportNode run = new ReportNode(report);
    return Page.of(title(run), page -> write(page, run));
  }

  private static void write(Markup page, ReportNode run) {
    new Headline(page, run).write();
    GateTable.write(page, run);
    FigureTable.write(page, run);
    new ForecastSection(run).write(page);
    new HistorySection(run).write(page);
    LearningSection.write(page, run);
    DriftSection.write(page, run);
    VocabularySection.write(page, run);
    InputSection.write(page, run);
    TimeSection.write(page, run);
    RunFacts.write(page, run);
  }

  private static String title(ReportNode run) {
    return Outcome.of(run).title() + ": " + run.required("model") + " " + run.required("date");
  }
}
