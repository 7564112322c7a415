package io.destine.spark.parameters;

import io.destine.param.Parameters;
import io.destine.spark.internals.Address;
import io.destine.spark.internals.MessageClient;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;

/**
 * Requests rows from the owners of parameter tables, in pieces that several threads of an owner
 * answer in parallel and that are smaller than the arrays that garbage collectors treat as large. A
 * task contacts one owner after the other, starting with a different one in each task, and only a
 * few answers are in flight at a time: if all hosts answered one host at once, its port would drop
 * packets.
 */
final class RowRequests {
  /** Floats in a piece. */
  private static final int PIECE_NUMBERS = 1 << 17;

  private final MessageClient client;
  private final Address driver;
  private final OwnerMap map;
  private final long step;
  private final long version;

  /**
   * Requests of a step.
   *
   * @param driver holds the dense tensors and statistics
   * @param step number of the step for the driver, or {@link RowService#NO_STEP}
   * @param version of the parameters
   */
  RowRequests(MessageClient client, Address driver, OwnerMap map, long step, long version) {
    this.client = client;
    this.driver = driver;
    this.map = map;
    this.step = step;
    this.version = version;
  }

  /**
   * The cost of rows.
   *
   * @param nanos since the parameters had the version, or since the request if that was later
   * @param waited true if requests were held until the parameters had the version
   * @param bytes sent in both directions
   */
  record Fetched(long nanos, boolean waited, long bytes) {}

  /** The result of a piece: how long it was held, or -1 if its step is over. */
  private record Answer(long heldNanos, int bytes) {}

  /** The maximum number of table rows in a request for such parameters. */
  static int mostIds(Parameters parameters) {
    int width = parameters.layout().embeddingDim() + (parameters.wide() == null ? 0 : 1);
    return Math.max(1, PIECE_NUMBERS / width);
  }

  private record Piece(SentMessage<Answer> message, long expected) {}

  /** One fetch. */
  private final class Pieces {
    private final int[] places;
    private final Parameters into;
    private final int answerBytes;
    private final Deque<Piece> underWay = new ArrayDeque<>();

    /** Bytes of the answers in flight from owners. */
    private long expected;

    private long held = Long.MAX_VALUE;
    private long bytes;
    private boolean over;

    Pieces(int[] places, Parameters into) {
      this.places = places;
      this.into = into;
      answerBytes = 4 * (into.layout().embeddingDim() + (into.wide() == null ? 0 : 1));
    }

    /** Requests the places {@code from} to {@code to}, exclusive, from an owner. */
    void ask(Address owner, boolean dense, int begin, int from, int to) {
      ByteBuffer message = RowMessages.request(step, version, dense, places, begin, from, to);
      Function<ByteBuffer, Answer> reader =
          answer -> {
            int total = message.remaining() + answer.remaining();
            return new Answer(RowMessages.read(answer, dense, into, from, to), total);
          };
      long size = (long) (to - from) * answerBytes;
      expected += size;
      underWay.add(new Piece(new SentMessage<>(client, owner, message, reader), size));
    }

    void awaitOne() {
      Piece piece = underWay.remove();
      expected -= piece.expected();
      Answer answer = piece.message().await();
      over |= answer.heldNanos() < 0;
      held = Math.min(held, answer.heldNanos());
      bytes += answer.bytes();
    }

    void askOwner(int owner, int from, int to, int most) {
      int at = from;
      while (at < to && !over) {
        int end = Math.min(to, at + most);
        while (map.owners() > 1 && expected > OwnerMap.WINDOW && !over) {
          awaitOne();
        }
        ask(map.address(owner), false, map.begin(owner), at, end);
        at = end;
      }
    }

    void giveUp() {
      underWay.forEach(piece -> piece.message().giveUp());
    }
  }

  /**
   * Fetches rows.
   *
   * @param dense whether dense tensors and statistics are requested too
   * @param places [K] of rows, ascending
   * @param into its first K rows are set
   * @return null if the step is over
   */
  Fetched fetch(boolean dense, int[] places, Parameters into) {
    int most = mostIds(into);
    int owners = map.owners();
    long start = System.nanoTime();
    Pieces pieces = new Pieces(places, into);
    boolean driverOwns = map.owners() == 1 && map.address(0).equals(driver);
    int first = driverOwns ? Math.min(most, places.length) : 0;
    if (dense || driverOwns) {
      // The driver comes first: it knows whether the step takes place.
      pieces.ask(driver, dense, 0, 0, first);
    }
    int small = Math.max(1, Math.min(most, OwnerMap.pieceBytes(owners) / pieces.answerBytes));
    for (int owner : map.inTurn()) {
      int from = Math.max(first, map.from(owner, places));
      pieces.askOwner(owner, from, map.from(owner + 1, places), owners > 1 ? small : most);
    }
    while (!pieces.underWay.isEmpty() && !pieces.over) {
      pieces.awaitOne();
    }
    if (pieces.over) {
      pieces.giveUp();
      return null;
    }
    into.changed();
    return new Fetched(System.nanoTime() - start - pieces.held, pieces.held > 0, pieces.bytes);
  }
}
