package io.destine.spark.report;

/** The rows read by the run, and their required bounds. */
final class InputSection {
  private InputSection() {}

  static void write(Markup page, RunReport report) {
    RunReport.Source source = report.source();
    RunReport.Counts counts = report.counts();
    if (source.path() == null && source.table() == null && counts.rows() == null) {
      return;
    }
    page.openSection("Input", null).open("dl", "class", "facts");
    page.fact("Path", source.path());
    page.fact("Table", source.table());
    page.fact("Rows with", source.where());
    RunReport.Snapshot snapshot = source.snapshot();
    if (snapshot != null && snapshot.id() != null) {
      String at = snapshot.committedAt() == null ? "" : " of " + snapshot.committedAt();
      page.fact("Snapshot", snapshot.id() + at);
    }
    if (!source.window().isEmpty()) {
      page.fact("Days", String.join(", ", source.window()));
    }
    if (counts.rows() != null) {
      Long least = counts.minRows();
      String bound = least == null ? "" : " (at least " + NumberText.count(least) + ")";
      page.fact("Rows", NumberText.count(counts.rows()) + bound);
    }
    if (counts.quarantined() != null) {
      page.fact("Quarantined", NumberText.count(counts.quarantined()) + " rows");
    }
    if (counts.labelRate() != null) {
      page.fact("Label rate", NumberText.percent(counts.labelRate()) + bounds(counts));
    }
    page.fact("Since then", source.changed());
    for (RunReport.Day day : report.drift().history()) {
      if (day.changed() != null) {
        page.fact(String.valueOf(day.date()), day.changed());
      }
    }
    page.close().close();
  }

  private static String bounds(RunReport.Counts counts) {
    Double low = counts.labelRateLow();
    Double high = counts.labelRateHigh();
    return low == null && high == null
        ? ""
        : " (allowed " + NumberText.percent(low) + " to " + NumberText.percent(high) + ")";
  }
}
