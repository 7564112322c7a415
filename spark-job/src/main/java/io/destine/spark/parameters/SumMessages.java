package io.destine.spark.parameters;

import io.destine.spark.internals.BufferOutput;
import io.destine.train.GradientSum;
import io.destine.train.TableRows;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Sends a task's gradients of table rows to the owners of the rows, see {@link SumInbox}. Spark
 * copies a task's result several times, on one thread; a message is written once and read by the
 * thread that receives it. Messages have pieces of an owner's rows, and only a few are in flight,
 * see {@link MessageWindow}: with one message for all rows of an owner, tasks wait for the port of
 * one owner while the ports of others are free. Every owner gets a message, even without rows, so
 * that it knows when all have arrived. An owner in this process takes its rows by reference.
 */
final class SumMessages {
  /** Initial estimate of the size of a sum. */
  private static final int EXPECTED_BYTES = 1 << 16;

  /** Buffers of answered messages, for reuse. */
  private static final Queue<BufferOutput> FREE = new ConcurrentLinkedQueue<>();

  private final OwnerMap map;
  private final long step;
  private final int slot;
  private final GradientSum sum;
  private final int[] places;
  private final int most;
  private final TableRows rows;
  private final MessageWindow<Byte> window = new MessageWindow<>();
  private long bytes;
  private boolean over;

  /**
   * Messages with the table rows of a sum.
   *
   * @param slot number of the task
   * @param sum whose ids are indices into {@code places}
   * @param places [K] of rows, ascending
   * @param most maximum number of rows in a message
   */
  SumMessages(OwnerMap map, long step, int slot, GradientSum sum, int[] places, int most) {
    this.map = map;
    this.step = step;
    this.slot = slot;
    this.sum = sum;
    this.places = places;
    this.most = most;
    rows = sum.tableRows();
  }

  /**
   * Sends the table rows and removes them from the sum.
   *
   * @return bytes sent; -1 if the step is over
   */
  long send(Worker worker) {
    int here = map.here();
    int[] owners = map.inTurn(here);
    int[] pieces = Arrays.stream(owners).map(this::pieces).toArray();
    window.send(
        owners,
        pieces,
        (i, number) -> send(worker, owners[i], piece(owners[i], number)),
        () -> over);
    if (here >= 0) {
      keep(worker.sums(map.address(here)), here);
    }
    while (!window.isEmpty()) {
      window.await();
    }
    sum.dropRows();
    return over ? -1 : bytes;
  }

  private int pieces(int owner) {
    int n = map.from(owner + 1, places) - map.from(owner, places);
    return Math.max(1, (n + most - 1) / most);
  }

  private SumInbox.Piece piece(int owner, int number) {
    return new SumInbox.Piece(step, slot, number, pieces(owner));
  }

  /** The index of the first place of a piece; the last piece is followed by an empty one. */
  private int from(int owner, int number) {
    return Math.min(map.from(owner, places) + number * most, map.from(owner + 1, places));
  }

  private long send(Worker worker, int owner, SumInbox.Piece piece) {
    BufferOutput message = written(owner, piece);
    bytes += message.size();
    window.add(
        owner,
        new SentMessage<>(
            worker.client(), map.address(owner), message.buffer(), answer -> answer.get()),
        message.size(),
        answer -> {
          over |= answer == SumInbox.OVER;
          FREE.add(message);
        });
    return message.size();
  }

  private BufferOutput written(int owner, SumInbox.Piece piece) {
    BufferOutput free = FREE.poll();
    BufferOutput message = free == null ? new BufferOutput(EXPECTED_BYTES) : free;
    message.reset();
    try {
      DataOutputStream out = new DataOutputStream(message);
      piece.write(out);
      int from = from(owner, piece.number());
      int to = from(owner, piece.number() + 1);
      sum.writeRows(out, rows, from, to, places, map.begin(owner));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return message;
  }

  /** Gives an owner in this process its rows, in the pieces that it would get from elsewhere. */
  private void keep(SumInbox own, int owner) {
    for (int number = 0; number < pieces(owner) && !over; number++) {
      int from = from(owner, number);
      int to = from(owner, number + 1);
      GradientSum part = sum.rows(rows, from, to, places, map.begin(owner));
      over = own == null || !own.put(piece(owner, number), part);
    }
  }
}
