package io.destine.spark.train;

import java.time.LocalDate;
import java.util.Optional;

/**
 * A training on the rows of a new day.
 *
 * @param date of the newest rows
 * @param parent directory of the model to go on from: its ids, parameters and optimiser state are
 *     kept; empty to begin anew
 * @param decayAfterDays days without a row after which an id's embedding decays; 0 for never
 * @param decay what the embedding of such an id is multiplied by
 */
public record Retraining(
    LocalDate date, Optional<String> parent, int decayAfterDays, double decay) {

  /** The vocabulary that goes on, if any. */
  Optional<String> vocabulary() {
    return parent.map(directory -> directory + "/vocabulary");
  }
}
