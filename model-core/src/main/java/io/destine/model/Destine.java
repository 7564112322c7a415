package io.destine.model;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.io.Serializable;

/**
 * A network: its configuration, the fields of its data set, and the layout of its parameters.
 * Immutable; the values are in {@link Parameters}, the arithmetic in {@link
 * io.destine.kernel.Kernel}.
 */
public final class Destine implements Serializable {
  private static final long serialVersionUID = 1;

  private final ModelConfig config;
  private final FieldLayout fields;
  private final ParameterLayout layout;

  /** The network of the given configuration over the given fields. */
  public Destine(ModelConfig config, FieldLayout fields) {
    this.config = config;
    this.fields = fields;
    layout = ParameterLayout.of(config, fields);
  }

  public ModelConfig config() {
    return config;
  }

  public FieldLayout fields() {
    return fields;
  }

  public ParameterLayout layout() {
    return layout;
  }

  /** Initial float32 parameters for {@code rows} ids. */
  public Parameters initialParameters(int rows, long seed) {
    return Parameters.initial(layout, Precision.FLOAT32, rows, seed);
  }
}
