package io.destine.spark.train;

import io.destine.artifact.Lineage;
import io.destine.spark.encode.CountWindow;
import io.destine.spark.parameters.ModelBase;
import java.time.LocalDate;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * A training run on the rows of a new day.
 *
 * @param date of the newest rows
 * @param ids directory of the model whose vocabulary is extended, if any
 * @param seen whether the label rates of this vocabulary may come from some of the rows
 * @param parent directory of the model whose parameters and optimiser state are continued: the
 *     model in {@code ids} or one of its ancestors; empty to start from scratch
 * @param window the days over which rows of a value without an id are counted
 * @param decayAfterDays days without a row after which an id's parameters decay; 0 for never
 * @param decay multiplier of these parameters
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

  /** The lineage of its model. */
  Lineage lineage(Configuration hadoop, String parentManifestSha256) {
    LocalDate created = ids.flatMap(model -> vocabularyDate(hadoop, model)).orElse(date);
    return new Lineage(
        parentManifestSha256, parent.orElse(null), date.toString(), created.toString());
  }

  /**
   * The newest day of the rows from which a model's label rates are computed: the date of the
   * nightly run that created its vocabulary; empty if it was not created by a nightly run.
   */
  public static Optional<LocalDate> vocabularyDate(Configuration hadoop, String model) {
    return Optional.ofNullable(
            ModelBase.open(hadoop, model).read(reader -> reader.manifest().lineage()))
        .map(Lineage::vocabularyDate)
        .map(LocalDate::parse);
  }

  /** The vocabulary to extend, if any. */
  Optional<String> vocabulary() {
    return ids.map(directory -> directory + "/vocabulary");
  }
}
