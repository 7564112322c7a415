/** The map from the logits of a network to those of probabilities, and its fit. */
package io.destine.calibration;
