package io.destine.spark.parameters;

import io.destine.spark.channel.BufferInput;
import io.destine.spark.channel.MessageService;
import io.destine.train.GradientSum;
import java.io.DataInputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;

/**
 * Gradients of table rows that tasks send to the owner of the rows, by step and task. A task that
 * is run again sends the same bits: only the first sum of each counts. Any thread.
 */
final class SumInbox {
  /** Names these messages. */
  static final byte KIND = 2;

  /** Answers. */
  static final byte TAKEN = 1;

  static final byte OVER = 0;

  /** Guarded by this: by step, the sums by task. */
  private final Map<Long, Map<Integer, CompletableFuture<GradientSum>>> steps = new HashMap<>();

  /** Guarded by this: the last step whose sums have been taken. Steps have ascending numbers. */
  private long taken;

  private final IntSupplier rows;

  /**
   * Takes sums of tables.
   *
   * @param rows of the tables here
   */
  SumInbox(MessageService service, IntSupplier rows) {
    this.rows = rows;
    service.handle(KIND, this::receive);
  }

  private void receive(ByteBuffer message, MessageService.Reply reply) {
    long step = message.getLong();
    int slot = message.getInt();
    CompletableFuture<GradientSum> sum = new CompletableFuture<>();
    synchronized (this) {
      if (step <= taken) {
        reply.send(ByteBuffer.wrap(new byte[] {OVER}));
        return;
      }
      if (steps.computeIfAbsent(step, s -> new HashMap<>()).putIfAbsent(slot, sum) != null) {
        reply.send(ByteBuffer.wrap(new byte[] {TAKEN}));
        return;
      }
    }
    // The task goes on while its sum is read.
    reply.send(ByteBuffer.wrap(new byte[] {TAKEN}));
    try {
      GradientSum read = new GradientSum();
      read.read(new DataInputStream(new BufferInput(message)), 0, rows.getAsInt());
      sum.complete(read);
    } catch (Throwable e) {
      sum.completeExceptionally(e);
    }
  }

  /**
   * Takes the sums of a step, whose tasks have sent them, and drops those of earlier steps.
   *
   * @param tasks of the step
   * @throws IllegalStateException when one is missing
   */
  GradientSum take(long step, int tasks) {
    Map<Integer, CompletableFuture<GradientSum>> sums;
    synchronized (this) {
      sums = steps.getOrDefault(step, Map.of());
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
