package io.destine.spark.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The explanation of a model as one HTML page: the importance of its fields, and the attention of
 * each head.
 */
public final class ExplanationPage {
  /** The beginning of a page. */
  public static final String HEAD = Page.DOCTYPE + "<!-- Written by explain. -->\n";

  private ExplanationPage() {}

  /**
   * The page of an explanation.
   *
   * @param json output of the command {@code explain}
   * @return the page, to be stored as UTF-8
   */
  public static String render(JsonNode json) {
    ReportNode report = new ReportNode(json);
    String page = Page.of("Model " + report.required("model"), body -> write(body, report));
    return HEAD + page.substring(Page.DOCTYPE.length());
  }

  private static void write(Markup page, ReportNode report) {
    page.open("header").leaf("p", report.required("model"), "class", "over");
    page.leaf("h1", "Field importance and attention").open("dl", "class", "tiles");
    tile(page, "Log loss", NumberText.fixed(report.number("log_loss"), 4));
    tile(page, "AUC", NumberText.fixed(report.number("auc"), 4));
    Headline.tile(
        page,
        "Rows",
        NumberText.count(report.number("rows")),
        report.text("split").map(split -> split + " rows").orElse(""));
    page.close().close();
    worth(page, report);
    attention(page, report);
  }

  private static void tile(Markup page, String name, String value) {
    Headline.tile(page, name, value, "on these rows");
  }

  private static void worth(Markup page, ReportNode report) {
    List<ReportNode> fields = new ArrayList<>(report.list("fields"));
    fields.sort(
        Comparator.comparingDouble(
            field -> -field.number("log_loss_increase").orElse(Double.NEGATIVE_INFINITY)));
    double largest =
        fields.stream()
            .mapToDouble(field -> field.number("log_loss_increase").orElse(0))
            .max()
            .orElse(0);
    page.openSection(
        "Importance of the fields",
        "Increase in log loss and drop in AUC when the values of a field are shuffled among the"
            + " rows; ± is the standard error over the repetitions. Correlated fields replace each"
            + " other: each looks less important than all of them together.");
    Table table = new Table(page, "Field", "", "#Log loss", "#±", "#AUC", "#±");
    for (ReportNode field : fields) {
      double loss = field.number("log_loss_increase").orElse(0);
      table.openRow().name(field.text("name").orElse(NumberText.ABSENT));
      table.bar(largest > 0 ? loss / largest : 0, -1);
      for (String key :
          List.of("log_loss_increase", "log_loss_error", "auc_decrease", "auc_error")) {
        table.number(NumberText.fixed(field.number(key), 5));
      }
      table.closeRow();
    }
    table.close();
    page.close();
  }

  private static void attention(Markup page, ReportNode report) {
    List<ReportNode> heads = report.list("attention");
    if (heads.isEmpty()) {
      return;
    }
    List<String> names =
        report.list("fields").stream()
            .map(field -> field.text("name").orElse(NumberText.ABSENT))
            .toList();
    page.openSection(
        "Attention",
        "Mean attention weights over the rows. Each line of the upper block (pairwise term) shows"
            + " how the field on the left distributes its attention over the fields. The line below"
            + " it (unary term) has the weights that are shared by all fields. Each line sums to 1."
            + " Weights above uniform attention are blue, weights below it orange, and paler the"
            + " closer they are to it. From the second layer on, a field stands for its output of"
            + " the previous layer.");
    for (ReportNode head : heads) {
      new HeatMap(names, matrix(head.json().path("pairwise")), numbers(head.json().path("unary")))
          .write(
              page,
              "Layer "
                  + NumberText.count(head.number("layer"))
                  + ", head "
                  + NumberText.count(head.number("head")));
    }
    page.close();
  }

  private static double[][] matrix(JsonNode lines) {
    double[][] matrix = new double[lines.size()][];
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = numbers(lines.path(i));
    }
    return matrix;
  }

  private static double[] numbers(JsonNode array) {
    double[] numbers = new double[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = array.path(i).asDouble();
    }
    return numbers;
  }

  /** The pairs of fields with the largest attention weights, as texts, largest first. */
  public static List<String> strongest(JsonNode json, int most) {
    List<String> names = new ArrayList<>();
    json.path("fields").forEach(field -> names.add(field.path("name").asText()));
    record Pair(String text, double weight) {}
    List<Pair> pairs = new ArrayList<>();
    for (JsonNode head : json.path("attention")) {
      String where = "layer " + head.path("layer").asInt() + " head " + head.path("head").asInt();
      double[][] matrix = matrix(head.path("pairwise"));
      for (int m = 0; m < matrix.length; m++) {
        for (int n = 0; n < matrix.length; n++) {
          pairs.add(
              new Pair(
                  where
                      + ": "
                      + names.get(m)
                      + " to "
                      + names.get(n)
                      + "  "
                      + NumberText.percent(OptionalDouble.of(matrix[m][n])),
                  matrix[m][n]));
        }
      }
    }
    return pairs.stream()
        .sorted(Comparator.comparingDouble(pair -> -pair.weight()))
        .limit(most)
        .map(Pair::text)
        .toList();
  }
}
