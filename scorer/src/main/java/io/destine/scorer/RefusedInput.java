package io.destine.scorer;

/** Input that cannot be read at all, said in one line. */
final class RefusedInput extends RuntimeException {
  private static final long serialVersionUID = 1;

  RefusedInput(String message) {
    super(message);
  }
}
