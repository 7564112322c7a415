package io.destine.spark.train;

import io.destine.artifact.Manifest;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.artifact.ModelWriter;
import io.destine.optim.ParameterAverage;
import io.destine.optim.StatefulOptimizer;
import io.destine.param.NamedState;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import io.destine.param.Snapshot;
import io.destine.spark.store.HadoopModelDirectory;

/**
 * A model whose tables are in the driver.
 *
 * @param days those of {@link LastSeen}, to be published, or null
 */
record HeldModel(Parameters parameters, StatefulOptimizer optimizer, ParameterTable days)
    implements TrainedModel {

  /** The optimiser state of a model directory, required to continue its training. */
  static NamedState state(ModelReader reader) {
    return reader
        .optimizerState()
        .orElseThrow(
            () ->
                new ModelFormatException(
                    reader.location()
                        + ": the model has no optimiser state, so training cannot continue from it;"
                        + " name a model written by train or nightly"));
  }

  /** Does nothing: the model is ready when it is created. */
  @Override
  public void begin() {}

  @Override
  public void beginToRestore() {}

  private record Copy(Snapshot snapshot) implements Kept {
    @Override
    public void write(HadoopModelDirectory directory, Manifest.Builder description) {
      new ModelWriter(directory).write(description, snapshot.values());
      // Released before the files are read back, so that rows can be updated freely meanwhile.
      snapshot.close();
    }

    @Override
    public boolean isCopy() {
      return true;
    }

    @Override
    public void close() {
      snapshot.close();
    }
  }

  @Override
  public Kept keep() {
    return new Copy(optimizer.snapshot());
  }

  @Override
  public void restore(ModelReader checkpoint) {
    Parameters saved = checkpoint.parameters();
    NamedState state = state(checkpoint);
    parameters.set(saved);
    optimizer.restore(state);
  }

  @Override
  public void useAverage() {
    ParameterAverage.set(parameters, optimizer.state());
  }

  @Override
  public void write(HadoopModelDirectory directory, Manifest.Builder description) {
    NamedState state = ParameterAverage.without(optimizer.state());
    new ModelWriter(directory)
        .write(description, parameters, days == null ? state : LastSeen.add(state, days));
  }
}
