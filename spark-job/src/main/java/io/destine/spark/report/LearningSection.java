package io.destine.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.report.Series.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;

/** Training loss and validation metrics by epoch; a single epoch is shown without charts. */
final class LearningSection {
  private record Epoch(
      Integer epoch,
      Double trainLoss,
      Double validationAuc,
      Double validationLogLoss,
      Double learningRate) {}

  private LearningSection() {}

  /**
   * The section of the epochs.
   *
   * @param learning an array of epochs, or null
   * @param kept number of the best epoch, if one was kept
   */
  static void write(Markup page, JsonNode learning, OptionalDouble kept) {
    List<Epoch> epochs =
        ReportJson.list(learning, Epoch.class).stream().filter(e -> e.epoch() != null).toList();
    if (epochs.isEmpty()) {
      return;
    }
    page.openSection("Learning", epochs.size() == 1 ? "One epoch." : epochs.size() + " epochs.");
    if (epochs.size() > 1) {
      TreeMap<Double, String> labels = new TreeMap<>();
      for (Epoch epoch : epochs) {
        double number = epoch.epoch();
        labels.put(number, "epoch " + NumberText.count(number));
      }
      Series train = series(epochs, "training", Series.FIRST, Epoch::trainLoss);
      Series loss = series(epochs, "validation", Series.SECOND, Epoch::validationLogLoss);
      Series auc = series(epochs, "validation", Series.SECOND, Epoch::validationAuc);
      page.open("div", "class", "charts");
      String unit = "nats";
      Chart.over(labels, "Log loss", unit, List.of(train, loss), List.of(), "").write(page);
      unit = "AUC";
      Chart.over(labels, "Validation AUC", unit, List.of(auc), List.of(), "").write(page);
      page.close();
    }
    table(page, epochs, kept);
    if (kept.isPresent()) {
      String note = "Bold: the epoch that was kept, the best by the validation metric.";
      page.leaf("p", note, "class", "note");
    }
    page.close();
  }

  private static Series series(
      List<Epoch> epochs, String name, String style, Function<Epoch, Double> figure) {
    List<Point> points = new ArrayList<>();
    for (Epoch epoch : epochs) {
      OptionalDouble value = NumberText.finite(figure.apply(epoch));
      if (value.isPresent()) {
        double number = epoch.epoch();
        String tip =
            "epoch " + NumberText.count(number) + ", " + name + " " + NumberText.fixed(value, 4);
        points.add(new Point(number, value.getAsDouble(), tip));
      }
    }
    return new Series(name, style, points);
  }

  private static void table(Markup page, List<Epoch> epochs, OptionalDouble kept) {
    Table table =
        new Table(
            page,
            "#Epoch",
            "#Training log loss",
            "#Validation log loss",
            "#Validation AUC",
            "#Learning rate");
    for (Epoch epoch : epochs) {
      boolean best = kept.isPresent() && epoch.epoch() == kept.getAsDouble();
      (best ? table.openRow("total") : table.openRow()).number(NumberText.count(epoch.epoch()));
      table.number(NumberText.fixed(epoch.trainLoss(), 4));
      table.number(NumberText.fixed(epoch.validationLogLoss(), 4));
      table.number(NumberText.fixed(epoch.validationAuc(), 4));
      OptionalDouble rate = NumberText.finite(epoch.learningRate());
      String shown = rate.isPresent() ? Double.toString(rate.getAsDouble()) : NumberText.ABSENT;
      table.number(shown).closeRow();
    }
    table.close();
  }
}
