package io.destine.spark.predict;

import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The written columns of a scored table.
 *
 * @param kept columns of the input, in order; a text that is not a column is a comma-separated list
 *     of names. All columns if absent, none for an empty list
 * @param probability name of the column of the probability that the label is 1, or of another score
 * @param score kind of score in this column
 * @param reason whether a column states why a row has no probability
 * @param explained explanations of all rows, in a column after the others; none if empty
 * @param top selects the rows to write; all if empty
 */
public record PredictionSettings(
    Optional<List<String>> kept,
    String probability,
    RowScore score,
    boolean reason,
    Optional<LogitColumns> explained,
    Optional<TopRows> top) {
  /** Default name of the probability column. */
  public static final String PROBABILITY = "probability";

  /** Column of the rank of a row among the best, from 1. */
  public static final String RANK = "rank";

  /**
   * Checks the name.
   *
   * @throws UserError if it is blank
   */
  public PredictionSettings {
    kept = kept.map(List::copyOf);
    if (probability.isBlank()) {
      throw new UserError("--probability-column must be a name, got \"" + probability + "\"");
    }
  }

  /** Settings with probabilities as scores. */
  public PredictionSettings(
      Optional<List<String>> kept, String probability, boolean reason, Optional<TopRows> top) {
    this(kept, probability, RowScore.PROBABILITY, reason, Optional.empty(), top);
  }

  /** All rows with all columns, the probability and the reason. */
  public static PredictionSettings all() {
    return new PredictionSettings(Optional.empty(), PROBABILITY, true, Optional.empty());
  }

  /** All rows with all columns and logits. */
  static PredictionSettings of(LogitColumns columns) {
    return new PredictionSettings(
        Optional.empty(),
        columns.logit(),
        columns.score(),
        false,
        Optional.of(columns).filter(c -> c.explanation().isPresent()),
        Optional.empty());
  }

  /** Name of the column that states why a row has no probability. */
  public String reasonColumn() {
    return probability + "_reason";
  }

  /**
   * The columns added to the input columns. The best rows all have a probability, so they have no
   * reason.
   */
  List<String> added() {
    if (top.isPresent()) {
      return List.of(probability, RANK);
    }
    List<String> added = new ArrayList<>(List.of(probability));
    if (reason) {
      added.add(reasonColumn());
    }
    explained.flatMap(LogitColumns::explanation).ifPresent(added::add);
    return added;
  }
}
