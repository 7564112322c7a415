package io.destine.artifact;

/** A model directory is damaged or invalid; the message names the file. */
public final class ModelFormatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  /** With a message that names the file. */
  public ModelFormatException(String message) {
    super(message);
  }

  /** With a message that names the file, and the cause. */
  public ModelFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
