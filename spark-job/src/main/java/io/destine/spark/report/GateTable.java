package io.destine.spark.report;

import java.util.List;

/** The checks that decide whether a candidate goes live. */
final class GateTable {
  private GateTable() {}

  static void write(Markup page, ReportNode report) {
    List<ReportNode> checks = report.list("gate");
    if (checks.isEmpty()) {
      page.openSection("Gate", null).leaf("p", "No check was made.").close();
      return;
    }
    page.openSection("Gate", "A candidate goes live when every check passes.");
    Table table = new Table(page, "Check", "Condition", "#Value", "#Bound", "Result");
    for (ReportNode check : checks) {
      boolean passed = check.isTrue("passed");
      table.openRow(passed ? "passed" : "missed");
      table.name(check.text("check").map(GateTable::words).orElse(NumberText.ABSENT));
      table.text(check.text("text").orElse(NumberText.ABSENT));
      table.number(NumberText.figure(check.number("value")));
      table.number(NumberText.figure(check.number("bound")));
      table.text(passed ? "✓ passed" : "✗ missed", passed ? "better" : "worse").closeRow();
    }
    table.close();
    page.close();
  }

  private static String words(String key) {
    return key.replace('_', ' ');
  }
}
