package io.destine.spark.parameters;

import io.destine.numeric.ReadAhead;
import io.destine.param.FloatTable;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Objects;

/**
 * Byte format of requests for rows of parameter tables and of the answers. Little-endian:
 *
 * <pre>
 *   request: KIND (int8), step (int64), version (int64), dense (int8, 0 or 1), n (int32), n ids
 *            (int32)
 *   answer:  state (int8), nanoseconds that the request was held (int64), and when the state is
 *            VALUES, floats: if dense is 1, the dense tensors and the statistics; n rows of the
 *            embedding table; n first-order weights, if there are any
 * </pre>
 */
final class RowMessages {
  /** Identifies these messages among the messages to an owner. */
  static final byte KIND = 1;

  /** The answer has values. */
  static final byte VALUES = 1;

  /**
   * The step or the run is over, the step will not run under this number, or the version is no
   * longer available.
   */
  static final byte OVER = 0;

  /** Number of rows copied at a time. */
  private static final int SOME_ROWS = 128;

  private static final int REQUEST_HEAD = 1 + 8 + 8 + 1 + 4;
  private static final int ANSWER_HEAD = 1 + 8;

  private RowMessages() {}

  /** A request, as read by the owner of the rows. */
  record Request(long step, long version, boolean dense, int[] ids) {

    /**
     * Reads the bytes after the kind.
     *
     * @param most maximum number of ids in a request
     * @param rows of the tables
     * @throws IllegalArgumentException if it is not a task's request
     * @throws IndexOutOfBoundsException if the tables have no row for an id
     */
    static Request read(ByteBuffer message, int most, int rows) {
      ByteBuffer buffer = message.order(ByteOrder.LITTLE_ENDIAN);
      if (buffer.remaining() < REQUEST_HEAD - 1) {
        throw new IllegalArgumentException(
            "a request must have " + REQUEST_HEAD + " bytes or more");
      }
      long step = buffer.getLong();
      long version = buffer.getLong();
      boolean dense = buffer.get() != 0;
      int n = buffer.getInt();
      if (n < 0 || n > most || buffer.remaining() != 4L * n) {
        throw new IllegalArgumentException(
            String.format(
                "a request must have 0 .. %d ids of 4 bytes, got %d and %d bytes",
                most, n, buffer.remaining()));
      }
      int[] ids = new int[n];
      buffer.asIntBuffer().get(ids);
      for (int id : ids) {
        Objects.checkIndex(id, rows);
      }
      return new Request(step, version, dense, ids);
    }
  }

  private static ByteBuffer allocate(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * A request for rows.
   *
   * @param places of rows; the places from {@code from} to {@code to}, exclusive, are requested
   * @param begin the first place of their owner, from which it numbers its rows
   */
  static ByteBuffer request(
      long step, long version, boolean dense, int[] places, int begin, int from, int to) {
    ByteBuffer message = allocate(REQUEST_HEAD + 4L * (to - from));
    message.put(KIND).putLong(step).putLong(version).put((byte) (dense ? 1 : 0));
    message.putInt(to - from);
    for (int k = from; k < to; k++) {
      message.putInt(places[k] - begin);
    }
    return message.rewind();
  }

  static ByteBuffer over() {
    return allocate(ANSWER_HEAD).put(0, OVER);
  }

  static ByteBuffer values(Parameters parameters, Request request, long heldNanos) {
    ParameterLayout layout = parameters.layout();
    int width = layout.embeddingDim() + (layout.wide() ? 1 : 0);
    int dense = request.dense() ? layout.denseSize() + layout.statisticsSize() : 0;
    long floats = dense + (long) request.ids().length * width;
    ByteBuffer message = allocate(ANSWER_HEAD + 4 * floats);
    FloatBuffer values = floats(message.put(VALUES).putLong(heldNanos));
    if (request.dense()) {
      put(parameters.dense(), values);
      put(parameters.statistics(), values);
    }
    put((FloatTable) parameters.embedding(), request.ids(), values);
    if (layout.wide()) {
      put((FloatTable) parameters.wide(), request.ids(), values);
    }
    return message.rewind();
  }

  private static FloatBuffer floats(ByteBuffer rest) {
    return rest.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  private static void put(double[] from, FloatBuffer values) {
    for (double value : from) {
      values.put((float) value);
    }
  }

  /** Rows are prefetched in groups, since the table is larger than any cache. */
  private static void put(FloatTable table, int[] ids, FloatBuffer values) {
    int width = table.width();
    float[] some = new float[SOME_ROWS * width];
    ReadAhead ahead = new ReadAhead();
    for (int from = 0; from < ids.length; from += SOME_ROWS) {
      int n = Math.min(SOME_ROWS, ids.length - from);
      ahead.took(table.touchRows(ids, from, n));
      table.copy(ids, from, n, some);
      values.put(some, 0, n * width);
    }
  }

  /**
   * Sets rows {@code from} to {@code to}, exclusive, to the values of an answer.
   *
   * @return nanoseconds that the request was held; -1 if the answer has no values
   */
  static long read(ByteBuffer answer, boolean dense, Parameters into, int from, int to) {
    ByteBuffer buffer = answer.order(ByteOrder.LITTLE_ENDIAN);
    if (buffer.get() != VALUES) {
      return -1;
    }
    long held = buffer.getLong();
    FloatBuffer values = floats(buffer);
    if (dense) {
      get(values, into.dense());
      get(values, into.statistics());
    }
    get(values, (FloatTable) into.embedding(), from, to);
    if (into.wide() != null) {
      get(values, (FloatTable) into.wide(), from, to);
    }
    if (values.hasRemaining()) {
      throw new IllegalStateException(
          "an answer must have the values of "
              + (to - from)
              + " rows, got "
              + values.remaining()
              + " more numbers");
    }
    return held;
  }

  private static void get(FloatBuffer values, double[] into) {
    for (int i = 0; i < into.length; i++) {
      into[i] = values.get();
    }
  }

  private static void get(FloatBuffer values, FloatTable into, int from, int to) {
    int width = into.width();
    float[] some = new float[SOME_ROWS * width];
    for (int row = from; row < to; row += SOME_ROWS) {
      int n = Math.min(SOME_ROWS, to - row);
      values.get(some, 0, n * width);
      into.set(row, n, some);
    }
  }
}
