package io.destine.spark.train;

import io.destine.artifact.Lineage;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.artifact.TableFile;
import io.destine.config.OptimizerConfig;
import io.destine.config.Precision;
import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.model.Destine;
import io.destine.optim.Optimizers;
import io.destine.optim.StatefulOptimizer;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import io.destine.spark.conf.TrainingConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.encode.InitialModel;
import io.destine.spark.encode.Split;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.parameters.OwnedTables;
import io.destine.spark.store.PublishedModel;
import java.util.BitSet;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;

/**
 * The initial state of a training run: initial parameters and a fresh optimiser, or the state of a
 * published model, whose tables grow by the new ids.
 *
 * @param train the settings, with a value for the embedding penalty: an automatic penalty keeps the
 *     published model's value, since its table rows were learnt from more rows than one day has
 * @param lineage the published model and the day, or null
 * @param lastSeen the day on which each id was last seen, or null if not recorded
 * @param parent the published model, or null
 * @param suffix distinguishes training runs on the same rows by the model that they continue and
 *     the decay of its table rows; "" for a training run from scratch
 */
record Beginning(
    TrainConfig train,
    Lineage lineage,
    LastSeen lastSeen,
    Parent parent,
    String suffix,
    Consumer<String> log) {

  /**
   * The published model that a training run starts from.
   *
   * @param role name of the model in messages
   * @param directory of the model
   * @param sha256 its identity
   * @param going the log line about it, without the number of ids that decay
   * @param lastUnseen the last day, as in {@link LastSeen}, on which an id that decays was seen; -1
   *     if none decays
   * @param decay multiplier of the parameters of these ids; 1 for none
   */
  private record Parent(
      PublishedModel model,
      String role,
      String directory,
      String sha256,
      String going,
      long lastUnseen,
      double decay) {

    /** Reads the model, with errors for a training run that starts from it. */
    <T> T read(Function<ModelReader, T> reading) {
      try {
        return model.read(
            reader -> {
              if (!reader.manifestSha256().equals(sha256)) {
                throw new ModelFormatException(
                    "the model has been replaced since this run began; run the command again");
              }
              return reading.apply(reader);
            });
      } catch (ModelFormatException e) {
        throw new UserError(role + " " + directory + ": " + e.getMessage());
      } catch (IllegalArgumentException e) {
        throw new UserError(
            "train.optimizer or train.wide.optimizer differs from that of the model "
                + directory
                + ", so a warm start from it is not possible; use the model's values: "
                + e.getMessage());
      }
    }
  }

  /**
   * The parts of a published model that are read first.
   *
   * @param days number of ids with a recorded day
   */
  private record Contents(
      String sha256, Optional<TrainConfig> train, Destine network, int rows, int days) {
    static Contents of(ModelReader reader) {
      return new Contents(
          reader.manifestSha256(),
          Optional.ofNullable(reader.manifest().train()),
          reader.network(),
          reader.manifest().vocabularySize(),
          daysOf(reader).mapToInt(TableFile::endRow).max().orElse(0));
    }
  }

  /** The files of a model with the days of {@link LastSeen}. */
  private static Stream<TableFile> daysOf(ModelReader reader) {
    return reader.tableFiles().stream().filter(file -> file.table().equals(LastSeen.NAME));
  }

  /** The recorded days of a model's ids; empty if it has none. */
  private static ParameterTable days(ModelReader reader) {
    ParameterTable days = ParameterTable.zeros(Precision.FLOAT32, 0, 1);
    daysOf(reader)
        .forEach(
            file -> {
              days.growTo(file.endRow());
              reader.readRows(file, days::set);
            });
    return days;
  }

  /**
   * The beginning of a training run.
   *
   * @param retraining the new day to train on, if any
   * @param initModel directory of the model to continue, unless the retraining names one
   * @param data the encoded rows
   * @param training the training rows
   * @throws UserError if the published model has a different network or is damaged
   */
  static Beginning of(
      Configuration hadoop,
      Optional<Retraining> retraining,
      Optional<String> initModel,
      Destine network,
      TrainConfig train,
      DataSetManifest data,
      JavaRDD<EncodedBatch> training,
      Consumer<String> log) {
    Optional<String> directory = retraining.flatMap(Retraining::parent).or(() -> initModel);
    int rows = data.vocabularySize();
    TrainConfig resolved = train.resolved(data.rows(Split.TRAIN), rows);
    boolean automatic = train.optimizer().embeddingL2().isEmpty();
    if (directory.isEmpty()) {
      if (automatic) {
        log.accept(automaticL2(resolved.optimizer()));
      }
      return new Beginning(
          resolved,
          retraining.map(day -> day.lineage(hadoop, null)).orElse(null),
          retraining.map(day -> LastSeen.of(0, rows, day.date(), training)).orElse(null),
          null,
          "",
          log);
    }
    PublishedModel model = ModelBase.open(hadoop, directory.get());
    Contents parent;
    try {
      parent = model.read(Contents::of);
    } catch (ModelFormatException e) {
      throw new UserError(role(retraining) + " " + directory.get() + ": " + e.getMessage());
    }
    Optional<Double> earlier = parent.train().flatMap(t -> t.optimizer().embeddingL2());
    TrainConfig going =
        automatic && earlier.isPresent()
            ? train.withOptimizer(train.optimizer().withEmbeddingL2(earlier.get()))
            : resolved;
    if (automatic) {
      log.accept(
          earlier.isEmpty()
              ? automaticL2(going.optimizer())
              : String.format(
                  Locale.ROOT,
                  "train.embedding-l2 = auto: %.3g, as in %s",
                  going.optimizer().penalty(),
                  directory.get()));
    }
    InitialModel.requireNetwork(
        directory.get(),
        parent.network().config(),
        network.config(),
        retraining.isPresent() ? "--from-scratch starts without it" : InitialModel.REMEDY);
    Lineage lineage =
        retraining.isPresent()
            ? retraining.get().lineage(hadoop, parent.sha256())
            : new Lineage(parent.sha256(), directory.get(), null, null);
    return going(retraining, model, lineage, parent, going, rows, training, log);
  }

  private static Beginning going(
      Optional<Retraining> night,
      PublishedModel model,
      Lineage lineage,
      Contents parent,
      TrainConfig train,
      int rows,
      JavaRDD<EncodedBatch> training,
      Consumer<String> log) {
    String message =
        String.format(
            Locale.ROOT,
            "warm start from %s: %,d ids and %,d new ones",
            lineage.parent(),
            parent.rows(),
            rows - parent.rows());
    Optional<Retraining> decaying = night.filter(day -> day.decayAfterDays() > 0);
    String decay = decaying.map(day -> "*" + day.decay() + "@" + day.decayAfterDays()).orElse("");
    long lastUnseen =
        decaying.map(day -> day.date().toEpochDay() - day.decayAfterDays()).orElse(-1L);
    return new Beginning(
        train,
        lineage,
        night.map(day -> LastSeen.of(parent.days(), rows, day.date(), training)).orElse(null),
        new Parent(
            model,
            role(night),
            lineage.parent(),
            parent.sha256(),
            message,
            lastUnseen,
            decaying.map(Retraining::decay).orElse(1.0)),
        "+" + parent.sha256() + decay,
        log);
  }

  /** The initial model in messages: the published model in a nightly run, otherwise init-model. */
  private static String role(Optional<Retraining> night) {
    return night.isPresent() ? "published model" : TrainingConfig.INIT_MODEL;
  }

  private static String automaticL2(OptimizerConfig resolved) {
    double lambda = resolved.penalty();
    return lambda > 0
        ? String.format(Locale.ROOT, "train.embedding-l2 = auto: %.3g", lambda)
        : "train.embedding-l2 = auto: 0, since the vocabulary has more than 1000 ids per row of a"
            + " batch; any penalty, such as 1e-6, updates every table row in every step";
  }

  /**
   * The initial model, in the driver.
   *
   * @param rows V
   */
  HeldModel held(Destine network, int rows) {
    if (parent == null) {
      Parameters parameters = network.initialParameters(rows, train.seed());
      return new HeldModel(
          parameters,
          Optimizers.create(train.optimizer(), parameters),
          lastSeen == null ? null : lastSeen.days(ParameterTable.zeros(Precision.FLOAT32, 0, 1)));
    }
    return parent.read(
        reader -> {
          Parameters parameters = reader.parameters();
          parameters.growTo(rows, train.seed());
          ParameterTable days = lastSeen == null ? null : lastSeen.days(days(reader));
          BitSet unseen = decays() ? days.rowsUpTo(parent.lastUnseen()) : new BitSet();
          parameters.multiplyRows(unseen, parent.decay());
          logGoing(unseen.cardinality());
          StatefulOptimizer optimizer = Optimizers.create(train.optimizer(), parameters);
          optimizer.restore(HeldModel.state(reader));
          return new HeldModel(parameters, optimizer, days);
        });
  }

  private boolean decays() {
    return parent.lastUnseen() >= 0;
  }

  private void logGoing(long unseen) {
    log.accept(
        parent.going()
            + (unseen == 0
                ? ""
                : String.format(Locale.ROOT, "; %,d ids not seen recently decay", unseen)));
  }

  /** Copies the published model's state into a model with initial values. */
  void putInto(OwnedModel model) {
    if (parent == null) {
      return;
    }
    parent.read(
        reader -> {
          model.restore(
              reader,
              tables -> logGoing(decays() ? lastSeen.write(tables, null, parent.lastUnseen()) : 0),
              parent.lastUnseen(),
              parent.decay());
          return null;
        });
  }

  /** Writes the days to tables that owners hold open; returns false if days are not recorded. */
  boolean writeDays(OwnedTables tables) {
    if (lastSeen == null) {
      return false;
    }
    if (parent == null) {
      lastSeen.write(tables, null, 0);
    } else {
      parent.read(reader -> lastSeen.write(tables, reader, 0));
    }
    return true;
  }

  /** True when the training starts from a published model. */
  boolean continued() {
    return parent != null;
  }
}
