package io.destine.spark.parameters;

import io.destine.param.Parameters;
import io.destine.spark.internals.Address;
import io.destine.spark.internals.MessageClient;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Requests rows from the owners of parameter tables, in pieces that several threads of an owner
 * answer in parallel and that are smaller than the arrays that garbage collectors treat as large. A
 * task asks the owners in turn, starting with a different one in each task, and only a few answers
 * are in flight at a time: if all hosts answered one host at once, its port would drop packets. See
 * {@link MessageWindow}.
 */
final class RowRequests {
  /** Maximum number of floats in a piece. */
  private static final int PIECE_NUMBERS = 1 << 17;

  /** Stands for the driver among the indices of owners. */
  private static final int DRIVER = -2;

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
    return Math.max(1, PIECE_NUMBERS / width(parameters));
  }

  /** The maximum number of table rows in a piece, which an owner sends or receives at once. */
  static int pieceRows(Parameters parameters, int owners) {
    int most = mostIds(parameters);
    int ofPiece = OwnerMap.pieceBytes(owners) / (4 * width(parameters));
    return owners == 1 ? most : Math.max(1, Math.min(most, ofPiece));
  }

  private static int width(Parameters parameters) {
    return parameters.layout().embeddingDim() + (parameters.wide() == null ? 0 : 1);
  }

  /** One fetch. */
  private final class Pieces {
    private final int[] places;
    private final Parameters into;
    private final int answerBytes;
    private final int here = map.here();
    private final MessageWindow<Answer> window = new MessageWindow<>();
    private long held = Long.MAX_VALUE;
    private long bytes;
    private boolean over;

    Pieces(int[] places, Parameters into) {
      this.places = places;
      this.into = into;
      answerBytes = 4 * width(into);
    }

    private void take(Answer answer) {
      over |= answer.heldNanos() < 0;
      held = Math.min(held, answer.heldNanos());
      bytes += answer.bytes();
    }

    /** Requests the places {@code from} to {@code to}, exclusive, from an owner or the driver. */
    void ask(int owner, boolean dense, int from, int to) {
      int begin = owner == DRIVER ? 0 : map.begin(owner);
      ByteBuffer message = RowMessages.request(step, version, dense, places, begin, from, to);
      Function<ByteBuffer, Answer> reader =
          answer -> {
            int total = message.remaining() + answer.remaining();
            return new Answer(RowMessages.read(answer, dense, into, from, to), total);
          };
      Address address = owner == DRIVER ? driver : map.address(owner);
      window.add(
          owner,
          new SentMessage<>(client, address, message, reader),
          owner == here ? 0 : (long) (to - from) * answerBytes,
          this::take);
    }

    /**
     * Requests the places from {@code first} on from their owners. Pieces of the owner in this
     * process do not take part in the window, since they take no bytes on the network.
     */
    void askOwners(int first, int most) {
      if (here >= 0) {
        int pieces = pieces(here, first, most);
        for (int piece = 0; piece < pieces; piece++) {
          ask(here, first, most, piece);
        }
      }
      int[] owners = map.inTurn(here);
      window.send(
          owners,
          Arrays.stream(owners).map(owner -> pieces(owner, first, most)).toArray(),
          (i, piece) -> ask(owners[i], first, most, piece),
          () -> over);
    }

    private int pieces(int owner, int first, int most) {
      return (Math.max(0, map.from(owner + 1, places) - from(owner, first)) + most - 1) / most;
    }

    private int from(int owner, int first) {
      return Math.max(first, map.from(owner, places));
    }

    private long ask(int owner, int first, int most, int piece) {
      int begin = from(owner, first) + piece * most;
      ask(owner, false, begin, Math.min(map.from(owner + 1, places), begin + most));
      return (long) most * answerBytes;
    }
  }

  /**
   * Fetches rows.
   *
   * @param dense whether dense tensors and statistics are requested too
   * @param places [K] of rows, ascending
   * @param into its first K rows are set
   * @return null if the step is over or the version is no longer available
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
      pieces.ask(DRIVER, dense, 0, first);
    }
    pieces.askOwners(first, pieceRows(into, owners));
    while (!pieces.window.isEmpty() && !pieces.over) {
      pieces.window.await();
    }
    if (pieces.over) {
      pieces.window.giveUp();
      return null;
    }
    into.changed();
    return new Fetched(System.nanoTime() - start - pieces.held, pieces.held > 0, pieces.bytes);
  }
}
