package io.destine.spark.export;

import io.destine.artifact.Manifest;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.param.Parameters;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.store.CurrentModel;
import org.apache.hadoop.conf.Configuration;

/**
 * A published model, completely loaded in this process.
 *
 * @param directory of the model
 * @param manifestSha256 identifies the model
 * @param manifest of the model
 * @param stored its vocabulary in the directory from which the model was read
 * @param vocabulary the same, loaded
 */
record ExportedModel(
    String directory,
    String manifestSha256,
    Manifest manifest,
    Parameters parameters,
    StoredVocabulary stored,
    Vocabulary vocabulary) {

  FittedFields fields() {
    return stored.fields();
  }

  /**
   * Rejects a checkpoint.
   *
   * @throws UserError if there is no vocabulary
   */
  static void requireVocabulary(ModelReader reader) {
    if (reader.fields().isEmpty()) {
      throw new UserError(
          reader.location()
              + ": the model has no vocabulary: it is a checkpoint; name the finished model");
    }
  }

  /**
   * Reads a model.
   *
   * @param path of the model, or of a directory whose live model is read
   * @throws UserError if there is no model or it is damaged
   */
  static ExportedModel open(Configuration hadoop, String path) {
    try {
      String directory = CurrentModel.resolve(hadoop, path);
      return ModelBase.open(hadoop, directory).read(reader -> of(hadoop, directory, reader));
    } catch (ModelFormatException e) {
      throw new UserError(e.getMessage());
    }
  }

  private static ExportedModel of(Configuration hadoop, String directory, ModelReader reader) {
    requireVocabulary(reader);
    reader.verify("vocabulary/");
    StoredVocabulary stored = StoredVocabulary.ofModel(hadoop, reader);
    return new ExportedModel(
        directory,
        reader.manifestSha256(),
        reader.manifest(),
        reader.parameters(),
        stored,
        stored.load());
  }
}
