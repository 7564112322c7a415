package io.destine.spark.predict;

import java.io.Serializable;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;

/**
 * The columns that {@link LoadedModel#logits} adds to a table.
 *
 * @param logit name of the column of logits, for label 1
 * @param required whether a row that cannot be read fails its task; otherwise it has no logit
 * @param explanation name of the column of explanations, if requested
 * @param kept an object that must not be freed before the rows, or null
 */
public record LogitColumns(
    String logit, boolean required, Optional<String> explanation, Serializable kept) {
  /**
   * The type of the column of explanations: contributions by input column; for each layer and head,
   * the unary weights by field, and the pairwise weights of each field by field; null for a missing
   * term.
   */
  public static final DataType EXPLANATION = ExplanationColumn.TYPE;

  RowScore score() {
    return required ? RowScore.REQUIRED_LOGIT : RowScore.LOGIT;
  }
}
