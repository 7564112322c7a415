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
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.DataSetManifest;
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
 * What a training begins with: initial parameters and an optimiser that has not moved, or those of
 * a published model, whose table grows by the new ids.
 *
 * @param train the training, with a value of the embedding penalty: one that is automatic stays
 *     that of the published model, whose table rows carry what they have learnt from more rows than
 *     a day
 * @param lineage the published model and the day, or null
 * @param lastSeen when ids were last seen, or null when nobody keeps count
 * @param parent the published model, or null
 * @param suffix tells trainings on the same rows apart by the model that they go on from and the
 *     decay of its rows; "" for one from scratch
 */
record Beginning(
    TrainConfig train,
    Lineage lineage,
    LastSeen lastSeen,
    Parent parent,
    String suffix,
    Consumer<String> log) {

  /**
   * The published model that a training goes on from.
   *
   * @param directory of it
   * @param sha256 its identity
   * @param going "going on from" it
   * @param day what decays
   */
  private record Parent(
      PublishedModel model, String directory, String sha256, String going, Retraining day) {

    /** Reads it, for a training that goes on from it. */
    <T> T read(Function<ModelReader, T> reading) {
      try {
        return model.read(
            reader -> {
              if (!reader.manifestSha256().equals(sha256)) {
                throw new ModelFormatException("the model has been replaced meanwhile");
              }
              return reading.apply(reader);
            });
      } catch (ModelFormatException e) {
        throw new UserError("published model " + directory + ": " + e.getMessage());
      } catch (IllegalArgumentException e) {
        throw new UserError(
            "train.optimizer is not that of the published model, so a warm start from it is not"
                + " possible: "
                + e.getMessage());
      }
    }
  }

  /**
   * What is read of a published model before.
   *
   * @param days ids whose days it has
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

  /** Files with the days of a model. */
  private static Stream<TableFile> daysOf(ModelReader reader) {
    return reader.tableFiles().stream().filter(file -> file.table().equals(LastSeen.NAME));
  }

  /** Those that it has kept, of its ids or of none. */
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
      return new Beginning(
          resolved,
          retraining.map(day -> new Lineage(null, null, day.date().toString())).orElse(null),
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
      throw new UserError("published model " + directory.get() + ": " + e.getMessage());
    }
    Optional<Double> earlier = parent.train().flatMap(t -> t.optimizer().embeddingL2());
    TrainConfig going =
        automatic && earlier.isPresent()
            ? train.withOptimizer(train.optimizer().withEmbeddingL2(earlier.get()))
            : resolved;
    if (automatic) {
      log.accept(automaticL2(going.optimizer()));
    }
    if (!parent.network().config().equals(network.config())) {
      throw new UserError(
          "model: the settings are not those of the published model "
              + directory.get()
              + ", so a warm start from it is not possible; --from-scratch begins anew");
    }
    return going(retraining.get(), model, parent, going, rows, training, log);
  }

  private static Beginning going(
      Retraining day,
      PublishedModel model,
      Contents parent,
      TrainConfig train,
      int rows,
      JavaRDD<EncodedBatch> training,
      Consumer<String> log) {
    String directory = day.parent().orElseThrow();
    String message =
        String.format(
            Locale.ROOT,
            "going on from %s: %,d ids and %,d new ones",
            directory,
            parent.rows(),
            rows - parent.rows());
    String decay = day.decayAfterDays() == 0 ? "" : "*" + day.decay() + "@" + day.decayAfterDays();
    return new Beginning(
        train,
        new Lineage(parent.sha256(), directory, day.date().toString()),
        LastSeen.of(parent.days(), rows, day.date(), training),
        new Parent(model, directory, parent.sha256(), message, day),
        "+" + parent.sha256() + decay,
        log);
  }

  private static String automaticL2(OptimizerConfig resolved) {
    double lambda = resolved.penalty();
    return lambda > 0
        ? String.format(Locale.ROOT, "embedding-l2 = auto: %.3g", lambda)
        : "embedding-l2 = auto: 0, since table rows outnumber those of a batch by far;"
            + " train.embedding-l2 = 1e-6 would move all of them in every step";
  }

  /**
   * The model in the driver, as the training begins with it.
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
          ParameterTable days = lastSeen.days(days(reader));
          BitSet unseen = decays() ? days.rowsUpTo(lastUnseen()) : new BitSet();
          parameters.multiplyRows(unseen, parent.day().decay());
          logGoing(unseen.cardinality());
          StatefulOptimizer optimizer = Optimizers.create(train.optimizer(), parameters);
          optimizer.restore(HeldModel.state(reader));
          return new HeldModel(parameters, optimizer, days);
        });
  }

  private boolean decays() {
    return parent.day().decayAfterDays() > 0;
  }

  /** Days up to this one are those of ids whose parameters decay. */
  private long lastUnseen() {
    return parent.day().date().toEpochDay() - parent.day().decayAfterDays();
  }

  private void logGoing(long unseen) {
    log.accept(
        parent.going()
            + (unseen == 0 ? "" : String.format(Locale.ROOT, "; %,d not seen decay", unseen)));
  }

  /** Puts what the training begins with into a model with initial values. */
  void putInto(OwnedModel model) {
    if (parent == null) {
      return;
    }
    parent.read(
        reader -> {
          model.restore(
              reader,
              tables -> logGoing(decays() ? lastSeen.write(tables, null, lastUnseen()) : 0),
              lastUnseen(),
              decays() ? parent.day().decay() : 1);
          return null;
        });
  }

  /** Writes the days to tables that owners hold open; false when nobody keeps count. */
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

  /** True when a published model goes on. */
  boolean continued() {
    return parent != null;
  }
}
