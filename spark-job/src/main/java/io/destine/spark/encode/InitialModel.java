package io.destine.spark.encode;

import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.config.Components;
import io.destine.config.ModelConfig;
import io.destine.feature.FieldSpec;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.TrainingConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.PublishedModel;
import io.destine.spark.store.Storage;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The model that training starts from, given by the setting init-model. */
public final class InitialModel {
  /** Advice for a network that differs from the model's. */
  public static final String REMEDY = "use the model's value";

  private InitialModel() {}

  /**
   * The same job, with the directory of the live model if its init-model is a directory of nightly
   * runs.
   */
  public static JobConfig pinned(Configuration hadoop, JobConfig config) {
    return config.withInitModel(config.initModel().map(path -> CurrentModel.resolve(hadoop, path)));
  }

  /**
   * The model's vocabulary, which the vocabulary of the rows extends; empty without a model.
   *
   * @throws UserError if the model is missing or damaged, has a different network, or lacks a cross
   *     of the settings
   */
  public static Optional<StoredVocabulary> vocabulary(Configuration hadoop, JobConfig config) {
    return pinned(hadoop, config)
        .initModel()
        .map(
            directory -> {
              StoredVocabulary vocabulary =
                  read(
                      hadoop,
                      directory,
                      model -> {
                        requireNetwork(directory, model.manifest().model(), config.model(), REMEDY);
                        return StoredVocabulary.ofModel(hadoop, model);
                      });
              requireCrosses(vocabulary, config, directory);
              return vocabulary;
            });
  }

  /**
   * The vocabulary of a model.
   *
   * @throws UserError if the model is missing or damaged
   */
  public static StoredVocabulary ids(Configuration hadoop, String directory) {
    return read(hadoop, directory, model -> StoredVocabulary.ofModel(hadoop, model));
  }

  /**
   * Rejects a network that differs from a model's, naming the first differing setting.
   *
   * @param directory of the model
   * @param there the network of the model
   * @param here the configured network
   * @param remedy advice for the user
   */
  public static void requireNetwork(
      String directory, ModelConfig there, ModelConfig here, String remedy) {
    Map<String, Object> before = Components.values(there);
    for (RecordComponent component : ModelConfig.class.getRecordComponents()) {
      Object was = before.get(component.getName());
      Object is = Components.value(here, component);
      if (!was.equals(is)) {
        throw new UserError(
            "model.%s is %s, but the model %s has %s: a warm start needs the same network; %s"
                .formatted(Components.key(component), text(is), directory, text(was), remedy));
      }
    }
  }

  /** A value as written in a configuration. */
  private static String text(Object value) {
    return value instanceof Enum<?> choice
        ? choice.name().toLowerCase(Locale.ROOT)
        : value.toString();
  }

  /** The identity of the model; "" without a model. */
  public static String identity(Configuration hadoop, JobConfig config) {
    return pinned(hadoop, config)
        .initModel()
        .map(directory -> read(hadoop, directory, ModelReader::manifestSha256))
        .orElse("");
  }

  private static <T> T read(
      Configuration hadoop, String directory, Function<ModelReader, T> reading) {
    Path path = new Path(directory);
    try {
      return new PublishedModel(Storage.of(hadoop, path), path).read(reading);
    } catch (ModelFormatException e) {
      throw problem(e.getMessage());
    }
  }

  private static UserError problem(String text) {
    return new UserError(TrainingConfig.INIT_MODEL + ": " + text);
  }

  private static void requireCrosses(
      StoredVocabulary vocabulary, JobConfig config, String directory) {
    Set<Set<String>> known = new HashSet<>();
    for (FieldSpec field : vocabulary.fields().specs()) {
      known.add(Set.copyOf(field.parts()));
    }
    for (FieldSpec cross : config.crosses().specs()) {
      if (!known.contains(Set.copyOf(cross.parts()))) {
        throw new UserError(
            "crosses: "
                + cross.parts()
                + " is not a cross of init-model "
                + directory
                + ", whose crosses are kept; leave it out or train a new model");
      }
    }
  }
}
