package io.destine.spark.report;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Advice after a run. */
public final class Advice {
  private Advice() {}

  static void write(Markup page, RunReport report) {
    page.open("section", "class", "todo").leaf("h2", "What to do now");
    List<String> lines = lines(report);
    page.open("ul");
    lines.forEach(line -> page.leaf("li", line));
    page.close().close();
  }

  private static List<String> lines(RunReport report) {
    LocalDate date = report.identity().date();
    boolean live = report.live().published() != null;
    List<String> lines = new ArrayList<>();
    switch (report.progress().result()) {
      case PROMOTED -> {
        RunReport.RolledBack back = report.live().rolledBack();
        if (back != null) {
          lines.add("No action needed: the next nightly run continues from " + back.model() + ".");
          lines.add("rollback --to " + runOf(report) + " makes the model of this run live again.");
        } else {
          lines.add("No action needed: the new model is serving.");
          if (new ReportNode(report.comparison().publishedSameRows()).present()) {
            lines.add("If it misbehaves, rollback makes the previous model live again.");
          }
        }
      }
      case REFUSED -> {
        lines.add(
            live
                ? "Nothing urgent: the live model stays in service, and the next nightly run tries"
                    + " again."
                : "No model is live. Look at the failed checks below: until a candidate passes"
                    + " them, nothing is published.");
        long row = notPublished(report);
        if (row > 1) {
          lines.add(
              "The runs of the last "
                  + row
                  + " days have published nothing. Look at Drift and Input below; to train from"
                  + " scratch, run "
                  + again(report, date, true)
                  + " --from-scratch.");
        }
        lines.add(
            "If the failed check is stricter than you need, change it under nightly.gate and run "
                + again(report, date, true)
                + ".");
      }
      default -> {
        lines.add(
            live
                ? "The live model stays in service. Fix the error above."
                : "No model is live. Fix the error above.");
        lines.add(
            "Then run the date again: "
                + again(report, date, isRerun(report))
                + ". It resumes from the last checkpoint if there is one.");
      }
    }
    return lines;
  }

  /**
   * The call that runs the date of a run again.
   *
   * @param rerun whether the date may have a finished run, whose result stands without --force
   */
  public static String again(RunReport report, LocalDate date, boolean rerun) {
    return "nightly --date "
        + date
        + (rerun ? " --force" : "")
        + (publishesOlder(report, date) ? " --publish-older" : "");
  }

  /** True for a run of a date before the newest day of the model that was live at its beginning. */
  public static boolean publishesOlder(RunReport report, LocalDate date) {
    LocalDate newest = report.live().liveDate();
    return newest != null && date.isBefore(newest);
  }

  /** The run, with its number also if it is the first of its date. */
  private static String runOf(RunReport report) {
    String name = report.identity().modelName();
    LocalDate date = report.identity().date();
    return name == null || name.equals(date.toString()) ? date + ".1" : name;
  }

  /** True for a rerun of a date: without --force, the result of the earlier run would stand. */
  private static boolean isRerun(RunReport report) {
    String name = report.identity().modelName();
    return name != null && !name.equals(report.identity().date().toString());
  }

  /** Number of consecutive newest days, including this one, without a publication. */
  private static long notPublished(RunReport report) {
    return report.drift().history().stream()
        .filter(day -> day.date() != null)
        .sorted(Comparator.comparing(RunReport.Day::date).reversed())
        .takeWhile(day -> day.result() != RunResult.PROMOTED)
        .count();
  }
}
