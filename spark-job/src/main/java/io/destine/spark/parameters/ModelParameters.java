package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.Parameters;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The parameters of a published model, which each JVM reads whole from the model directory when a
 * task needs them first, and keeps.
 *
 * @param run names them
 * @param model what is read
 */
public record ModelParameters(String run, Broadcast<ModelBase> model) implements ParameterSource {
  private static final long serialVersionUID = 1;

  /** A table each: two, so that one model can follow another. */
  private static final RunCache<Loaded> LOADED = new RunCache<>(2);

  private static final class Loaded {
    private Parameters parameters;

    synchronized Parameters get(Broadcast<ModelBase> model) {
      if (parameters == null) {
        parameters = model.value().create();
      }
      return parameters;
    }
  }

  /** Parameters that tasks will read. */
  public static ModelParameters of(JavaSparkContext context, String run, ModelBase model) {
    return new ModelParameters(run, context.broadcast(model));
  }

  /** Says that this JVM has read them already. */
  public void have(Parameters parameters) {
    Loaded loaded = LOADED.get(run, Loaded::new);
    synchronized (loaded) {
      loaded.parameters = parameters;
    }
  }

  @Override
  public View of(EncodedBatch rows) {
    return View.whole(parameters(), rows);
  }

  /** The parameters of all ids. */
  public Parameters parameters() {
    return LOADED.get(run, Loaded::new).get(model);
  }

  /** Frees what the driver and, where they can be reached, executors keep. */
  public void release(JavaSparkContext context) {
    model.destroy();
    RunRelease.everywhere(context, run);
  }

  static void remove(String run) {
    LOADED.remove(run);
  }
}
