package io.destine.spark.nightly;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.util.Optional;

/** Notes in the reports of finished days that their input is no longer what the run has read. */
final class ChangedInputs {
  private final NightlyContext context;

  ChangedInputs(NightlyContext context) {
    this.context = context;
  }

  /** Looks at a date and the days that a run of it is held against. */
  void note(LocalDate date) {
    int days = context.nightly().check().recentDays() + 1;
    for (RunRecord run : context.history().recent(date.plusDays(1), days)) {
      Optional<String> change = run.changedInput(context.spark());
      ObjectNode input = run.report().withObject("/input");
      if (change.isPresent()) {
        context.log().accept("warning: " + run.date() + ": " + change.get());
      }
      if (!change.orElse("").equals(input.path("changed").asText(""))) {
        change.ifPresentOrElse(text -> input.put("changed", text), () -> input.remove("changed"));
        context.history().write(run.name(), run.report());
        context.pages().page(run.name(), context.history().all());
      }
    }
  }
}
