/** The map from a network's logits to calibrated logits, and its fit. */
package io.destine.calibration;
