package io.destine.spark.conf;

import java.util.Optional;

/**
 * Where results go.
 *
 * @param model directory of the model
 * @param dataDirectory directory of the encoded data set; {@code model} + ".data" when left out
 */
public record OutputConfig(String model, Optional<String> dataDirectory) {

  /** Directory of the encoded data set. */
  public String data() {
    return dataDirectory.orElse(model + ".data");
  }

  /** Directory of the checkpoints of a training that is under way or was interrupted. */
  public String checkpoints() {
    return model + ".checkpoints";
  }
}
