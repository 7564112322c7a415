package io.destine.spark.train;

import io.destine.spark.encode.CountWindow;
import java.time.LocalDate;
import java.util.Optional;

/**
 * A training run on the rows of a new day.
 *
 * @param date of the newest rows
 * @param ids directory of the model whose vocabulary is extended, if any
 * @param seen whether the label rates of this vocabulary may come from some of the rows
 * @param parent directory of the model whose parameters and optimiser state are continued: the
 *     model in {@code ids} or one of its ancestors; empty to start from scratch
 * @param window the days over which rows of a value without an id are counted
 * @param decayAfterDays days without a row after which an id's embedding decays; 0 for never
 * @param decay multiplier of such an embedding
 */
public record Retraining(
    LocalDate date,
    Optional<String> ids,
    boolean seen,
    Optional<String> parent,
    Optional<CountWindow> window,
    int decayAfterDays,
    double decay) {

  public Retraining {
    if (parent.isPresent() && ids.isEmpty()) {
      throw new IllegalArgumentException(
          "retraining: ids must be given with the parent " + parent.get() + ", got none");
    }
  }

  /** The vocabulary to extend, if any. */
  Optional<String> vocabulary() {
    return ids.map(directory -> directory + "/vocabulary");
  }
}
