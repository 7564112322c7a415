package io.destine.spark.report;

import java.util.List;

/** The choice of fields for each column, if fields were chosen automatically. */
final class ColumnSection {
  private ColumnSection() {}

  static void write(Markup page, ReportNode report) {
    List<ReportNode> columns = report.list("columns");
    if (columns.isEmpty()) {
      return;
    }
    page.openSection(
        "Columns", "How each column is used, chosen from its values because fields = \"*\".");
    Table table = new Table(page, "Column", "Choice", "Reason");
    for (ReportNode column : columns) {
      table.openRow();
      page.leaf("th", column.text("column").orElse(NumberText.ABSENT), "scope", "row");
      page.leaf("td", column.text("choice").orElse(NumberText.ABSENT));
      page.leaf("td", column.text("reason").orElse(NumberText.ABSENT));
      table.closeRow();
    }
    table.close();
    page.leaf(
        "p",
        "inspect --as-config prints these fields as a configuration, to be changed by hand.",
        "class",
        "note");
    page.close();
  }
}
