package io.destine.spark.report;

import java.util.Comparator;
import java.util.List;

/** Ids added to the vocabulary by the day, in total and by field. */
final class VocabularySection {
  private VocabularySection() {}

  static void write(Markup page, RunReport report) {
    RunReport.Growth vocabulary = report.drift().vocabulary();
    if (vocabulary == null || (vocabulary.before() == null && vocabulary.after() == null)) {
      return;
    }
    page.openSection("Vocabulary", null);
    Table table = new Table(page, "Field", "#Ids before", "#Ids after", "#Added", "#Growth");
    row(table.openRow("total"), "all fields", vocabulary.before(), vocabulary.after());
    List<RunReport.FieldGrowth> fields =
        vocabulary.byField().stream()
            .sorted(
                Comparator.comparingLong((RunReport.FieldGrowth f) -> added(f.before(), f.after()))
                    .reversed())
            .toList();
    for (RunReport.FieldGrowth field : fields) {
      String name = field.field() == null ? NumberText.ABSENT : field.field();
      row(table.openRow(), name, field.before(), field.after());
    }
    table.close();
    page.close();
    sideTables(page, report.drift().sideTables());
  }

  private static void sideTables(Markup page, List<RunReport.SideTableChange> tables) {
    if (tables.isEmpty()) {
      return;
    }
    page.openSection(
        "Side tables",
        "Compared with the tables of the published model. A row has changed when its ids or numbers"
            + " differ, for example because a value has an id of its own for the first time.");
    Table table = new Table(page, "Table", "#Rows", "#Added", "#Removed", "#Changed");
    for (RunReport.SideTableChange each : tables) {
      table.openRow().name(each.table() == null ? NumberText.ABSENT : each.table());
      table.number(NumberText.count(each.rows())).number(NumberText.count(each.added()));
      table.number(NumberText.count(each.removed())).number(NumberText.count(each.changed()));
      table.closeRow();
    }
    table.close();
    page.close();
  }

  private static long added(Long before, Long after) {
    return (after == null ? 0 : after) - (before == null ? 0 : before);
  }

  private static void row(Table table, String name, Long before, Long after) {
    table.name(name).number(NumberText.count(before)).number(NumberText.count(after));
    if (before == null || after == null) {
      table.number(NumberText.ABSENT).number(NumberText.ABSENT).closeRow();
      return;
    }
    double added = added(before, after);
    table.number(NumberText.signed(added, 0));
    table.number(before > 0 ? NumberText.signed(100 * added / before, 1) + "%" : NumberText.ABSENT);
    table.closeRow();
  }
}
