package io.destine.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.report.Series.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;

/** The trials of a search for settings as one HTML page. */
public final class TuningPage {
  private static final String LOSS = "validation_log_loss";
  private static final String AUC = "validation_auc";

  private TuningPage() {}

  /**
   * The page of a search.
   *
   * @param json stored by the search; all but directory may be absent
   * @return the page, to be stored as UTF-8
   * @throws IllegalArgumentException if directory is absent
   */
  public static String render(JsonNode json) {
    ReportNode search = new ReportNode(json);
    return Page.of("Trials " + search.required("directory"), page -> write(page, search));
  }

  private static void write(Markup page, ReportNode search) {
    header(page, search);
    chart(page, search);
    trials(page, search);
  }

  private static void header(Markup page, ReportNode search) {
    ReportNode best = search.at("best");
    page.open("header").leaf("p", search.required("directory"), "class", "over");
    String figure =
        byAuc(search)
            ? "AUC " + NumberText.fixed(best.number(AUC), 4)
            : "log loss " + NumberText.fixed(best.number(LOSS), 4);
    page.leaf(
        "h1",
        best.present()
            ? "The best of " + search.list("trials").size() + " trials: " + figure
            : "No trial has succeeded so far");
    page.open("dl", "class", "tiles");
    tile(page, "Log loss", best.number(LOSS), "on the validation rows");
    tile(page, "AUC", best.number(AUC), "on the validation rows");
    tile(page, "Test log loss", best.at("test").number("log_loss"), "of the best trial");
    tile(page, "Test AUC", best.at("test").number("auc"), "of the best trial");
    page.close();
    if (best.present()) {
      page.open("dl", "class", "facts keys");
      values(best).forEach((key, value) -> page.fact(key, value));
      page.close();
    }
    page.close();
  }

  private static boolean ablation(ReportNode search) {
    return search.text("search").orElse("").equals("ablation");
  }

  private static boolean byAuc(ReportNode search) {
    return search.text("metric").orElse("").equals("auc");
  }

  private static void tile(Markup page, String name, OptionalDouble value, String detail) {
    if (value.isPresent()) {
      Headline.tile(page, name, NumberText.fixed(value, 4), detail);
    }
  }

  /** Settings by key, sorted by name. */
  private static TreeMap<String, String> values(ReportNode trial) {
    TreeMap<String, String> values = new TreeMap<>();
    trial.at("values").keys().forEach(key -> values.put(key, trial.at("values").required(key)));
    return values;
  }

  /** Each trial and the best one so far, in order of the trials. */
  private static void chart(Markup page, ReportNode search) {
    boolean byAuc = byAuc(search);
    String key = byAuc ? AUC : LOSS;
    List<ReportNode> trials = new ArrayList<>(search.list("trials"));
    trials.removeIf(trial -> trial.number(key).isEmpty() || trial.number("trial").isEmpty());
    trials.sort(Comparator.comparingDouble(trial -> trial.number("trial").orElse(0)));
    if (trials.size() < 2) {
      return;
    }
    TreeMap<Double, String> labels = new TreeMap<>();
    List<Point> values = new ArrayList<>();
    List<Point> bests = new ArrayList<>();
    double best = byAuc ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    for (ReportNode trial : trials) {
      double x = trial.number("trial").getAsDouble();
      double y = trial.number(key).getAsDouble();
      best = byAuc ? Math.max(best, y) : Math.min(best, y);
      labels.put(x, NumberText.count(x));
      String tip = "trial " + NumberText.count(x) + ": " + NumberText.fixed(y, 4);
      values.add(new Point(x, y, tip + ", " + values(trial)));
      bests.add(Point.of(x, best));
    }
    page.openSection("Trials in order", "On the validation rows.").open("div", "class", "charts");
    List<Series> lines =
        List.of(
            new Series("trial", Series.FIRST, values),
            new Series("best so far", Series.BOUND, bests));
    String title = byAuc ? "Validation AUC" : "Validation log loss";
    Chart.over(labels, title, byAuc ? "AUC" : "nats", lines, List.of(), "").write(page);
    page.close().close();
  }

  /**
   * A figure of the test rows, and its difference from the first trial: the unchanged
   * configuration.
   */
  private static void test(Table table, ReportNode test, String key) {
    ReportNode difference = test.at(key + "_difference");
    table.number(NumberText.fixed(test.number(key), 4));
    table.number(
        difference.present()
            ? signed(difference, "mean")
                + " ("
                + signed(difference, "low")
                + " to "
                + signed(difference, "high")
                + ")"
            : "");
  }

  private static String signed(ReportNode difference, String key) {
    return String.format(Locale.ROOT, "%+.4f", difference.number(key).orElse(Double.NaN));
  }

  private static void trials(Markup page, ReportNode search) {
    List<ReportNode> trials = search.list("trials");
    if (trials.isEmpty()) {
      return;
    }
    TreeSet<String> keys = new TreeSet<>();
    trials.forEach(trial -> keys.addAll(values(trial).keySet()));
    boolean spread = trials.stream().anyMatch(trial -> trial.number("spread").isPresent());
    page.openSection(
        "Trials, best first",
        "Metrics on the validation rows at the best epoch"
            + (spread ? ", mean over the seeds; ± is the standard deviation of the metric." : ".")
            + (ablation(search)
                ? " Metrics on the test rows are means over the seeds; differences are relative"
                    + " to trial 1, the configuration, with 95 % intervals over the seeds."
                : " A stopped trial has fewer epochs, since others were better."));
    List<String> columns = new ArrayList<>(List.of("#Trial", "#Log loss", "#AUC"));
    if (spread) {
      columns.add("#±");
    }
    if (ablation(search)) {
      columns.addAll(List.of("#Test log loss", "#Difference", "#Test AUC", "#Difference"));
    }
    columns.addAll(List.of("State", "#Epochs", "#Duration"));
    columns.addAll(keys);
    Table table = new Table(page, columns.toArray(String[]::new));
    for (ReportNode trial : trials) {
      table.openRow().number(NumberText.count(trial.number("trial")));
      table.number(NumberText.fixed(trial.number(LOSS), 4));
      table.number(NumberText.fixed(trial.number(AUC), 4));
      if (spread) {
        table.number(NumberText.fixed(trial.number("spread"), 4));
      }
      if (ablation(search)) {
        test(table, trial.at("test"), "log_loss");
        test(table, trial.at("test"), "auc");
      }
      table.text(trial.text("failure").orElse(trial.text("state").orElse("")));
      table.number(NumberText.count(trial.number("epochs")));
      table.number(NumberText.duration(trial.number("seconds").orElse(0)));
      keys.forEach(key -> table.text(values(trial).getOrDefault(key, "")));
      table.closeRow();
    }
    table.close();
    page.close();
  }
}
