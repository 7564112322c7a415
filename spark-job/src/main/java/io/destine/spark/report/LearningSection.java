package io.destine.spark.report;

import io.destine.spark.report.Series.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Training loss and validation metrics by epoch; a single epoch is a line of text. */
final class LearningSection {
  private LearningSection() {}

  static void write(Markup page, ReportNode report) {
    List<ReportNode> epochs =
        report.list("learning").stream().filter(e -> e.number("epoch").isPresent()).toList();
    if (epochs.isEmpty()) {
      return;
    }
    page.openSection("Learning", epochs.size() == 1 ? "One epoch." : epochs.size() + " epochs.");
    if (epochs.size() > 1) {
      TreeMap<Double, String> labels = new TreeMap<>();
      for (ReportNode epoch : epochs) {
        double number = epoch.number("epoch").getAsDouble();
        labels.put(number, "epoch " + NumberText.count(number));
      }
      Series train = series(epochs, "training", Series.FIRST, "train_loss");
      Series loss = series(epochs, "validation", Series.SECOND, "validation_log_loss");
      Series auc = series(epochs, "validation", Series.SECOND, "validation_auc");
      page.open("div", "class", "charts");
      String unit = "nats";
      new LineChart("Log loss", unit, labels, List.of(train, loss), List.of(), "").write(page);
      unit = "AUC";
      new LineChart("Validation AUC", unit, labels, List.of(auc), List.of(), "").write(page);
      page.close();
    }
    if (epochs.get(0).number("epoch").getAsDouble() > 1) {
      String note = "Earlier epochs are those of the training before it was resumed.";
      page.leaf("p", note, "class", "note");
    }
    OptionalDouble kept = report.number("best_epoch");
    table(page, epochs, kept);
    if (kept.isPresent()) {
      String note = "Bold: the epoch that was kept, the best by the validation metric.";
      page.leaf("p", note, "class", "note");
    }
    page.close();
  }

  private static Series series(List<ReportNode> epochs, String name, String style, String key) {
    List<Point> points = new ArrayList<>();
    for (ReportNode epoch : epochs) {
      OptionalDouble value = epoch.number(key);
      if (value.isPresent()) {
        double number = epoch.number("epoch").getAsDouble();
        String tip =
            "epoch " + NumberText.count(number) + ", " + name + " " + NumberText.fixed(value, 4);
        points.add(new Point(number, value.getAsDouble(), tip));
      }
    }
    return new Series(name, style, points);
  }

  private static void table(Markup page, List<ReportNode> epochs, OptionalDouble kept) {
    Table table =
        new Table(
            page,
            "#Epoch",
            "#Training log loss",
            "#Validation log loss",
            "#Validation AUC",
            "#Learning rate");
    for (ReportNode epoch : epochs) {
      boolean best = epoch.number("epoch").equals(kept);
      (best ? table.openRow("total") : table.openRow())
          .number(NumberText.count(epoch.number("epoch")));
      table.number(NumberText.fixed(epoch.number("train_loss"), 4));
      table.number(NumberText.fixed(epoch.number("validation_log_loss"), 4));
      table.number(NumberText.fixed(epoch.number("validation_auc"), 4));
      OptionalDouble rate = epoch.number("learning_rate");
      String shown = rate.isPresent() ? Double.toString(rate.getAsDouble()) : NumberText.ABSENT;
      table.number(shown).closeRow();
    }
    table.close();
  }
}
