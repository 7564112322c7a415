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
  /** Names these messages. */
  static final byte KIND = 3;

  private static final int BYTES = 1 + 8 + 1 + 8 + 4 + 4 + 8 + 8;
  private static final byte DONE = 1;
  private static final byte FAILED = 0;
  private static final byte WORKING = 2;

  private OwnerCommands() {}

  /** The command. */
  enum What {
    /** Own the rows of owner a of b; the parameters have version {@code step}. */
    OWN,
    /** Tell the squares of the sums of a tasks of a step, whose rows move next. */
    SQUARES,
    /** Move rows by the sums of a tasks of a step, to the next version. */
    STEP,
    /** Nothing has moved in a step, or everything has: the next version. */
    SKIP,
    CATCH_UP,
    /**
     * Hold parameters and state open for messages that read and write rows, up to the next step.
     */
    OPEN,
    /**
     * Go on after step a from what has been written, with an average from step b on or -1.
     * Parameters are multiplied by the scale where the table that is not the optimiser's has at
     * most the rate.
     */
    RESTORE,
    /** The parameters are their average from now on, and there is none any more. */
    USE_AVERAGE,
    EXCHANGE_AVERAGE,
    /** Average over a samples, one each b steps. */
    AVERAGE
  }

  /**
   * A command.
   *
   * @param number counts the commands of a run, from 1
   * @param step whose rows move
   * @param a see {@link What}
   * @param b see {@link What}
   * @param scale of the gradient
   * @param rate learning rate
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

  /** Reads the bytes behind the kind. */
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

  /** The command is being carried out: the sender asks again, as for a lost answer. */
  static ByteBuffer working() {
    return ByteBuffer.wrap(new byte[] {WORKING});
  }

  /** The answer of an owner. */
  record Answer(boolean working, String failure, ExactSum squares) {}

  static Answer answer(ByteBuffer message) {
    if (message.get(message.position()) == WORKING) {
      return new Answer(true, null, null);
    }
    String failure = failure(message);
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
    // The class of an error, such as a lack of memory, says more than its message.
    String text = failure instanceof Error ? failure.toString() : failure.getMessage();
    byte[] words = String.valueOf(text).getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + words.length).put(FAILED).put(words).flip();
  }

  /** The failure in an answer; null when there is none. */
  static String failure(ByteBuffer answer) {
    return answer.get() == DONE ? null : StandardCharsets.UTF_8.decode(answer).toString();
  }
}
