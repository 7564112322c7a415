package io.destine.spark.parameters;

import io.destine.param.FloatTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Byte format of messages that read or write an owner's rows among neighbouring rows of an open
 * table. Little-endian:
 *
 * <pre>
 *   request: KIND (int8), write (int8, 0 or 1), first id (int32), number of ids (int32), width
 *            (int32), length of the table's name (int8), name; to write, the numbers of the owner's
 *            rows (float), in the order of {@link OwnerMap.Part}
 *   answer:  in the format of {@link OwnerCommands#failure}; for a read, followed by the numbers
 * </pre>
 */
final class TableMessages {
  /** Identifies these messages. */
  static final byte KIND = 4;

  /** Maximum number of floats in a message. */
  private static final int MOST_NUMBERS = 1 << 18;

  private static final int HEAD = 1 + 1 + 4 + 4 + 4 + 1;

  private TableMessages() {}

  /** The number of neighbouring rows in a message. */
  static int rows(int width) {
    return Math.max(1, MOST_NUMBERS / width);
  }

  /**
   * A request, as read by an owner.
   *
   * @param table name
   * @param width numbers per row
   * @param first of the ids
   * @param n number of ids, including ids of other owners
   * @param numbers to write, null to read
   */
  record Request(String table, int width, int first, int n, float[] numbers) {

    /**
     * Reads the bytes after the kind.
     *
     * @throws IllegalArgumentException if they are not a request
     */
    static Request read(ByteBuffer message) {
      ByteBuffer buffer = message.order(ByteOrder.LITTLE_ENDIAN);
      require(buffer.remaining() >= HEAD - 1, buffer);
      boolean write = buffer.get() != 0;
      int first = buffer.getInt();
      int n = buffer.getInt();
      int width = buffer.getInt();
      byte[] name = new byte[buffer.get() & 0xFF];
      require(width > 0 && n >= 0 && n <= rows(width) && buffer.remaining() >= name.length, buffer);
      buffer.get(name);
      float[] numbers = null;
      if (write) {
        FloatBuffer floats = buffer.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        numbers = new float[floats.remaining()];
        floats.get(numbers);
      }
      return new Request(new String(name, StandardCharsets.UTF_8), width, first, n, numbers);
    }

    private static void require(boolean condition, ByteBuffer buffer) {
      if (!condition) {
        throw new IllegalArgumentException(
            "a message must be a request for rows, got " + (buffer.remaining() + 1) + " bytes");
      }
    }

    /** Sets rows of a table to the numbers. */
    void write(FloatTable table, OwnerMap.Part part) {
      requireNumbers(numbers.length, part);
      float[] row = new float[width];
      for (int k = 0; k < part.rows().length; k++) {
        System.arraycopy(numbers, k * width, row, 0, width);
        table.set(part.rows()[k], 1, row);
      }
    }

    private void requireNumbers(int found, OwnerMap.Part part) {
      int expected = part.rows().length * width;
      if (found != expected) {
        throw new IllegalArgumentException("rows must have " + expected + " numbers, got " + found);
      }
    }

    /** The answer with rows of a table. */
    ByteBuffer read(FloatTable table, OwnerMap.Part part) {
      float[] found = new float[part.rows().length * width];
      table.copy(part.rows(), 0, part.rows().length, found);
      ByteBuffer answer = allocate(1 + 4L * found.length).put(OwnerCommands.done());
      answer.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(found);
      return answer.rewind();
    }
  }

  private static ByteBuffer allocate(long bytes) {
    return ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer head(
      boolean write, String table, int width, int first, int n, int numbers) {
    byte[] name = table.getBytes(StandardCharsets.UTF_8);
    return allocate(HEAD + name.length + 4L * numbers)
        .put(KIND)
        .put((byte) (write ? 1 : 0))
        .putInt(first)
        .putInt(n)
        .putInt(width)
        .put((byte) name.length)
        .put(name);
  }

  /** A request for rows. */
  static ByteBuffer read(String table, int width, int first, int n) {
    return head(false, table, width, first, n, 0).rewind();
  }

  /** A request to set rows to the numbers of a table whose first row is {@code first}. */
  static ByteBuffer write(String table, FloatTable rows, int first, int n, OwnerMap.Part part) {
    int width = rows.width();
    int[] at = places(part, first);
    float[] numbers = new float[at.length * width];
    rows.copy(at, 0, at.length, numbers);
    ByteBuffer message = head(true, table, width, first, n, numbers.length);
    message.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(numbers);
    return message.rewind();
  }

  /** Sets rows of a table, whose first row is {@code first}, to the numbers of an answer. */
  static void readInto(ByteBuffer answer, FloatTable rows, int first, OwnerMap.Part part) {
    FloatBuffer numbers = answer.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] row = new float[rows.width()];
    for (int id : part.ids()) {
      numbers.get(row);
      rows.set(id - first, 1, row);
    }
    if (numbers.hasRemaining()) {
      throw new IllegalStateException("rows must have no more numbers, got " + numbers.remaining());
    }
  }

  private static int[] places(OwnerMap.Part part, int first) {
    int[] places = new int[part.ids().length];
    for (int k = 0; k < places.length; k++) {
      places[k] = part.ids()[k] - first;
    }
    return places;
  }
}
