package io.destine.spark.train;

import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.artifact.ModelWriter;
import io.destine.model.Destine;
import io.destine.optim.Optimizer;
import io.destine.optim.PlateauSchedule;
import io.destine.param.NamedState;
import io.destine.param.Parameters;
import io.destine.spark.store.AtomicPublication;
import io.destine.spark.store.HadoopModelDirectory;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;

/**
 * Keeps the best epoch's parameters and optimiser state on storage, in a hidden sibling of the
 * model directory, and publishes them in the end. One thread.
 */
final class BestModel implements AutoCloseable {
  private final Configuration hadoop;
  private final FileSystem fileSystem;
  private final Path target;
  private final Path kept;
  private final Destine network;
  private final Optimizer optimizer;
  private boolean any;

  /**
   * Nothing kept yet.
   *
   * @param model the model directory to publish to
   */
  BestModel(Configuration hadoop, String model, Destine network, Optimizer optimizer) {
    this.hadoop = hadoop;
    this.network = network;
    this.optimizer = optimizer;
    target = new Path(model);
    try {
      fileSystem = target.getFileSystem(hadoop);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open the file system of " + model + ": " + e, e);
    }
    Path full = fileSystem.makeQualified(target);
    kept = new Path(full.getParent(), "." + full.getName() + ".best");
  }

  /** Keeps the parameters after each epoch that is the best so far. */
  TrainingListener keeping(Parameters parameters) {
    return new TrainingListener() {
      @Override
      public void evaluated(
          int epoch,
          double trainLoss,
          Validation validation,
          double rate,
          PlateauSchedule.Verdict verdict) {
        if (verdict == PlateauSchedule.Verdict.IMPROVED) {
          keep(parameters);
          any = true;
        }
      }
    };
  }

  /** Writes beside the last best before replacing it: a full disk must not cost both. */
  private void keep(Parameters parameters) {
    Path next = kept.suffix(".next");
    delete(next);
    new ModelWriter(new HadoopModelDirectory(fileSystem, next))
        .write(Manifest.describe(network), parameters, optimizer.state());
    delete(kept);
    try {
      if (!fileSystem.rename(next, kept)) {
        throw new IOException("the file system refused");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot rename " + next + " to " + kept + ": " + e, e);
    }
  }

  /**
   * Sets the parameters to those of the best epoch; leaves them when no epoch has been better than
   * none.
   */
  void restoreInto(Parameters parameters) {
    if (any) {
      parameters.set(ModelReader.open(directory()).parameters());
    }
  }

  /**
   * Publishes the best epoch's model.
   *
   * @param description the manifest
   * @param parameters the best epoch's
   * @param vocabulary directory of the vocabulary, copied into the model
   */
  void publish(Manifest.Builder description, Parameters parameters, String vocabulary) {
    NamedState state =
        any ? ModelReader.open(directory()).optimizerState().orElseThrow() : optimizer.state();
    new AtomicPublication(fileSystem, target)
        .publish(
            fresh -> {
              copy(new Path(vocabulary), new Path(fresh.root(), "vocabulary"));
              new ModelWriter(fresh).write(description, parameters, state);
            });
  }

  private void copy(Path from, Path to) {
    try {
      FileUtil.copy(from.getFileSystem(hadoop), from, fileSystem, to, false, true, hadoop);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot copy " + from + " to " + to + ": " + e, e);
    }
  }

  private HadoopModelDirectory directory() {
    return new HadoopModelDirectory(fileSystem, kept);
  }

  private void delete(Path path) {
    try {
      fileSystem.delete(path, true);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + path + ": " + e, e);
    }
  }

  @Override
  public void close() {
    delete(kept.suffix(".next"));
    delete(kept);
  }
}
