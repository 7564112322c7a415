package io.destine.spark.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;

/** The list of all nightly runs of a model, newest first, each with a link to its page. */
public final class IndexPage {
  private IndexPage() {}

  /**
   * The page, for {@code runs/index.html}.
   *
   * @param model the directory of the model
   * @param runs reports by directory name, oldest first
   * @param live name of the run whose model is live; null if there is none
   * @param models names of the runs whose models are kept, with a page at {@code
   *     models/NAME/report.html}
   */
  public static String render(
      String model, SortedMap<String, RunReport> runs, String live, Set<String> models) {
    return Page.of("Nightly runs: " + model, page -> write(page, model, runs, live, models));
  }

  private static void write(
      Markup page,
      String model,
      SortedMap<String, RunReport> runs,
      String live,
      Set<String> models) {
    page.open("header").leaf("p", model, "class", "over");
    page.leaf("h1", "Nightly runs");
    page.leaf("p", live == null ? "No model is live." : "Live: the model of " + live + ".");
    page.close();
    List<Map.Entry<String, RunReport>> newest = new ArrayList<>(runs.entrySet());
    Collections.reverse(newest);
    page.open("section");
    Table table =
        new Table(
            page,
            "Run",
            "Result",
            "#Forecast log loss",
            "#Forecast AUC",
            "#Candidate against published");
    for (Map.Entry<String, RunReport> run : newest) {
      String name = run.getKey();
      row(page, table, name, run.getValue(), name.equals(live), models.contains(name));
    }
    table.close();
    page.leaf(
        "p",
        "Forecast: the live model on the whole new day, before any training on it. Candidate"
            + " against published: difference in log loss on the same held-out rows; below 0 the"
            + " candidate is better.",
        "class",
        "note");
    page.close();
  }

  private static void row(
      Markup page, Table table, String name, RunReport report, boolean live, boolean kept) {
    if (live) {
      table.openRow("live");
    } else {
      table.openRow();
    }
    page.open("th", "scope", "row").leaf("a", name, "href", name + "/report.html");
    Long rows = report.counts().rows();
    String detail = rows == null ? "" : NumberText.count(rows) + " rows";
    page.leaf("small", live ? "live" + (detail.isEmpty() ? "" : ", " + detail) : detail).close();
    RunResult result = report.progress().result();
    String shown =
        result == null ? "unknown" : result == RunResult.PROMOTED ? "published" : result.key();
    String style = result == null || result.underWay() ? "other" : result.key();
    page.open("td").leaf("span", shown, "class", "result " + style);
    if (report.live().rolledBack() != null) {
      page.leaf("small", report.live().rolledBack().words());
    }
    if (kept) {
      page.open("small")
          .leaf("a", "training", "href", "../models/" + name + "/report.html")
          .close();
    }
    page.close();
    RunReport.Comparison models = report.comparison();
    table.number(NumberText.fixed(RunReport.Comparison.figure(models.forecast(), "log_loss"), 4));
    table.number(NumberText.fixed(RunReport.Comparison.figure(models.forecast(), "auc"), 4));
    OptionalDouble mine = RunReport.Comparison.figure(models.candidate(), "log_loss");
    OptionalDouble theirs = RunReport.Comparison.figure(models.publishedSameRows(), "log_loss");
    if (mine.isPresent() && theirs.isPresent()) {
      double difference = mine.getAsDouble() - theirs.getAsDouble();
      page.open("td", "class", "number").text(NumberText.signed(difference, 4));
      if (Decision.withinNoise(report)) {
        page.leaf("small", Decision.NOISE);
      }
      page.close();
    } else {
      table.number(NumberText.ABSENT);
    }
    table.closeRow();
  }
}
