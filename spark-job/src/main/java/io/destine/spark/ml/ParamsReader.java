package io.destine.spark.ml;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.OutputContents;
import io.destine.spark.store.OutputKind;
import io.destine.spark.store.Storage;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLReader;

/** Reads what {@link ParamsWriter} or {@link ModelDirectoryWriter} has saved. */
final class ParamsReader<T extends Params> extends MLReader<T> {
  private final Class<T> type;
  private final BiFunction<String, String, T> made;

  /**
   * A reader.
   *
   * @param made the stage of a uid and of the directory of a model, with default parameters
   */
  ParamsReader(Class<T> type, BiFunction<String, String, T> made) {
    this.type = type;
    this.made = made;
  }

  /**
   * Reads a stage.
   *
   * @throws IllegalArgumentException when there is none of this type
   */
  @Override
  public T load(String path) {
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
      return made.apply(ParamMetadata.newUid(), model);
    }
    String found = metadata.get().path("class").asText();
    if (!found.equals(type.getName())) {
      throw new IllegalArgumentException(
          path + " must hold a saved " + type.getSimpleName() + ", got " + found);
    }
    T stage = made.apply(metadata.get().path("uid").asText(), directory);
    ParamMetadata.restore(stage, metadata.get());
    return stage;
  }
}
