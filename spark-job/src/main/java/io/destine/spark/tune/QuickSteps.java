package io.destine.spark.tune;

import io.destine.config.TrainConfig;
import io.destine.spark.conf.CrossConfig;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.Rates;
import io.destine.spark.encode.FoundCrosses;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Steps from a configuration to a better one, in the order that has been most effective. Each step
 * changes one thing in the best trial so far: first the penalty on embeddings, then the others.
 */
final class QuickSteps {
  static final int TRIALS = 10;

  /** Time limit of a search, as a multiple of the training time of its first trial. */
  static final int TRAININGS = 10;

  private static final String L2 = "train.embedding-l2";
  private static final String SEARCH = "crosses.search";
  private static final int SMALL_BATCH = 256;
  private static final double SMALL_TIME = 3;
  private static final int WIDE_EMBEDDING = 32;
  private static final double WIDE_TIME = 1.5;
  private static final int LAYERS = 3;

  /**
   * A change of the best trial so far.
   *
   * @param time expected time of the trial, as a multiple of that of the best trial
   * @param change empty if the best trial already has it, or if a warm start cannot have it
   */
  record Step(double time, Function<Trial, Optional<Map<String, String>>> change) {
    /** A step whose trial is expected to take as long as the best one. */
    Step(Function<Trial, Optional<Map<String, String>>> change) {
      this(1, change);
    }
  }

  private final JobConfig base;
  private final double penalty;

  /** Steps from a configuration; if it has no penalty, from the penalty of {@code auto}. */
  QuickSteps(JobConfig base, long trainingRows) {
    this.base = base;
    double given = base.train().optimizer().embeddingL2().orElse(0.0);
    penalty = given > 0 ? given : TrainConfig.automaticL2(trainingRows);
  }

  /** Trials of the first step, which do not depend on each other. */
  List<Trial> first() {
    return List.of(
        Trial.of(Map.of(L2, number(penalty))),
        Trial.of(Map.of(L2, number(3 * penalty))),
        Trial.of(Map.of(L2, number(0.3 * penalty))));
  }

  /**
   * The second step: a search for crosses, or none. It changes nothing if a search has found none.
   *
   * @param found in the rows of the first step
   */
  Step crosses(FoundCrosses found) {
    boolean searches = base.crosses().search() == CrossConfig.Search.AUTO;
    return new Step(
        best ->
            ofNetwork(
                !searches || !found.crosses().isEmpty(),
                Map.of(SEARCH, searches ? "none" : "auto")));
  }

  /**
   * The steps after the search for crosses. Wide embeddings and small batches multiply the time of
   * a training run, and of all later trials. So they come last, unless there are no crosses, which
   * they can partly replace. Label rates of all fields, which may double the number of fields, come
   * after all other steps.
   *
   * @param found crosses and label rates of the best trial
   */
  List<Step> following(FoundCrosses found) {
    boolean crossed = !found.crosses().isEmpty() || !base.crosses().fields().isEmpty();
    List<Step> shape =
        List.of(
            new Step(WIDE_TIME, leader -> wider()), new Step(SMALL_TIME, leader -> smallBatch()));
    List<Step> rest =
        List.of(
            new Step(leader -> layers()),
            new Step(leader -> Optional.of(Map.of(L2, number(0.5 * penaltyOf(leader))))),
            new Step(leader -> Optional.of(Map.of(L2, number(2 * penaltyOf(leader))))));
    List<Step> rates =
        found.rates().isPresent() ? List.of() : List.of(new Step(leader -> rates(crossed)));
    List<List<Step>> groups = crossed ? List.of(rates, rest, shape) : List.of(shape, rest, rates);
    return groups.stream().flatMap(List::stream).toList();
  }

  private Optional<Map<String, String>> smallBatch() {
    return when(
        base.train().batchSize() > SMALL_BATCH,
        Map.of(
            "train.batch-size",
            "" + SMALL_BATCH,
            "train.learning-rate",
            number(base.train().optimizer().learningRate() / 2)));
  }

  private Optional<Map<String, String>> wider() {
    return ofNetwork(
        base.model().embeddingDim() < WIDE_EMBEDDING,
        Map.of("model.embedding-dim", "" + WIDE_EMBEDDING));
  }

  private Optional<Map<String, String>> layers() {
    return ofNetwork(base.model().layers() < LAYERS, Map.of("model.layers", "" + LAYERS));
  }

  /** Label rates of the crosses, or of all fields if there are no crosses. */
  private Optional<Map<String, String>> rates(boolean crossed) {
    return ofNetwork(
        base.rates() == Rates.AUTO || base.rates() == Rates.NONE,
        Map.of("rates", crossed ? "crosses" : "all"));
  }

  /** A change of the network or its fields: a model to start from has its own. */
  private Optional<Map<String, String>> ofNetwork(boolean changes, Map<String, String> values) {
    return when(changes && base.initModel().isEmpty(), values);
  }

  private static Optional<Map<String, String>> when(boolean changes, Map<String, String> values) {
    return changes ? Optional.of(values) : Optional.empty();
  }

  private static double penaltyOf(Trial best) {
    return Double.parseDouble(best.values().get(L2));
  }

  /** A number rounded to four significant digits. */
  private static String number(double value) {
    return BigDecimal.valueOf(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }
}
