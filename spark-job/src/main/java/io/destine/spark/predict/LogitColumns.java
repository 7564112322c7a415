package io.destine.spark.predict;

import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;

/**
 * The columns that {@link LoadedModel#logits} adds to a table.
 *
 * @param logit name of the column of the logits of the probability that the label is 1
 * @param required whether a row that cannot be read ends its task; it has no logit otherwise
 * @param explanation name of the column of explanations, if there is to be one
 * @param kept an object that must not be freed before the rows, or null
 */
public record LogitColumns(
    String logit, boolean required, Optional<String> explanation, Serializable kept) {
  /**
   * The type of the column of explanations: contributions by column of the input; for each layer
   * and head the unary weights by field, and the pairwise weights of each field by field, null for
   * a term that is not there.
   */
  public static final DataType EXPLANATION = ExplanationColumn.TYPE;

  RowScore score() {
    return required ? RowScore.REQUIRED_LOGIT : RowScore.LOGIT;
  }
}
