package io.destine.spark.parameters;

import io.destine.spark.internals.BufferInput;
import io.destine.spark.internals.MessageService;
import io.destine.train.GradientSum;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;

/**
 * Gradients of table rows that tasks have sent to the owner of the rows, by step and task, in
 * pieces. A rerun task sends identical pieces, so only the first message of each piece counts. Any
 * thread.
 */
final class SumInbox {
  /** Identifies these messages. */
  static final byte KIND = 2;

  /** Answers. */
  static final byte TAKEN = 1;

  static final byte OVER = 0;

  /** Memory of a piece in addition to its numbers. */
  private static final long PIECE_BYTES = 200;

  /** Guarded by this. */
  private final Map<Long, Sums> steps = new HashMap<>();

  /** Guarded by this: the last step whose sums have been taken. Steps have ascending numbers. */
  private long taken;

  private final IntSupplier rows;
  private final long mostBytes;

  /** The sums of a step, and the bytes of their messages. */
  private static final class Sums {
    private final Map<Integer, Pieces> byTask = new HashMap<>();
    private long bytes;
  }

  /** The sum of a task: the pieces that have arrived, by number, and the number of all. */
  private record Pieces(Map<Integer, CompletableFuture<GradientSum>> arrived, int all) {
    Pieces(int all) {
      this(new HashMap<>(), all);
    }

    boolean areComplete() {
      return arrived.size() == all;
    }
  }

  /**
   * The head of a message: a piece of the sum of a task.
   *
   * @param step number of the step
   * @param slot number of the task
   * @param number of the piece, counted from 0
   * @param all number of pieces of the sum
   */
  record Piece(long step, int slot, int number, int all) {
    /** Writes the kind of the message and the piece. */
    void write(DataOutput out) throws IOException {
      out.writeByte(KIND);
      out.writeLong(step);
      out.writeInt(slot);
      out.writeInt(number);
      out.writeInt(all);
    }

    /**
     * Reads the bytes after the kind.
     *
     * @throws IndexOutOfBoundsException if there is no such piece
     */
    static Piece read(ByteBuffer message) {
      Piece piece =
          new Piece(message.getLong(), message.getInt(), message.getInt(), message.getInt());
      Objects.checkIndex(piece.number, piece.all);
      return piece;
    }
  }

  /**
   * An empty inbox.
   *
   * @param rows number of rows of the tables here
   */
  SumInbox(IntSupplier rows) {
    this(rows, Runtime.getRuntime().maxMemory() / 2);
  }

  /**
   * The same.
   *
   * @param mostBytes of the messages with sums that have not been taken; further messages are
   *     refused
   */
  SumInbox(IntSupplier rows, long mostBytes) {
    this.rows = rows;
    this.mostBytes = mostBytes;
  }

  /**
   * Takes a piece of the sum of a task in this JVM by reference.
   *
   * @return false when its step is over
   */
  synchronized boolean put(Piece piece, GradientSum sum) {
    if (piece.step <= taken) {
      return false;
    }
    pieces(piece).arrived.putIfAbsent(piece.number, CompletableFuture.completedFuture(sum));
    return true;
  }

  private Sums sums(long step) {
    return steps.computeIfAbsent(step, s -> new Sums());
  }

  private Pieces pieces(Piece piece) {
    Pieces pieces =
        sums(piece.step).byTask.computeIfAbsent(piece.slot, slot -> new Pieces(piece.all));
    if (pieces.all != piece.all) {
      throw new IllegalArgumentException(
          "step %d: the sum of task %d has %d pieces, got a piece of a sum with %d"
              .formatted(piece.step, piece.slot, pieces.all, piece.all));
    }
    return pieces;
  }

  /** Handles a message. */
  void receive(ByteBuffer message, MessageService.Reply reply) {
    Piece piece = Piece.read(message);
    CompletableFuture<GradientSum> sum = new CompletableFuture<>();
    synchronized (this) {
      if (piece.step <= taken) {
        reply.send(ByteBuffer.wrap(new byte[] {OVER}));
        return;
      }
      if (has(piece)) {
        reply.send(ByteBuffer.wrap(new byte[] {TAKEN}));
        return;
      }
      await(piece, sum, PIECE_BYTES + message.remaining());
    }
    try {
      // The task continues while its piece is being read.
      reply.send(ByteBuffer.wrap(new byte[] {TAKEN}));
      GradientSum read = new GradientSum();
      read.read(new DataInputStream(new BufferInput(message)), 0, rows.getAsInt());
      sum.complete(read);
    } catch (Throwable e) {
      sum.completeExceptionally(e);
    }
  }

  private boolean has(Piece piece) {
    Sums sums = steps.get(piece.step);
    Pieces pieces = sums == null ? null : sums.byTask.get(piece.slot);
    return pieces != null && pieces.arrived.containsKey(piece.number);
  }

  private void await(Piece piece, CompletableFuture<GradientSum> sum, long bytes) {
    if (steps.values().stream().mapToLong(sums -> sums.bytes).sum() + bytes > mostBytes) {
      throw new IllegalStateException(
          "sums that have not been taken must have at most " + mostBytes + " bytes, half the heap");
    }
    pieces(piece).arrived.put(piece.number, sum);
    sums(piece.step).bytes += bytes;
  }

  /**
   * Takes the sums that the tasks of a step have sent, and drops sums of earlier steps.
   *
   * @param tasks number of tasks of the step
   * @throws IllegalStateException when one is missing
   */
  GradientSum take(long step, int tasks) {
    Map<Integer, Pieces> sums;
    synchronized (this) {
      sums = steps.containsKey(step) ? steps.get(step).byTask : Map.of();
      taken = Math.max(taken, step);
      steps.keySet().removeIf(other -> other <= taken);
    }
    long complete = sums.values().stream().filter(Pieces::areComplete).count();
    if (complete != tasks || sums.size() != tasks) {
      throw new IllegalStateException(
          "step " + step + " must have the sums of " + tasks + " tasks, got " + complete);
    }
    GradientSum all = new GradientSum();
    for (Pieces pieces : sums.values()) {
      for (CompletableFuture<GradientSum> piece : pieces.arrived.values()) {
        all = all.merge(piece.join());
      }
    }
    return all;
  }
}
