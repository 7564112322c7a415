package io.destine.spark.ml;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.OutputContents;
import io.destine.spark.store.OutputKind;
import io.destine.spark.store.Storage;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLReader;

/** Reads a stage saved by {@link ParamsWriter} or {@link ModelDirectoryWriter}. */
final class ParamsReader<T extends Params> extends MLReader<T> {
  private final Class<T> type;
  private final Made<T> made;

  /** Creates a stage with default parameters. */
  interface Made<T> {
    /**
     * Creates the stage.
     *
     * @param files of the model
     */
    T of(String uid, ModelFiles files);
  }

  ParamsReader(Class<T> type, Made<T> made) {
    this.type = type;
    this.made = made;
  }

  /**
   * Reads a stage.
   *
   * @throws IllegalArgumentException if there is no stage of this type
   */
  @Override
  public T load(String path) {
    return load(path, ModelFiles::at);
  }

  /**
   * Reads a stage that was saved on a disk of this machine. Executors cannot read a model there, so
   * its files are copied. Overrides a method that Spark 3.5 does not have.
   */
  public T loadFromLocal(String path) {
    return load(
        ModelFiles.onDisk(path),
        (directory, zone) ->
            type == DestineModel.class
                ? ModelFiles.copyOf(sparkSession(), directory, zone)
                : ModelFiles.at(directory, zone));
  }

  private T load(String path, BiFunction<String, Optional<String>, ModelFiles> files) {
    Configuration hadoop = sparkSession().sparkContext().hadoopConfiguration();
    Path asked = new Path(path);
    FileSystem fileSystem = Storage.of(hadoop, asked);
    String directory = fileSystem.makeQualified(asked).toString();
    Optional<JsonNode> metadata = ParamMetadata.read(fileSystem, asked);
    if (metadata.isEmpty()) {
      String model = CurrentModel.resolve(hadoop, directory);
      if (type != DestineModel.class
          || OutputContents.of(fileSystem, new Path(model)).kind() != OutputKind.MODEL) {
        throw new IllegalArgumentException(
            path
                + " must hold a saved "
                + type.getSimpleName()
                + ", got "
                + OutputContents.of(fileSystem, asked).words());
      }
      ModelFiles written = files.apply(model, Optional.empty());
      T stage = made.of(ParamMetadata.newUid(), written);
      setColumns((DestineModel) stage, written.manifest().job());
      return stage;
    }
    String found = metadata.get().path("class").asText();
    if (!found.equals(type.getName())) {
      throw new IllegalArgumentException(
          path + " must hold a saved " + type.getSimpleName() + ", got " + found);
    }
    Optional<String> zone = ParamMetadata.timeZone(metadata.get());
    T stage = made.of(metadata.get().path("uid").asText(), files.apply(directory, zone));
    ParamMetadata.restore(stage, metadata.get());
    return stage;
  }

  /**
   * The columns of label and weight, which a model written by a command has in its configuration.
   *
   * @param job the configuration, or null
   */
  private static void setColumns(DestineModel model, Map<String, Object> job) {
    if (job != null && job.get("label") instanceof String label) {
      model.set(model.labelCol(), label);
    }
    if (job != null && job.get("weight") instanceof String weight) {
      model.set(model.weightCol(), weight);
    }
  }
}
