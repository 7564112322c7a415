package io.destine.spark.report;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The contents of each field: kind, values, missing and unknown values, and differences of label
 * rates.
 */
final class FieldSection {
  private FieldSection() {}

  static void write(Markup page, ReportNode report) {
    List<ReportNode> fields = report.list("fields");
    if (fields.isEmpty()) {
      return;
    }
    page.openSection(
        "Fields", NumberText.count(fields.size()) + (fields.size() == 1 ? " field." : " fields."));
    Table table =
        new Table(
            page, "Field", "#Values", "#Missing", "#OOV, validation", "#OOV, test", "#Label rates");
    for (ReportNode field : fields) {
      table.openRow();
      page.open("th", "scope", "row").text(field.text("field").orElse(NumberText.ABSENT));
      OptionalDouble buckets = field.number("hash_buckets");
      String by = buckets.isPresent() ? ", " + NumberText.count(buckets) + " hash buckets" : "";
      field.text("kind").ifPresent(kind -> page.leaf("small", kind + by));
      page.close();
      table.number(NumberText.count(field.number("values")));
      table.number(NumberText.percent(field.number("missing")));
      table.number(NumberText.percent(field.number("oov_validation")));
      table.number(NumberText.percent(field.number("oov_test")));
      table.number(range(field)).closeRow();
    }
    table.close();
    OptionalDouble least = report.number("label_rate_rows");
    String rates =
        least.isPresent()
            ? " Label rates: lowest and highest share of positives among the field's values with at"
                + " least "
                + NumberText.count(least)
                + " training rows."
            : "";
    page.leaf(
        "p",
        "Values: number of values with an id of their own. Missing: share of the training rows. OOV"
            + " (out of vocabulary): share of values without an id of their own, usually rare or"
            + " unseen ones; a high share is typical of a field that identifies single rows. Values"
            + " of a field with hash buckets have no ids of their own."
            + rates,
        "class",
        "note");
    page.close();
  }

  private static String range(ReportNode field) {
    OptionalDouble low = field.number("label_rate_low");
    OptionalDouble high = field.number("label_rate_high");
    return low.isEmpty() || high.isEmpty()
        ? NumberText.ABSENT
        : NumberText.fixed(100 * low.getAsDouble(), 1)
            + "–"
            + NumberText.fixed(100 * high.getAsDouble(), 1)
            + "%";
  }
}
