package io.destine.spark.report;

import java.util.OptionalDouble;

/** The rows that the run read, and the bounds that they had to keep. */
final class InputSection {
  private InputSection() {}

  static void write(Markup page, ReportNode report) {
    ReportNode input = report.at("input");
    if (!input.present()) {
      return;
    }
    page.openSection("Input", null).open("dl", "class", "facts");
    input.text("path").ifPresent(path -> fact(page, "Path", path));
    input.text("table").ifPresent(table -> fact(page, "Table", table));
    input.text("where").ifPresent(where -> fact(page, "Rows with", where));
    input
        .at("snapshot")
        .text("id")
        .ifPresent(
            id ->
                fact(
                    page,
                    "Snapshot",
                    id
                        + input
                            .at("snapshot")
                            .text("committed_at")
                            .map(t -> " of " + t)
                            .orElse("")));
    if (!input.texts("window").isEmpty()) {
      fact(page, "Days", String.join(", ", input.texts("window")));
    }
    OptionalDouble rows = input.number("rows");
    if (rows.isPresent()) {
      OptionalDouble least = input.number("min_rows");
      String bound = least.isPresent() ? " (at least " + NumberText.count(least) + ")" : "";
      fact(page, "Rows", NumberText.count(rows) + bound);
    }
    if (input.number("quarantined").isPresent()) {
      fact(page, "Quarantined", NumberText.count(input.number("quarantined")) + " rows");
    }
    if (input.number("label_rate").isPresent()) {
      fact(page, "Label rate", NumberText.percent(input.number("label_rate")) + bounds(input));
    }
    input.text("changed").ifPresent(text -> fact(page, "Since then", text));
    for (ReportNode day : report.list("history")) {
      day.text("changed").ifPresent(text -> fact(page, day.text("date").orElse(""), text));
    }
    page.close().close();
  }

  private static String bounds(ReportNode input) {
    OptionalDouble low = input.number("label_rate_low");
    OptionalDouble high = input.number("label_rate_high");
    if (low.isEmpty() && high.isEmpty()) {
      return "";
    }
    return " (allowed " + NumberText.percent(low) + " to " + NumberText.percent(high) + ")";
  }

  /** A name and a value of a list of facts. */
  static void fact(Markup page, String name, String value) {
    page.leaf("dt", name).leaf("dd", value);
  }
}
