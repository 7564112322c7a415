package io.destine.spark.parameters;

import io.destine.spark.internals.Address;
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
 * receives it. Messages have pieces of an owner's rows, and only a few are in flight, see {@link
 * MessageWindow}: with one message for all rows of an owner, tasks wait for the port of one owner
 * while the ports of others are free. Every owner gets a message, even without rows, so that it
 * knows when all have arrived.
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
   * @param most maximum number of rows in a message
   * @return bytes sent; -1 if the step is over
   */
  static long send(
      MessageClient client,
      OwnerMap map,
      long step,
      int slot,
      GradientSum sum,
      int[] places,
      int most) {
    TableRows rows = sum.tableRows();
    boolean[] over = {false};
    MessageWindow<Byte> window = new MessageWindow<>();
    int[] owners = map.inTurn();
    int[] pieces = new int[owners.length];
    for (int i = 0; i < owners.length; i++) {
      int n = map.from(owners[i] + 1, places) - map.from(owners[i], places);
      pieces[i] = Math.max(1, (n + most - 1) / most);
    }
    long[] total = {0};
    window.send(
        owners,
        pieces,
        (i, number) -> {
          SumInbox.Piece piece = new SumInbox.Piece(step, slot, number, pieces[i]);
          BufferOutput bytes = written(map, owners[i], piece, sum, rows, places, most);
          Address address = map.address(owners[i]);
          total[0] += bytes.size();
          window.add(
              owners[i],
              new SentMessage<>(client, address, bytes.buffer(), answer -> answer.get()),
              bytes.size(),
              answer -> {
                over[0] |= answer == SumInbox.OVER;
                FREE.add(bytes);
              });
          return bytes.size();
        },
        () -> over[0]);
    while (!window.isEmpty()) {
      window.await();
    }
    sum.dropRows();
    return over[0] ? -1 : total[0];
  }

  private static BufferOutput written(
      OwnerMap map,
      int owner,
      SumInbox.Piece piece,
      GradientSum sum,
      TableRows rows,
      int[] places,
      int most) {
    BufferOutput free = FREE.poll();
    BufferOutput bytes = free == null ? new BufferOutput(EXPECTED_BYTES) : free;
    bytes.reset();
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      piece.write(out);
      int from = map.from(owner, places) + piece.number() * most;
      int to = Math.min(from + most, map.from(owner + 1, places));
      sum.writeRows(out, rows, from, to, places, map.begin(owner));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes;
  }
}
