package io.destine.spark.predict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.SideTableConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.store.CurrentModel;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;

/**
 * The configuration with which a published model was trained.
 *
 * @param directory of the model
 * @param config of its training, with overrides
 */
public record StoredJob(String directory, JobConfig config) {

  /**
   * Reads the configuration of a model.
   *
   * @param path of the model, or of a directory whose live model is used
   * @param overrides {@code key=value}
   * @param trusted whether settings of the model may run code and read the environment
   * @param rows maps the configured job to a job that reads the requested rows
   * @throws UserError if there is no model, it has no configuration, an override is wrong, or a
   *     setting requires trust
   */
  public static StoredJob open(
      Configuration hadoop,
      String path,
      List<String> overrides,
      boolean trusted,
      UnaryOperator<JobConfig> rows) {
    try {
      String directory = CurrentModel.resolve(hadoop, path);
      Manifest manifest = ModelBase.open(hadoop, directory).read(ModelReader::manifest);
      JobConfig own = config(directory, manifest, overrides, trusted);
      JobConfig job = rows.apply(own);
      if (!trusted) {
        StoredSource.requireHarmless(directory, own.source(), job.source(), overrides);
      }
      return new StoredJob(directory, job);
    } catch (ModelFormatException e) {
      throw new UserError(e.getMessage());
    }
  }

  /**
   * Rejects side tables whose settings may run code or read the environment. A model scores with
   * its stored rows, so this is only for commands that read the tables again.
   *
   * @param overrides {@code key=value} of the user, which may use such settings
   * @throws UserError naming the settings
   */
  public void requireHarmlessTables(List<String> overrides) {
    for (SideTableConfig side : config.tables()) {
      String section = "tables." + side.table().name();
      StoredSource.requireHarmless(directory, section, side.source(), side.source(), overrides);
    }
  }

  /**
   * The configuration in a manifest.
   *
   * @param environment whether it may read variables of the environment
   */
  static JobConfig config(
      String directory, Manifest manifest, List<String> overrides, boolean environment) {
    if (manifest.job() == null) {
      throw new UserError(
          directory
              + "/"
              + Manifest.FILE
              + " holds no configuration: the model is a checkpoint or was trained through the"
              + " library; name a model that a command has trained");
    }
    try {
      String json = new ObjectMapper().writeValueAsString(manifest.job());
      return JobConfigReader.stored(directory, json, overrides, environment);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the manifest's job must be JSON, got " + e, e);
    }
  }
}
