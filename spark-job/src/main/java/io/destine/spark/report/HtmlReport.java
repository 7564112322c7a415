package io.destine.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * A nightly run's report as one HTML page for people who look at last night's run. The page loads
 * nothing, runs no script, and is well-formed XML after its doctype.
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
    return render(report, Optional.empty());
  }

  /** The page of a report with links to its neighbours. */
  public static String render(JsonNode report, RunLinks links) {
    return render(report, Optional.of(links));
  }

  private static String render(JsonNode report, Optional<RunLinks> links) {
    ReportNode run = new ReportNode(report);
    return Page.of(title(run), page -> write(page, run, links));
  }

  private static void write(Markup page, ReportNode run, Optional<RunLinks> links) {
    new Headline(page, run).write(links);
    Advice.write(page, run);
    new ForecastSection(run).write(page);
    GateTable.write(page, run);
    FigureTable.write(page, run);
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
