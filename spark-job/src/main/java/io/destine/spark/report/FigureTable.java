package io.destine.spark.report;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The metrics of the candidate and of the published model side by side, on the same held-out rows.
 */
final class FigureTable {
  private static final int DECIMALS = 4;
  private static final double EQUAL = 0.5e-4;

  private FigureTable() {}

  static void write(Markup page, RunReport report) {
    ReportNode candidate = new ReportNode(report.comparison().candidate());
    ReportNode published = new ReportNode(report.comparison().publishedSameRows());
    CalibrationChart chart = new CalibrationChart("candidate", candidate, "published", published);
    if (!candidate.present() && !published.present()) {
      page.openSection("Candidate and published model", null);
      page.leaf("p", "The run ended before a candidate was measured.").close();
      return;
    }
    page.openSection("Candidate and published model", rows(candidate, published));
    page.open("div", "class", chart.present() ? "wide-pair" : "single");
    page.open("div");
    if (candidate.present() && published.present()) {
      comparison(page, report, candidate, published);
    } else if (candidate.present()) {
      page.leaf("p", "There is no published model to compare with.");
      single(page, candidate, "#Candidate");
    } else {
      page.leaf("p", "There is no candidate to compare with.");
      single(page, published, "#Published");
    }
    warnings(page, "Candidate", candidate);
    warnings(page, "Published", published);
    page.close();
    chart.write(page);
    page.close().close();
  }

  private static String rows(ReportNode candidate, ReportNode published) {
    ReportNode measured = candidate.present() ? candidate : published;
    OptionalDouble rows = measured.number("rows");
    return rows.isEmpty()
        ? "Measured on held-out rows."
        : "Measured on " + NumberText.count(rows) + " held-out rows.";
  }

  private static void comparison(
      Markup page, RunReport report, ReportNode candidate, ReportNode published) {
    Table table = new Table(page, "Metric", "#Candidate", "#Published", "#Difference", "Verdict");
    for (Figure figure : Figure.ALL) {
      OptionalDouble mine = candidate.number(figure.key());
      OptionalDouble theirs = published.number(figure.key());
      if (mine.isPresent() || theirs.isPresent()) {
        table.openRow();
        figure.name(page);
        value(page, candidate, figure.key());
        value(page, published, figure.key());
        if (mine.isPresent() && theirs.isPresent()) {
          double difference = mine.getAsDouble() - theirs.getAsDouble();
          page.open("td", "class", "number").text(NumberText.signed(difference, DECIMALS));
          Decision.interval(report, figure.key())
              .ifPresent(text -> page.leaf("small", text, "class", "wide"));
          page.close();
          Optional<String> undecided = Decision.undecided(report, figure.key());
          verdict(table, figure.good(), mine.getAsDouble(), theirs.getAsDouble(), undecided);
        } else {
          table.number(NumberText.ABSENT).text("");
        }
        table.closeRow();
      }
    }
    table.close();
  }

  private static void value(Markup page, ReportNode metrics, String key) {
    page.open("td", "class", "number").text(NumberText.fixed(metrics.number(key), DECIMALS));
    SplitTable.interval(metrics, key).ifPresent(text -> page.leaf("small", text, "class", "wide"));
    page.close();
  }

  private static void verdict(
      Table table, Figure.Good good, double mine, double theirs, Optional<String> undecided) {
    double worse = good.badness(mine) - good.badness(theirs);
    if (good == Figure.Good.NONE) {
      table.text("");
    } else if (Math.abs(worse) < EQUAL) {
      table.text("the same");
    } else if (undecided.isPresent()) {
      table.text(undecided.get(), "note");
    } else {
      String verdict = worse < 0 ? "better" : "worse";
      table.text(verdict, verdict);
    }
  }

  private static void single(Markup page, ReportNode metrics, String column) {
    Table table = new Table(page, "Metric", column);
    for (Figure figure : Figure.ALL) {
      if (metrics.number(figure.key()).isPresent()) {
        table.openRow();
        figure.name(page);
        table.number(NumberText.fixed(metrics.number(figure.key()), DECIMALS)).closeRow();
      }
    }
    table.close();
  }

  /** The warnings of a set of metrics. */
  static void warnings(Markup page, String who, ReportNode metrics) {
    for (String warning : metrics.texts("warnings")) {
      page.leaf("p", who + ": " + warning + ".", "class", "warning");
    }
  }
}
