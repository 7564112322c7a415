package io.destine.spark.report;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The checks that decide whether a candidate goes live; those that passed are folded up. */
final class GateTable {
  private GateTable() {}

  static void write(Markup page, ReportNode report) {
    List<ReportNode> checks = report.list("gate");
    if (checks.isEmpty()) {
      page.openSection("Gate", null).leaf("p", "No check was made.").close();
      return;
    }
    page.openSection("Gate", "A candidate goes live when every check passes.");
    List<ReportNode> missed = checks.stream().filter(check -> !check.isTrue("passed")).toList();
    List<ReportNode> passed = checks.stream().filter(check -> check.isTrue("passed")).toList();
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

  private static void table(Markup page, List<ReportNode> checks) {
    Table table = new Table(page, "Check", "#Value", "#Bound", "Result");
    for (ReportNode check : checks) {
      boolean passed = check.isTrue("passed");
      table.openRow(passed ? "passed" : "missed");
      page.open("th", "scope", "row");
      page.text(check.text("check").map(GateTable::words).orElse(NumberText.ABSENT));
      check.text("text").ifPresent(text -> page.leaf("small", text));
      page.close();
      table.number(NumberText.figure(check.number("value")));
      table.number(NumberText.figure(check.number("bound")));
      table.text(result(check, passed), passed ? "quiet" : "worse").closeRow();
    }
    table.close();
  }

  private static String result(ReportNode check, boolean passed) {
    OptionalDouble value = check.number("value");
    OptionalDouble bound = check.number("bound");
    if (passed || value.isEmpty() || bound.isEmpty()) {
      return passed ? "✓ passed" : "✗ missed";
    }
    double distance = Math.abs(value.getAsDouble() - bound.getAsDouble());
    return "✗ missed by " + NumberText.figure(OptionalDouble.of(distance));
  }

  private static String words(String key) {
    return key.replace('_', ' ');
  }

  /** The missed checks of a candidate, in a few words; empty when the gate did not decide. */
  static Optional<String> missed(ReportNode report) {
    List<String> missed =
        report.list("gate").stream()
            .filter(check -> !check.isTrue("passed"))
            .flatMap(check -> check.text("check").stream())
            .map(key -> key.startsWith("calibration") ? "calibration" : words(key))
            .map(words -> words.equals("auc") ? "AUC" : words)
            .distinct()
            .toList();
    return missed.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", missed));
  }
}
