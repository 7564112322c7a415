package io.destine.spark.report;

import java.time.Instant;
import java.util.OptionalDouble;

/**
 * A nightly run's report as one HTML page for people. The page loads nothing, runs no script, and
 * is well-formed XML after its doctype.
 */
public final class HtmlReport {
  private HtmlReport() {}

  /**
   * The page of a report.
   *
   * @param report the report of a run; all but model, date and result may be absent
   * @param links to its neighbours
   * @return the page, to be stored as UTF-8
   * @throws IllegalArgumentException if model, date or the result of an ended run is absent
   */
  public static String render(RunReport report, RunLinks links) {
    RunReport run = report.requireEnded();
    return Page.of(title(run), page -> write(page, run, links));
  }

  private static void write(Markup page, RunReport run, RunLinks links) {
    new Headline(page, run).write(links);
    Advice.write(page, run);
    new ForecastSection(run).write(page);
    GateTable.write(page, run);
    FigureTable.write(page, run);
    new HistorySection(run).write(page);
    LearningSection.write(page, run.training().learning(), OptionalDouble.empty());
    DriftSection.write(page, run);
    VocabularySection.write(page, run);
    InputSection.write(page, run);
    TimeSection.write(page, run.progress().stages(), run.training().stepTime());
    facts(page, run);
  }

  private static void facts(Markup page, RunReport run) {
    RunReport.Progress progress = run.progress();
    RunReport.Live live = run.live();
    page.openSection("Run", null).open("dl", "class", "facts");
    page.fact("Model path", run.identity().model());
    page.fact("Date of the data", run.identity().date());
    page.fact("Run", run.identity().runId());
    page.fact("Started", moment(progress.started()));
    page.fact("Finished", moment(progress.finished()));
    OptionalDouble seconds = NumberText.finite(progress.seconds());
    if (seconds.isPresent()) {
      page.fact("Duration", NumberText.duration(seconds.getAsDouble()));
    }
    String parent = run.training().parent();
    boolean trained = run.training().kernel() != null;
    page.fact("Parent model", parent == null && trained ? "none: trained from scratch" : parent);
    page.fact("Live model", live.published() == null ? "none" : live.published());
    page.fact("Live model trained up to", live.liveDate());
    page.fact("Live since", moment(live.liveSince()));
    page.fact("Kernel", run.training().kernel());
    page.fact("Configuration", run.identity().configFingerprint());
    page.close().close();
  }

  private static String moment(Instant at) {
    return at == null ? null : NumberText.moment(at);
  }

  private static String title(RunReport run) {
    return run.progress().result().title()
        + ": "
        + run.identity().model()
        + " "
        + run.identity().date();
  }
}
