package io.destine.spark.nightly;

import io.destine.config.Components;
import io.destine.spark.report.RunReport;
import io.destine.spark.source.SourceFailure;
import java.time.LocalDate;
import java.util.Optional;

/** Records in the reports of finished days that their input has changed since the run read it. */
final class ChangedInputs {
  private final NightlyContext context;

  ChangedInputs(NightlyContext context) {
    this.context = context;
  }

  /** Checks a date and the days with which its run is compared. */
  void note(LocalDate date) {
    int days = context.nightly().check().recentDays() + 1;
    for (RunRecord run : context.history().recent(date.plusDays(1), days)) {
      Optional<String> change;
      try {
        change = run.changedInput(context.spark(), context.config().source());
      } catch (Exception e) {
        // The input of earlier days may be deleted or unreadable.
        context
            .log()
            .accept(
                "warning: "
                    + run.date()
                    + ": its input cannot be compared: "
                    + SourceFailure.firstLine(e));
        continue;
      }
      if (change.isPresent()) {
        context.log().accept("warning: " + run.date() + ": " + change.get());
      }
      RunReport.Source source = run.report().source();
      if (!change.equals(Optional.ofNullable(source.changed()))) {
        RunReport.Source noted = Components.with(source, "changed", change.orElse(null));
        context.history().write(run.name(), Components.with(run.report(), "source", noted));
        context.pages().page(run.name(), context.history().all());
      }
    }
  }
}
