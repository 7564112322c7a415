package io.destine.spark.train;

import io.destine.artifact.Lineage;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.config.OptimizerConfig;
import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.model.Destine;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.NamedState;
import io.destine.param.Parameters;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.encode.Split;
import io.destine.spark.parameters.ModelBase;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;

/**
 * What a training begins with: initial parameters and an optimiser that has not moved, or those of
 * a published model, whose table has grown by the new ids.
 *
 * @param parameters to train
 * @param optimizer of these parameters
 * @param train the training, with a value of the embedding penalty: one that is automatic stays
 *     that of the published model, whose table rows carry what they have learnt from more rows than
 *     a day
 * @param lineage the published model and the day, or null
 * @param lastSeen when ids were last seen, or null when nobody keeps count
 * @param suffix tells trainings on the same rows apart by the model that they go on from and the
 *     decay of its rows; "" for one from scratch
 */
record Beginning(
    Parameters parameters,
    Optimizer optimizer,
    TrainConfig train,
    Lineage lineage,
    LastSeen lastSeen,
    String suffix) {

  /** What is read of a published model. */
  private record Parent(
      String sha256,
      Optional<TrainConfig> train,
      Destine network,
      Parameters parameters,
      NamedState state) {
    static Parent of(ModelReader reader) {
      return new Parent(
          reader.manifestSha256(),
          Optional.ofNullable(reader.manifest().train()),
          reader.network(),
          reader.parameters(),
          reader
              .optimizerState()
              .orElseThrow(() -> new ModelFormatException("the optimiser's state is missing")));
    }
  }

  /**
   * The beginning of a training.
   *
   * @param data the encoded rows
   * @param training the training rows
   * @throws UserError when the published model is another network's or damaged
   */
  static Beginning of(
      Configuration hadoop,
      Optional<Retraining> retraining,
      Destine network,
      TrainConfig train,
      DataSetManifest data,
      JavaRDD<EncodedBatch> training,
      Consumer<String> log) {
    Optional<String> directory = retraining.flatMap(Retraining::parent);
    int rows = data.vocabularySize();
    TrainConfig resolved = train.resolved(data.rows(Split.TRAIN), rows);
    boolean automatic = train.optimizer().embeddingL2().isEmpty();
    if (directory.isEmpty()) {
      if (automatic) {
        log.accept(automaticL2(resolved.optimizer()));
      }
      Parameters parameters = network.initialParameters(rows, train.seed());
      return new Beginning(
          parameters,
          Optimizers.create(resolved.optimizer(), parameters),
          resolved,
          retraining.map(day -> new Lineage(null, null, day.date().toString())).orElse(null),
          retraining.map(day -> LastSeen.of(null, rows, day.date(), training)).orElse(null),
          "");
    }
    try {
      Parent parent = ModelBase.open(hadoop, directory.get()).read(Parent::of);
      Optional<Double> earlier = parent.train().flatMap(t -> t.optimizer().embeddingL2());
      TrainConfig going =
          automatic && earlier.isPresent()
              ? train.withOptimizer(train.optimizer().withEmbeddingL2(earlier.get()))
              : resolved;
      if (automatic) {
        log.accept(automaticL2(going.optimizer()));
      }
      return going(retraining.get(), parent, network, going, rows, training, log);
    } catch (ModelFormatException e) {
      throw new UserError("published model " + directory.get() + ": " + e.getMessage());
    }
  }

  private static Beginning going(
      Retraining day,
      Parent parent,
      Destine network,
      TrainConfig train,
      int rows,
      JavaRDD<EncodedBatch> training,
      Consumer<String> log) {
    Parameters parameters = parent.parameters();
    if (!parent.network().config().equals(network.config())) {
      throw new UserError(
          "model: the settings are not those of the published model "
              + day.parent().orElseThrow()
              + ", so a warm start from it is not possible; --from-scratch begins anew");
    }
    int before = parameters.rows();
    parameters.growTo(rows, train.seed());
    LastSeen seen = LastSeen.of(parent.state(), rows, day.date(), training);
    int decayed =
        day.decayAfterDays() > 0 ? seen.decay(parameters, day.decayAfterDays(), day.decay()) : 0;
    Optimizer optimizer = Optimizers.create(train.optimizer(), parameters);
    try {
      optimizer.restore(parent.state());
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "train.optimizer is not that of the published model, so a warm start from it is not"
              + " possible: "
              + e.getMessage());
    }
    log.accept(
        String.format(
            Locale.ROOT,
            "going on from %s: %,d ids and %,d new ones%s",
            day.parent().orElseThrow(),
            before,
            rows - before,
            decayed == 0 ? "" : String.format(Locale.ROOT, "; %,d not seen decay", decayed)));
    Lineage lineage =
        new Lineage(parent.sha256(), day.parent().orElseThrow(), day.date().toString());
    String decay = day.decayAfterDays() == 0 ? "" : "*" + day.decay() + "@" + day.decayAfterDays();
    return new Beginning(
        parameters, optimizer, train, lineage, seen, "+" + parent.sha256() + decay);
  }

  private static String automaticL2(OptimizerConfig resolved) {
    double lambda = resolved.penalty();
    return lambda > 0
        ? String.format(Locale.ROOT, "embedding-l2 = auto: %.3g", lambda)
        : "embedding-l2 = auto: 0, since table rows outnumber those of a batch by far;"
            + " train.embedding-l2 = 1e-6 would move all of them in every step";
  }

  /** True when a published model goes on. */
  boolean continued() {
    return lineage != null && lineage.parentManifestSha256() != null;
  }

  /** The state to save with the model. */
  NamedState saved(NamedState state) {
    return lastSeen == null ? state : lastSeen.addTo(state);
  }
}
