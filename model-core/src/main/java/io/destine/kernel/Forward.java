package io.destine.kernel;

import io.destine.calibration.Calibration;
import io.destine.feature.EncodedBatch;
import io.destine.param.Parameters;

/**
 * Computes the logits of packed rows. An instance has scratch memory and must be used by one thread
 * at a time.
 */
public interface Forward {

  /**
   * Short name; the last bits of logits may differ between implementations with different names.
   */
  String name();

  /**
   * The logits of a batch, without dropout and with running statistics.
   *
   * @param logits [rows] result; longer arrays are filled from the start
   */
  void logits(Parameters parameters, EncodedBatch batch, double[] logits);

  /** The same with calibrated logits. */
  default Forward calibrated(Calibration calibration) {
    return calibration.isIdentity() ? this : new CalibratedForward(this, calibration);
  }
}
