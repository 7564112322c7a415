package io.destine.spark.replica;

import io.destine.param.Parameters;
import java.io.Serializable;

/** Makes the parameters that a run starts from, on any machine, without shipping a table. */
@FunctionalInterface
public interface ParameterBase extends Serializable {

  /** The parameters of version 0. */
  Parameters create();
}
