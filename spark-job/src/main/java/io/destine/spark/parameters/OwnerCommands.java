package io.destine.spark.parameters;

import io.destine.numeric.ExactSum;
import io.destine.spark.internals.BufferInput;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The commands of the driver to the owners of tables: messages of a few numbers, and their answers.
 */
final class OwnerCommands {
  /** Identifies these messages. */
  static final byte KIND = 3;

  private static final int BYTES = 1 + 8 + 1 + 8 + 4 + 4 + 8 + 8;
  private static final byte DONE = 1;
  private static final byte FAILED = 0;
  private static final byte WORKING = 2;

  /** Numbers are not finite or too large: a failure of the training, not of the owner. */
  private static final byte OUT_OF_RANGE = 3;

  private OwnerCommands() {}

  /** The command. */
  enum What {
    /**
     * Own the rows of owner number {@code a} of {@code b} owners; the parameters have version
     * {@code step}.
     */
    OWN,
    /**
     * Return the squares of the gradient sums of the {@code a} tasks of a step; its rows are
     * updated next.
     */
    SQUARES,
    /** Update rows to the next version with the gradient sums of the {@code a} tasks of a step. */
    STEP,
    /**
     * Advance to the next version without updating rows: the step changed none, or all have been
     * updated.
     */
    SKIP,
    CATCH_UP,
    /** Open parameters and state to messages that read and write rows, until the next command. */
    OPEN,
    /**
     * Resume after step {@code a} from the rows that have been written, with an average since step
     * {@code b} ({@code b} = -1: none). Multiply by {@code scale} the parameters of rows whose
     * entry in the table outside the optimiser's state is at most {@code rate}.
     */
    RESTORE,
    /** Replace the parameters by their average. */
    USE_AVERAGE,
    EXCHANGE_AVERAGE,
    /** Keep an average over {@code a} samples, one every {@code b} steps. */
    AVERAGE
  }

  /**
   * A command.
   *
   * @param number counts the commands of a run, from 1
   * @param step whose rows are updated
   * @param a see {@link What}
   * @param b see {@link What}
   * @param scale of the gradient; for {@link What#RESTORE} see there
   * @param rate learning rate; for {@link What#RESTORE} see there
   */
  record Command(long number, What what, long step, int a, int b, double scale, double rate) {
    ByteBuffer message() {
      return ByteBuffer.allocate(BYTES)
          .put(KIND)
          .putLong(number)
          .put((byte) what.ordinal())
          .putLong(step)
          .putInt(a)
          .putInt(b)
          .putDouble(scale)
          .putDouble(rate)
          .flip();
    }
  }

  /** Reads the bytes after the kind. */
  static Command read(ByteBuffer message) {
    if (message.remaining() != BYTES - 1) {
      throw new IllegalArgumentException(
          "a command must have " + BYTES + " bytes, got " + (message.remaining() + 1));
    }
    long number = message.getLong();
    What what = What.values()[message.get()];
    return new Command(
        number,
        what,
        message.getLong(),
        message.getInt(),
        message.getInt(),
        message.getDouble(),
        message.getDouble());
  }

  static ByteBuffer done() {
    return ByteBuffer.wrap(new byte[] {DONE});
  }

  static ByteBuffer done(ExactSum squares) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      bytes.write(DONE);
      squares.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  /** The command is still running: the sender repeats it, as after a lost answer. */
  static ByteBuffer working() {
    return ByteBuffer.wrap(new byte[] {WORKING});
  }

  /** The answer of an owner. */
  record Answer(boolean working, RuntimeException failure, ExactSum squares) {}

  static Answer answer(ByteBuffer message) {
    if (message.get(message.position()) == WORKING) {
      return new Answer(true, null, null);
    }
    RuntimeException failure = failure(message);
    if (failure != null || !message.hasRemaining()) {
      return new Answer(false, failure, null);
    }
    try {
      return new Answer(false, null, ExactSum.read(new DataInputStream(new BufferInput(message))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ByteBuffer failed(Throwable failure) {
    // For an error, such as OutOfMemoryError, the class says more than the message.
    String text = failure instanceof Error ? failure.toString() : failure.getMessage();
    byte[] words = String.valueOf(text).getBytes(StandardCharsets.UTF_8);
    byte kind = failure instanceof ArithmeticException ? OUT_OF_RANGE : FAILED;
    return ByteBuffer.allocate(1 + words.length).put(kind).put(words).flip();
  }

  /**
   * The failure in an answer, or null: an {@link ArithmeticException} for numbers that are not
   * finite or too large, otherwise an {@link IllegalStateException}.
   */
  static RuntimeException failure(ByteBuffer answer) {
    byte kind = answer.get();
    if (kind == DONE) {
      return null;
    }
    String text = StandardCharsets.UTF_8.decode(answer).toString();
    return kind == OUT_OF_RANGE ? new ArithmeticException(text) : new IllegalStateException(text);
  }
}
