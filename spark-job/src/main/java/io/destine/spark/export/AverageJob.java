package io.destine.spark.export;

import io.destine.artifact.Manifest;
import io.destine.artifact.ModelWriter;
import io.destine.calibration.Calibration;
import io.destine.feature.FeatureEncoder;
import io.destine.kernel.KernelChoice;
import io.destine.model.NetworkKernels;
import io.destine.model.NetworkSum;
import io.destine.param.Parameters;
import io.destine.predict.VerificationRows;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.store.Fence;
import io.destine.spark.store.HadoopModelDirectory;
import io.destine.spark.store.ModelPublication;
import io.destine.spark.store.Storage;
import io.destine.spark.train.ReadBack;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Averages several models that were trained on the same rows with different seeds into one: its
 * logit is the mean of theirs. It is a network of the same kind, k times as wide for k models, and
 * can be used like any model, but not as the start of a training run.
 */
public final class AverageJob {
  private final Configuration hadoop;
  private final List<String> models;

  /**
   * A job.
   *
   * @param models directories, two or more
   */
  public AverageJob(Configuration hadoop, List<String> models) {
    this.hadoop = hadoop;
    this.models = List.copyOf(models);
    if (models.size() < 2) {
      throw new UserError("--models: name two models or more, with commas between them");
    }
  }

  /**
   * Writes the model.
   *
   * @param directory of the new model; an existing one is replaced
   * @param fence the right to write it
   * @param program name and version, for the manifest
   * @return SHA-256 of the manifest
   * @throws UserError if the models do not have the same network, vocabulary and side tables
   */
  public String run(String directory, Fence fence, String program) {
    ExportedModel first = ExportedModel.open(hadoop, models.get(0));
    List<Parameters> parameters = new ArrayList<>();
    List<Map<String, Object>> sources = new ArrayList<>();
    double[] shares = new double[models.size()];
    double offset = 0;
    for (String each : models) {
      ExportedModel model = each.equals(models.get(0)) ? first : ExportedModel.open(hadoop, each);
      requireSame(first, model);
      Calibration.Affine affine = affine(model);
      shares[parameters.size()] = affine.scale() / shares.length;
      offset += affine.offset() / shares.length;
      parameters.add(model.parameters());
      sources.add(Map.of("model", model.directory(), "manifest_sha256", model.manifestSha256()));
    }
    Calibration calibration = Calibration.shift(offset);
    NetworkSum sum = sum(first, shares);
    Manifest.Builder description =
        Manifest.describe(sum.network())
            .createdBy(program)
            .calibration(calibration)
            .train(first.manifest().train())
            .job(first.manifest().job())
            .metrics(Map.of("average_of", sources))
            .dataFingerprint(first.manifest().dataFingerprint())
            .vocabularyFingerprint(first.manifest().vocabularyFingerprint());
    Parameters all = sum.parameters(parameters);
    Path target = new Path(directory);
    ModelPublication publication =
        ModelPublication.replacing(Storage.of(hadoop, target), target, fence);
    return fence.during(
        () ->
            publication.publish(fresh -> write(fresh, first, sum, all, calibration, description)));
  }

  private void write(
      HadoopModelDirectory fresh,
      ExportedModel first,
      NetworkSum sum,
      Parameters parameters,
      Calibration calibration,
      Manifest.Builder description) {
    StoredVocabulary vocabulary = first.stored();
    Storage.copy(hadoop, new Path(vocabulary.directory()), new Path(fresh.root(), "vocabulary"));
    NetworkKernels kernels = new NetworkKernels(sum.network(), KernelChoice.AUTO);
    Function<FeatureEncoder, String> verification =
        encoder ->
            VerificationRows.of(encoder, kernels.forward().calibrated(calibration), parameters)
                .toJson();
    String rows = ReadBack.write(fresh, vocabulary, verification);
    new ModelWriter(fresh).write(description, parameters, null);
    ReadBack.require(hadoop, fresh, vocabulary.sha256(), rows, verification);
  }

  /**
   * The mean of calibrated logits is a sum of networks only if each calibration is a scale and a
   * shift.
   */
  private static Calibration.Affine affine(ExportedModel model) {
    if (model.manifest().logitMap() instanceof Calibration.Affine affine) {
      return affine;
    }
    throw new UserError(
        "--models: "
            + model.directory()
            + " has an isotonic calibration, which cannot be averaged; train with train.calibration"
            + " = none, temperature or platt");
  }

  private static NetworkSum sum(ExportedModel first, double[] shares) {
    if (first.manifest().network().layout().hasPooling()) {
      throw new UserError(
          "--models: "
              + first.directory()
              + " has attention over the values of lists, which cannot be averaged; train with"
              + " model.list-pooling = mean");
    }
    try {
      return new NetworkSum(first.manifest().network(), shares);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "--models: the average of " + shares.length + " models is too large: " + e.getMessage());
    }
  }

  private static void requireSame(ExportedModel first, ExportedModel other) {
    String difference = null;
    if (!other.manifest().model().equals(first.manifest().model())) {
      difference = "a different network";
    } else if (!other.manifest().fields().equals(first.manifest().fields())
        || !other.fields().toJson().equals(first.fields().toJson())) {
      difference = "different fields";
    } else if (!other
        .manifest()
        .vocabularyFingerprint()
        .equals(first.manifest().vocabularyFingerprint())) {
      difference = "a different vocabulary";
    } else if (!other.stored().hasTablesOf(first.stored())) {
      difference = "different rows of side tables";
    }
    if (difference != null) {
      throw new UserError(
          "--models: "
              + other.directory()
              + " has "
              + difference
              + " than "
              + first.directory()
              + "; name models that were trained on the same rows and differ only in train.seed");
    }
  }
}
