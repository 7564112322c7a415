package io.destine.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Breakdown of the run's time: by stage, and within a training step. */
final class TimeSection {
  private static final String UNIT = "_ms";

  private TimeSection() {}

  /** The section of the stages and of the phases of a step, which may be null. */
  static void write(Markup page, List<RunReport.Stage> all, JsonNode stepTime) {
    List<RunReport.Stage> stages =
        all.stream().filter(s -> NumberText.finite(s.seconds()).isPresent()).toList();
    ReportNode steps = new ReportNode(stepTime);
    if (stages.isEmpty() && !steps.present()) {
      return;
    }
    page.openSection("Time", null).open("div", "class", "pair");
    if (!stages.isEmpty()) {
      page.open("div").leaf("h3", "Stages");
      stages(page, stages);
      page.close();
    }
    if (steps.present()) {
      page.open("div").leaf("h3", "Mean training step");
      steps(page, steps);
      page.close();
    }
    page.close().close();
  }

  private static void stages(Markup page, List<RunReport.Stage> stages) {
    double all = stages.stream().mapToDouble(RunReport.Stage::seconds).sum();
    Table table = new Table(page, "Stage", "#Time", "#Share", "");
    for (RunReport.Stage stage : stages) {
      double seconds = stage.seconds();
      String name = stage.stage() == null ? NumberText.ABSENT : stage.stage();
      row(table.openRow(), name, NumberText.duration(seconds), seconds, all);
    }
    table.close();
  }

  private static void steps(Markup page, ReportNode steps) {
    String note =
        NumberText.count(steps.number("steps"))
            + " steps, "
            + NumberText.count(steps.number("rows_per_second"))
            + " rows per second.";
    page.leaf("p", note, "class", "note");
    double parts = 0;
    for (String key : steps.keys()) {
      parts += isPart(key) ? steps.number(key).orElse(0) : 0;
    }
    double all = steps.number("total_ms").orElse(parts);
    Table table = new Table(page, "Part", "#Time", "#Share", "");
    for (String key : steps.keys()) {
      if (isPart(key) && steps.number(key).isPresent()) {
        double millis = steps.number(key).getAsDouble();
        String name = key.substring(0, key.length() - UNIT.length());
        row(table.openRow(), name, NumberText.fixed(millis, 2) + " ms", millis, all);
      }
    }
    row(table.openRow("total"), "all", NumberText.fixed(all, 2) + " ms", all, all);
    table.close();
  }

  private static boolean isPart(String key) {
    return key.endsWith(UNIT) && !key.equals("total_ms");
  }

  private static void row(Table table, String name, String text, double value, double all) {
    double share = all > 0 ? value / all : 0;
    table.name(name).number(text).number(NumberText.fixed(100 * share, 1) + "%");
    table.bar(share, -1).closeRow();
  }
}
