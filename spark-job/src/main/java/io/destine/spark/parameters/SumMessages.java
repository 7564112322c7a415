package io.destine.spark.parameters;

import io.destine.spark.internals.BufferOutput;
import io.destine.spark.internals.MessageClient;
import io.destine.train.GradientSum;
import io.destine.train.TableRows;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Sends gradients of table rows to the owners of the rows, see {@link SumInbox}. Spark copies a
 * task's result several times, on one thread; a message is written once and read by the thread that
 * receives it. Every owner gets a message, even without rows, so that it knows when all have
 * arrived.
 */
final class SumMessages {
  /** Initial estimate of the size of a sum. */
  private static final int EXPECTED_BYTES = 1 << 16;

  /** Buffers of answered messages, for reuse. */
  private static final Queue<BufferOutput> FREE = new ConcurrentLinkedQueue<>();

  private SumMessages() {}

  /**
   * Sends the table rows of a sum and removes them from it.
   *
   * @param sum whose ids are indices into {@code places}
   * @param places [K] of rows, ascending
   * @return bytes sent; -1 if the step is over
   */
  static long send(
      MessageClient client, OwnerMap map, long step, int slot, GradientSum sum, int[] places) {
    TableRows rows = sum.tableRows();
    boolean[] over = {false};
    MessageWindow<Byte> window = new MessageWindow<>();
    long total = 0;
    for (int owner : map.inTurn()) {
      BufferOutput bytes = written(map, owner, step, slot, sum, rows, places);
      while (!window.hasRoom(bytes.size()) && !over[0]) {
        window.await();
      }
      if (over[0]) {
        break;
      }
      total += bytes.size();
      window.add(
          owner,
          new SentMessage<>(client, map.address(owner), bytes.buffer(), answer -> answer.get()),
          bytes.size(),
          answer -> {
            over[0] |= answer == SumInbox.OVER;
            FREE.add(bytes);
          });
    }
    while (!window.isEmpty()) {
      window.await();
    }
    sum.dropRows();
    return over[0] ? -1 : total;
  }

  private static BufferOutput written(
      OwnerMap map, int owner, long step, int slot, GradientSum sum, TableRows rows, int[] places) {
    BufferOutput free = FREE.poll();
    BufferOutput bytes = free == null ? new BufferOutput(EXPECTED_BYTES) : free;
    bytes.reset();
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(SumInbox.KIND);
      out.writeLong(step);
      out.writeInt(slot);
      int from = map.from(owner, places);
      sum.writeRows(out, rows, from, map.from(owner + 1, places), places, map.begin(owner));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes;
  }
}
