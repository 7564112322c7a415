package io.destine.spark.report;

import java.util.List;
import java.util.OptionalDouble;

/** The metrics of the candidate beside those of the published model, on the same held-out rows. */
final class FigureTable {
  private static final int DECIMALS = 4;
  private static final double EQUAL = 0.5e-4;

  /** Which values of a metric are good. */
  private enum Good {
    HIGH,
    LOW,
    NEAR_ONE,
    NONE;

    /** How much worse than perfect a value is; only differences of it count. */
    double badness(double value) {
      return switch (this) {
        case HIGH -> -value;
        case LOW -> value;
        case NEAR_ONE -> Math.abs(value - 1);
        case NONE -> 0;
      };
    }
  }

  private record Figure(String key, String name, String meaning, Good good) {}

  private static final List<Figure> FIGURES =
      List.of(
          new Figure("log_loss", "Log loss", "cross-entropy in nats; lower is better", Good.LOW),
          new Figure("auc", "AUC", "share of pairs ranked right; higher is better", Good.HIGH),
          new Figure("pr_auc", "PR AUC", "average precision; higher is better", Good.HIGH),
          new Figure("gauc", "Grouped AUC", "AUC within groups; higher is better", Good.HIGH),
          new Figure(
              "normalized_entropy",
              "Normalized entropy",
              "1 is as good as the base rate alone; lower is better",
              Good.LOW),
          new Figure(
              "calibration",
              "Calibration",
              "predicted over actual positives; 1 is best",
              Good.NEAR_ONE),
          new Figure("ece", "ECE", "mean distance from the diagonal; lower is better", Good.LOW),
          new Figure("mean_prediction", "Mean prediction", "mean probability", Good.NONE),
          new Figure("base_rate", "Base rate", "share of positives in these rows", Good.NONE));

  private FigureTable() {}

  static void write(Markup page, ReportNode report) {
    ReportNode candidate = report.at("candidate");
    ReportNode published = report.at("published_same_rows");
    CalibrationChart chart = new CalibrationChart(candidate, published);
    if (!candidate.present() && !published.present()) {
      page.openSection("Candidate and published model", null);
      page.leaf("p", "The run ended before a candidate was measured.").close();
      return;
    }
    page.openSection("Candidate and published model", rows(candidate, published));
    page.open("div", "class", chart.present() ? "wide-pair" : "single");
    page.open("div");
    if (candidate.present() && published.present()) {
      comparison(page, candidate, published);
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
        ? "Measured on held-out rows of the new data."
        : "Measured on " + NumberText.count(rows) + " held-out rows of the new data.";
  }

  private static void comparison(Markup page, ReportNode candidate, ReportNode published) {
    Table table = new Table(page, "Figure", "#Candidate", "#Published", "#Difference", "Verdict");
    for (Figure figure : FIGURES) {
      OptionalDouble mine = candidate.number(figure.key());
      OptionalDouble theirs = published.number(figure.key());
      if (mine.isPresent() || theirs.isPresent()) {
        table.openRow();
        name(page, figure);
        table.number(NumberText.fixed(mine, DECIMALS)).number(NumberText.fixed(theirs, DECIMALS));
        if (mine.isPresent() && theirs.isPresent()) {
          double difference = mine.getAsDouble() - theirs.getAsDouble();
          table.number(NumberText.signed(difference, DECIMALS));
          verdict(table, figure.good(), mine.getAsDouble(), theirs.getAsDouble());
        } else {
          table.number(NumberText.ABSENT).text("");
        }
        table.closeRow();
      }
    }
    table.close();
  }

  private static void verdict(Table table, Good good, double mine, double theirs) {
    double worse = good.badness(mine) - good.badness(theirs);
    if (good == Good.NONE) {
      table.text("");
    } else if (Math.abs(worse) < EQUAL) {
      table.text("the same");
    } else {
      String verdict = worse < 0 ? "better" : "worse";
      table.text(verdict, verdict);
    }
  }

  private static void single(Markup page, ReportNode metrics, String column) {
    Table table = new Table(page, "Figure", column);
    for (Figure figure : FIGURES) {
      if (metrics.number(figure.key()).isPresent()) {
        table.openRow();
        name(page, figure);
        table.number(NumberText.fixed(metrics.number(figure.key()), DECIMALS)).closeRow();
      }
    }
    table.close();
  }

  private static void name(Markup page, Figure figure) {
    page.open("th", "scope", "row").text(figure.name());
    page.leaf("small", figure.meaning()).close();
  }

  /** What is not to be trusted in a set of metrics. */
  static void warnings(Markup page, String who, ReportNode metrics) {
    for (String warning : metrics.texts("warnings")) {
      page.leaf("p", who + ": " + warning + ".", "class", "warning");
    }
  }
}
