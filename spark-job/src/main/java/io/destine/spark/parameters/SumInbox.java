package io.destine.spark.parameters;

import io.destine.spark.internals.BufferInput;
import io.destine.spark.internals.MessageService;
import io.destine.train.GradientSum;
import java.io.DataInputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;

/**
 * Gradients of table rows that tasks have sent to the owner of the rows, by step and task. A rerun
 * task sends an identical sum, so only the first sum of each task counts. Any thread.
 */
final class SumInbox {
  /** Identifies these messages. */
  static final byte KIND = 2;

  /** Answers. */
  static final byte TAKEN = 1;

  static final byte OVER = 0;

  /** Memory of a sum in addition to its numbers. */
  private static final long SUM_BYTES = 200;

  /** Guarded by this. */
  private final Map<Long, Sums> steps = new HashMap<>();

  /** Guarded by this: the last step whose sums have been taken. Steps have ascending numbers. */
  private long taken;

  private final IntSupplier rows;
  private final long mostBytes;

  /** Sums of a step by task, and the bytes of their messages. */
  private static final class Sums {
    private final Map<Integer, CompletableFuture<GradientSum>> byTask = new HashMap<>();
    private long bytes;
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
   * Takes the sum of a task in this JVM by reference.
   *
   * @return false when its step is over
   */
  synchronized boolean put(long step, int slot, GradientSum sum) {
    if (step <= taken) {
      return false;
    }
    sums(step).byTask.putIfAbsent(slot, CompletableFuture.completedFuture(sum));
    return true;
  }

  private Sums sums(long step) {
    return steps.computeIfAbsent(step, s -> new Sums());
  }

  /** Handles a message. */
  void receive(ByteBuffer message, MessageService.Reply reply) {
    long step = message.getLong();
    int slot = message.getInt();
    CompletableFuture<GradientSum> sum = new CompletableFuture<>();
    synchronized (this) {
      if (step <= taken) {
        reply.send(ByteBuffer.wrap(new byte[] {OVER}));
        return;
      }
      if (steps.containsKey(step) && steps.get(step).byTask.containsKey(slot)) {
        reply.send(ByteBuffer.wrap(new byte[] {TAKEN}));
        return;
      }
      await(step, slot, sum, SUM_BYTES + message.remaining());
    }
    try {
      // The task continues while its sum is being read.
      reply.send(ByteBuffer.wrap(new byte[] {TAKEN}));
      GradientSum read = new GradientSum();
      read.read(new DataInputStream(new BufferInput(message)), 0, rows.getAsInt());
      sum.complete(read);
    } catch (Throwable e) {
      sum.completeExceptionally(e);
    }
  }

  private void await(long step, int slot, CompletableFuture<GradientSum> sum, long bytes) {
    if (steps.values().stream().mapToLong(sums -> sums.bytes).sum() + bytes > mostBytes) {
      throw new IllegalStateException(
          "sums that have not been taken must have at most " + mostBytes + " bytes, half the heap");
    }
    Sums sums = sums(step);
    sums.byTask.put(slot, sum);
    sums.bytes += bytes;
  }

  /**
   * Takes the sums that the tasks of a step have sent, and drops sums of earlier steps.
   *
   * @param tasks of the step
   * @throws IllegalStateException when one is missing
   */
  GradientSum take(long step, int tasks) {
    Map<Integer, CompletableFuture<GradientSum>> sums;
    synchronized (this) {
      sums = steps.containsKey(step) ? steps.get(step).byTask : Map.of();
      taken = Math.max(taken, step);
      steps.keySet().removeIf(other -> other <= taken);
    }
    if (sums.size() != tasks) {
      throw new IllegalStateException(
          "step must have the sums of " + tasks + " tasks, got " + sums.size());
    }
    GradientSum all = new GradientSum();
    for (CompletableFuture<GradientSum> sum : sums.values()) {
      all = all.merge(sum.join());
    }
    return all;
  }
}
