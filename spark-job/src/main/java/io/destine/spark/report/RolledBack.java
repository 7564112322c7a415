package io.destine.spark.report;

import java.util.Optional;

/**
 * A rollback that took the model of a run out of service.
 *
 * @param at when, in words
 * @param to name of the model that it made live again
 */
record RolledBack(String at, String to) {

  /** The rollback that a report notes. */
  static Optional<RolledBack> of(ReportNode report) {
    ReportNode node = report.at("rolled_back");
    return node.present()
        ? Optional.of(
            new RolledBack(
                node.text("at").map(RunFacts::moment).orElse(NumberText.ABSENT),
                node.text("to").orElse(NumberText.ABSENT)))
        : Optional.empty();
  }

  String words() {
    return "rolled back to " + to + ", " + at;
  }
}
