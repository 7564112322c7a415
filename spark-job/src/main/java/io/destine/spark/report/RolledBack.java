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
        ? Optional.of(new RolledBack(RunFacts.moment(node.required("at")), node.required("to")))
        : Optional.empty();
  }

  String words() {
    return "rolled back to " + to + ", " + at;
  }
}
