package io.destine.train;

/**
 * Training cannot continue, for example because a loss or gradient is not finite or predictions
 * have collapsed. The message is one line.
 */
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public TrainingException(String message) {
    super(message);
  }
}
