package io.destine.spark.parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The messages of a task that are in flight, with a limit on the bytes that they or their answers
 * take on the network. Answers are taken as they arrive, so an owner with a busy port does not hold
 * back messages to other owners. Used by one thread.
 */
final class MessageWindow<T> {
  private final List<Sent<T>> sent = new ArrayList<>();
  private long bytes;

  private record Sent<T>(int owner, SentMessage<T> message, long bytes, Consumer<T> taken) {}

  /**
   * Adds a message that has been sent.
   *
   * @param owner that receives it; negative for the driver
   * @param size bytes that count towards the limit
   * @param taken receives the answer, in the thread that waits for it
   */
  void add(int owner, SentMessage<T> message, long size, Consumer<T> taken) {
    sent.add(new Sent<>(owner, message, size, taken));
    bytes += size;
  }

  /** Whether another message of this size may be sent; a single one of any size may. */
  boolean hasRoom(long size) {
    return bytes == 0 || bytes + size <= OwnerMap.WINDOW;
  }

  boolean isEmpty() {
    return sent.isEmpty();
  }

  /** Sends a piece and adds it to the window. */
  @FunctionalInterface
  interface Sender {
    /**
     * Sends a piece.
     *
     * @param i index of the owner
     * @param piece number of the piece among those of the owner, counted from 0
     * @return bytes for which there must be room before the next piece is sent
     */
    long send(int i, int piece);
  }

  /**
   * Sends all pieces, each to the owner with the fewest messages in flight, and waits for room
   * after each. A single owner gets all pieces at once.
   *
   * @param owners in turn
   * @param pieces number of pieces of each owner
   * @param over whether the remaining pieces are no longer needed
   */
  void send(int[] owners, int[] pieces, Sender sender, BooleanSupplier over) {
    int[] next = new int[owners.length];
    int i = next(-1, owners, next, pieces);
    while (i >= 0 && !over.getAsBoolean()) {
      long room = sender.send(i, next[i]++);
      while (owners.length > 1 && !hasRoom(room) && !over.getAsBoolean()) {
        await();
      }
      i = next(i, owners, next, pieces);
    }
  }

  /**
   * The index of the owner to send the next piece to: with pieces left, with the fewest messages in
   * flight, and the first such owner after the last one; -1 if no pieces are left.
   *
   * @param last index of the owner of the last piece; -1 for none
   * @param owners in turn
   * @param from each owner's next piece
   * @param to number of pieces of each owner
   */
  int next(int last, int[] owners, int[] from, int[] to) {
    int found = -1;
    int fewest = Integer.MAX_VALUE;
    for (int k = 1; k <= owners.length; k++) {
      int i = (last + k) % owners.length;
      int inFlight = from[i] < to[i] ? to(owners[i]) : Integer.MAX_VALUE;
      if (inFlight < fewest) {
        found = i;
        fewest = inFlight;
      }
    }
    return found;
  }

  /** The number of messages in flight to an owner. */
  int to(int owner) {
    int n = 0;
    for (Sent<T> message : sent) {
      n += message.owner() == owner ? 1 : 0;
    }
    return n;
  }

  /** Waits for the next answer. */
  void await() {
    SentMessage<T> first = SentMessage.first(sent.stream().map(Sent::message).toList());
    T answer = first.await();
    Sent<T> next = sent.stream().filter(s -> s.message() == first).findFirst().orElseThrow();
    sent.remove(next);
    bytes -= next.bytes();
    next.taken().accept(answer);
  }

  /** Stops reading answers. */
  void giveUp() {
    sent.forEach(message -> message.message().giveUp());
  }
}
