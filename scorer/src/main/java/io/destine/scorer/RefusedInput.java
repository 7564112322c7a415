package io.destine.scorer;

/** The input cannot be read; the message is one line. */
final class RefusedInput extends RuntimeException {
  private static final long serialVersionUID = 1;

  RefusedInput(String message) {
    super(message);
  }
}
