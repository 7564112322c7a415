package io.destine.kernel;

import io.destine.calibration.Calibration;
import io.destine.feature.EncodedBatch;
import io.destine.param.Parameters;

/** A forward pass whose logits are calibrated. */
record CalibratedForward(Forward network, Calibration calibration) implements Forward {
  @Override
  public String name() {
    return network.name();
  }

  @Override
  public void logits(Parameters parameters, EncodedBatch batch, double[] logits) {
    network.logits(parameters, batch, logits);
    calibration.apply(logits, batch.rows());
  }
}
