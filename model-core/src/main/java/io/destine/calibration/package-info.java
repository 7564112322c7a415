/** From the logits of a network to those of probabilities, and how that map is fitted. */
package io.destine.calibration;
