package io.destine.spark.report;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/** Ids that the day added to the vocabulary, in all and by field. */
final class VocabularySection {
  private VocabularySection() {}

  static void write(Markup page, ReportNode report) {
    ReportNode vocabulary = report.at("vocabulary");
    if (vocabulary.number("after").isEmpty() && vocabulary.number("before").isEmpty()) {
      return;
    }
    page.openSection("Vocabulary", null);
    Table table = new Table(page, "Field", "#Ids before", "#Ids after", "#Added", "#Growth");
    row(table.openRow("total"), "all fields", vocabulary);
    List<ReportNode> fields =
        vocabulary.list("by_field").stream()
            .sorted(Comparator.comparingDouble(VocabularySection::added).reversed())
            .toList();
    for (ReportNode field : fields) {
      row(table.openRow(), field.text("field").orElse(NumberText.ABSENT), field);
    }
    table.close();
    page.close();
    sideTables(page, report.list("side_tables"));
  }

  private static void sideTables(Markup page, List<ReportNode> tables) {
    if (tables.isEmpty()) {
      return;
    }
    page.openSection(
        "Side tables",
        "Compared with the tables of the published model. A row has changed when its ids or numbers"
            + " differ, for example because a value has an id of its own for the first time.");
    Table table = new Table(page, "Table", "#Rows", "#Added", "#Removed", "#Changed");
    for (ReportNode each : tables) {
      table.openRow().name(each.text("table").orElse(NumberText.ABSENT));
      for (String key : List.of("rows", "added", "removed", "changed")) {
        table.number(NumberText.count(each.number(key)));
      }
      table.closeRow();
    }
    table.close();
    page.close();
  }

  private static double added(ReportNode counts) {
    return counts.number("after").orElse(0) - counts.number("before").orElse(0);
  }

  private static void row(Table table, String name, ReportNode counts) {
    OptionalDouble before = counts.number("before");
    OptionalDouble after = counts.number("after");
    table.name(name).number(NumberText.count(before)).number(NumberText.count(after));
    if (before.isEmpty() || after.isEmpty()) {
      table.number(NumberText.ABSENT).number(NumberText.ABSENT).closeRow();
      return;
    }
    double added = added(counts);
    double old = before.getAsDouble();
    table.number(NumberText.signed(added, 0));
    table.number(old > 0 ? NumberText.signed(100 * added / old, 1) + "%" : NumberText.ABSENT);
    table.closeRow();
  }
}
