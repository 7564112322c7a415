package io.destine.spark.report;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/** The checks that decide whether a candidate goes live; passed checks are collapsed. */
final class GateTable {
  private static final String HELD_OUT_ROWS = "held_out_rows";

  private GateTable() {}

  static void write(Markup page, RunReport report) {
    List<RunReport.Check> checks = report.comparison().gate();
    if (checks.isEmpty()) {
      page.openSection("Gate", null).leaf("p", "No check was made.").close();
      return;
    }
    page.openSection("Gate", "A candidate goes live when every check passes.");
    List<RunReport.Check> missed = checks.stream().filter(check -> !check.passed()).toList();
    List<RunReport.Check> passed = checks.stream().filter(RunReport.Check::passed).toList();
    if (!missed.isEmpty()) {
      table(page, missed);
    }
    if (!passed.isEmpty()) {
      String count = passed.size() == 1 ? "1 check" : passed.size() + " checks";
      page.open("details").leaf("summary", "✓ " + count + " passed");
      table(page, passed);
      page.close();
    }
    page.close();
  }

  private static void table(Markup page, List<RunReport.Check> checks) {
    Table table = new Table(page, "Check", "#Value", "#Bound", "Result");
    for (RunReport.Check check : checks) {
      boolean passed = check.passed();
      table.openRow(passed ? "passed" : "missed");
      page.open("th", "scope", "row");
      page.text(check.check() == null ? NumberText.ABSENT : words(check.check()));
      if (check.text() != null) {
        page.leaf("small", check.text());
      }
      page.close();
      table.number(figure(check, NumberText.finite(check.value())));
      table.number(figure(check, NumberText.finite(check.bound())));
      table.text(result(check, passed), passed ? "quiet" : "worse").closeRow();
    }
    table.close();
  }

  private static String result(RunReport.Check check, boolean passed) {
    OptionalDouble value = NumberText.finite(check.value());
    OptionalDouble bound = NumberText.finite(check.bound());
    if (passed || value.isEmpty() || bound.isEmpty()) {
      return passed ? "✓ passed" : "✗ failed";
    }
    double distance = Math.abs(value.getAsDouble() - bound.getAsDouble());
    return "✗ failed by " + figure(check, OptionalDouble.of(distance));
  }

  private static String figure(RunReport.Check check, OptionalDouble value) {
    return HELD_OUT_ROWS.equals(check.check())
        ? NumberText.count(value)
        : NumberText.fixed(value, 4);
  }

  private static String words(String key) {
    return key.equals(HELD_OUT_ROWS) ? "held-out rows" : key.replace('_', ' ');
  }

  /** The failed checks of a candidate, in a few words; empty if none failed. */
  static Optional<String> missed(RunReport report) {
    List<String> missed =
        report.comparison().gate().stream()
            .filter(check -> !check.passed())
            .map(RunReport.Check::check)
            .filter(Objects::nonNull)
            .map(key -> key.startsWith("calibration") ? "calibration" : words(key))
            .map(words -> words.equals("auc") ? "AUC" : words)
            .distinct()
            .toList();
    return missed.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", missed));
  }
}
