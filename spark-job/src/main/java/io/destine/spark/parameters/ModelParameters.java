package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.Parameters;
import java.lang.ref.SoftReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The parameters of a published model. Each JVM reads all of them from the model directory when a
 * task first needs them, and keeps them.
 *
 * @param run identity of the parameters
 * @param model the model to read
 */
public record ModelParameters(String run, Broadcast<ModelBase> model) implements ParameterSource {
  private static final long serialVersionUID = 1;

  private static final Map<String, Loaded> LOADED = new ConcurrentHashMap<>();

  /**
   * Softly reachable: when memory is short, the garbage collector may reclaim parameters that no
   * task uses; they are then read again.
   */
  private static final class Loaded {
    private SoftReference<Parameters> parameters = new SoftReference<>(null);

    synchronized Parameters get(Broadcast<ModelBase> model) {
      Parameters there = parameters.get();
      if (there == null) {
        there = model.value().create();
        parameters = new SoftReference<>(there);
      }
      return there;
    }

    synchronized void set(Parameters read) {
      parameters = new SoftReference<>(read);
    }
  }

  private static Loaded loaded(String run) {
    return LOADED.computeIfAbsent(run, key -> new Loaded());
  }

  /** Parameters that tasks will read. */
  public static ModelParameters of(JavaSparkContext context, String run, ModelBase model) {
    return new ModelParameters(run, context.broadcast(model));
  }

  /** Registers parameters that this JVM has already read. */
  public void have(Parameters parameters) {
    loaded(run).set(parameters);
  }

  @Override
  public View of(EncodedBatch rows) {
    return View.whole(parameters(), rows);
  }

  /** The parameters of all ids. */
  public Parameters parameters() {
    return loaded(run).get(model);
  }

  /** Frees the parameters in the driver and in reachable executors. */
  public void release(JavaSparkContext context) {
    model.destroy();
    RunRelease.everywhere(context, run);
  }

  static void remove(String run) {
    LOADED.remove(run);
  }
}
