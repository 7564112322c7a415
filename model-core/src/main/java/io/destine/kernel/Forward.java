package io.destine.kernel;

import io.destine.calibration.Calibration;
import io.destine.feature.EncodedBatch;
import io.destine.param.Parameters;

/**
 * Computes the logits of packed rows. An instance belongs to one thread at a time: it keeps scratch
 * memory.
 */
public interface Forward {

  /** Short name: scores of different ones may differ in the last bits. */
  String name();

  /**
   * The logits of a batch, without dropout and with running statistics.
   *
   * @param logits [rows] result; longer arrays are filled from the start
   */
  void logits(Parameters parameters, EncodedBatch batch, double[] logits);

  /** The same with logits that a calibration maps. */
  default Forward calibrated(Calibration calibration) {
    return calibration.isIdentity() ? this : new CalibratedForward(this, calibration);
  }
}
