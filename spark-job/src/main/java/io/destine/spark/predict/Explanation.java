package io.destine.spark.predict;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The attention of a model, and the importance of its fields.
 *
 * @param rows number of rows of the sample
 * @param logLoss on these rows; NaN if it is not defined
 * @param auc on these rows; NaN if it is not defined, as for labels that are all equal
 * @param fields names, in order
 * @param worth importance of each field, in order
 * @param heads attention of each head, layer by layer
 */
public record Explanation(
    int rows,
    double logLoss,
    double auc,
    List<String> fields,
    List<FieldWorth> worth,
    List<HeadMap> heads) {

  /**
   * Permutation importance: how much worse the model is if the values of one field are exchanged
   * between rows at random.
   *
   * <p>A figure is NaN if it is not defined for these rows.
   *
   * @param logLoss increase of the log loss, mean over the repetitions
   * @param logLossError its standard error over the repetitions; 0 if there is only one
   * @param auc decrease of the AUC, likewise
   * @param aucError its standard error
   */
  public record FieldWorth(double logLoss, double logLossError, double auc, double aucError) {}

  /**
   * Mean attention weights of a head.
   *
   * @param layer counted from 1
   * @param head counted from 1
   * @param pairwise [M][M] weight p(m, n) of field n for field m; null without the pairwise term
   * @param unary [M] weight u(n) of field n for all fields; null without the unary term
   */
  public record HeadMap(int layer, int head, double[][] pairwise, double[] unary) {}

  /** The explanation as JSON, without figures that are not defined. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("rows", rows);
    put(json, "log_loss", logLoss);
    put(json, "auc", auc);
    ArrayNode list = json.putArray("fields");
    for (int m = 0; m < fields.size(); m++) {
      ObjectNode field = list.addObject().put("name", fields.get(m));
      put(field, "log_loss_increase", worth.get(m).logLoss());
      put(field, "log_loss_error", worth.get(m).logLossError());
      put(field, "auc_decrease", worth.get(m).auc());
      put(field, "auc_error", worth.get(m).aucError());
    }
    ArrayNode attention = json.putArray("attention");
    for (HeadMap head : heads) {
      ObjectNode node = attention.addObject().put("layer", head.layer()).put("head", head.head());
      if (head.pairwise() != null) {
        ArrayNode lines = node.putArray("pairwise");
        for (double[] line : head.pairwise()) {
          numbers(lines.addArray(), line);
        }
      }
      if (head.unary() != null) {
        numbers(node.putArray("unary"), head.unary());
      }
    }
    return json;
  }

  private static void put(ObjectNode json, String key, double figure) {
    if (!Double.isNaN(figure)) {
      json.put(key, figure);
    }
  }

  private static void numbers(ArrayNode array, double[] numbers) {
    for (double number : numbers) {
      array.add(number);
    }
  }
}
