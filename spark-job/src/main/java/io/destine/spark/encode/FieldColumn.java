package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import io.destine.feature.RawValues;
import io.destine.feature.RecordHash;
import io.destine.spark.source.RawColumns;
import io.destine.spark.source.RowBatch;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.vectorized.ColumnVector;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Reads a field of a batch's rows into a chunk. {@link RawValues} defines the meaning of values;
 * the common types are read without an object per value, and if the batch has a dictionary, a value
 * is looked up once for all its rows. One thread.
 */
abstract class FieldColumn {
  final FieldSpec spec;
  final RawColumns table;
  final int column;
  private final Kind kind;

  /** The current batch; the next field is its column. */
  RowBatch batch;

  ColumnVector vector;

  /** The bytes of the last text read. */
  byte[] bytes = new byte[64];

  int from;
  int length;

  private enum Kind {
    TEXT,
    BYTE,
    SHORT,
    INT,
    LONG,
    FLOAT,
    DOUBLE,
    OTHER
  }

  FieldColumn(FieldSpec spec, RawColumns table, int column) {
    this.spec = spec;
    this.table = table;
    this.column = column;
    kind = spec.part() == null ? kind(table.type(column)) : Kind.OTHER;
  }

  private static Kind kind(DataType type) {
    if (type instanceof StringType) {
      return Kind.TEXT;
    } else if (type instanceof ByteType) {
      return Kind.BYTE;
    } else if (type instanceof ShortType) {
      return Kind.SHORT;
    } else if (type instanceof IntegerType) {
      return Kind.INT;
    } else if (type instanceof LongType) {
      return Kind.LONG;
    } else if (type instanceof FloatType) {
      return Kind.FLOAT;
    } else {
      return type instanceof DoubleType ? Kind.DOUBLE : Kind.OTHER;
    }
  }

  /** The column of a field, which writes to the given chunk. */
  static FieldColumn of(FieldSpec spec, RawColumns table, int column, Chunk chunk, int m) {
    return switch (spec.kind()) {
      case CATEGORICAL -> new SingleText(spec, table, column, chunk, m);
      case NUMERIC ->
          spec.hasIds()
              ? new SingleNumber(spec, table, column, chunk, m)
              : new Linear(spec, table, column, chunk, m);
      case MULTI, TEXT -> new Texts(spec, table, column, chunk, m);
      case VECTOR -> new Vector(spec, table, column, chunk, m);
    };
  }

  /** Switches to the rows of a batch. */
  void begin(RowBatch next) {
    batch = next;
    vector = next.column(column);
  }

  /**
   * Reads the field of a row of the batch into position n of the chunk.
   *
   * @return the hash of the value, as in {@link RecordHash}
   * @throws IllegalArgumentException naming the field with a value of the wrong kind
   */
  abstract long read(int row, int n);

  /** Makes room for that many rows. */
  abstract void capacity(int rows);

  /** Bytes that grow with the values. */
  abstract long heapBytes();

  /** Sets the bytes to the row's text; returns false if it is missing. */
  final boolean text(int row) {
    if (vector.isNullAt(row)) {
      return false;
    }
    switch (kind) {
      case TEXT -> {
        UTF8String text = vector.getUTF8String(row);
        length = text.numBytes();
        if (text.getBaseObject() instanceof byte[] array) {
          bytes = array;
          from = (int) (text.getBaseOffset() - Platform.BYTE_ARRAY_OFFSET);
        } else {
          bytes = text.getBytes();
          from = 0;
        }
        return length > 0;
      }
      case BYTE -> digits(vector.getByte(row));
      case SHORT -> digits(vector.getShort(row));
      case INT -> digits(vector.getInt(row));
      case LONG -> digits(vector.getLong(row));
      default -> {
        return text(RawValues.text(spec, table.value(batch.row(row), column)));
      }
    }
    return true;
  }

  /** Sets the bytes to a text; returns false if it is null. */
  final boolean text(String text) {
    if (text == null) {
      return false;
    }
    bytes = text.getBytes(StandardCharsets.UTF_8);
    from = 0;
    length = bytes.length;
    return true;
  }

  private void digits(long number) {
    bytes = Long.toString(number).getBytes(StandardCharsets.ISO_8859_1);
    from = 0;
    length = bytes.length;
  }

  /** The index of the last text among the values; a new text is added. */
  final int place(ValueTable values) {
    int place = values.find(bytes, from, length);
    if (place < 0) {
      for (int i = 0; i < length; i++) {
        if (bytes[from + i] < 0) {
          // Rejects bytes that are not valid text; ASCII is always valid.
          RawValues.text(spec, new String(bytes, from, length, StandardCharsets.UTF_8));
          break;
        }
      }
      place = values.addSought(bytes, from, length);
    }
    return place;
  }

  /** The row's number; NaN if missing; never -0. */
  final double number(int row) {
    if (vector.isNullAt(row)) {
      return Double.NaN;
    }
    double x =
        switch (kind) {
          case BYTE -> vector.getByte(row);
          case SHORT -> vector.getShort(row);
          case INT -> vector.getInt(row);
          case LONG -> vector.getLong(row);
          case FLOAT -> vector.getFloat(row);
          case DOUBLE -> vector.getDouble(row);
          case TEXT -> parsed(row);
          case OTHER -> RawValues.number(spec, table.value(batch.row(row), column));
        };
    if (Double.isInfinite(x)) {
      return RawValues.number(spec, x);
    }
    return x + 0.0;
  }

  private double parsed(int row) {
    if (!text(row)) {
      return Double.NaN;
    }
    boolean negative = bytes[from] == '-';
    int digits = negative ? length - 1 : length;
    long number = 0;
    // Fifteen digits are exact in a double.
    boolean whole = digits > 0 && digits <= 15;
    for (int i = length - digits; whole && i < length; i++) {
      int digit = bytes[from + i] - '0';
      whole = digit >= 0 && digit <= 9;
      number = 10 * number + digit;
    }
    return whole
        ? negative ? -number : number
        : RawValues.number(spec, new String(bytes, from, length, StandardCharsets.UTF_8));
  }

  /** A categorical field. */
  private static final class SingleText extends FieldColumn {
    private final ValueTable values = new ValueTable(RecordHash.TEXT_SEED);
    private final DictionaryPlaces dictionary = new DictionaryPlaces();
    private final Chunk chunk;
    private final int m;

    SingleText(FieldSpec spec, RawColumns table, int column, Chunk chunk, int m) {
      super(spec, table, column);
      this.chunk = chunk;
      this.m = m;
      chunk.values[m] = values;
    }

    @Override
    long read(int row, int n) {
      int place = dictionary.find(row);
      if (place == DictionaryPlaces.UNKNOWN) {
        place = text(row) ? place(values) : -1;
        dictionary.put(place);
      }
      chunk.single[m][n] = place;
      return place < 0 ? RecordHash.MISSING : values.hash(place);
    }

    @Override
    void begin(RowBatch next) {
      super.begin(next);
      dictionary.begin(vector);
    }

    @Override
    void capacity(int rows) {
      chunk.single[m] = resized(chunk.single[m], rows);
    }

    @Override
    long heapBytes() {
      return values.heapBytes();
    }
  }

  /** A numeric field with ids: of buckets or of the numbers themselves. */
  private static final class SingleNumber extends FieldColumn {
    private final NumberTable numbers = new NumberTable();
    private final DictionaryPlaces dictionary = new DictionaryPlaces();
    private final Chunk chunk;
    private final int m;

    SingleNumber(FieldSpec spec, RawColumns table, int column, Chunk chunk, int m) {
      super(spec, table, column);
      this.chunk = chunk;
      this.m = m;
      chunk.numbers[m] = numbers;
    }

    @Override
    long read(int row, int n) {
      int place = dictionary.find(row);
      if (place == DictionaryPlaces.UNKNOWN) {
        double x = number(row);
        place = Double.isNaN(x) ? -1 : numbers.add(x);
        dictionary.put(place);
      }
      chunk.single[m][n] = place;
      return Double.doubleToLongBits(place < 0 ? Double.NaN : numbers.number(place));
    }

    @Override
    void begin(RowBatch next) {
      super.begin(next);
      dictionary.begin(vector);
    }

    @Override
    void capacity(int rows) {
      chunk.single[m] = resized(chunk.single[m], rows);
    }

    @Override
    long heapBytes() {
      return numbers.heapBytes();
    }
  }

  /** A numeric field that stays a number. */
  private static final class Linear extends FieldColumn {
    private final Chunk chunk;
    private final int m;

    Linear(FieldSpec spec, RawColumns table, int column, Chunk chunk, int m) {
      super(spec, table, column);
      this.chunk = chunk;
      this.m = m;
    }

    @Override
    long read(int row, int n) {
      double x = number(row);
      chunk.linear[m][n] = x;
      return Double.doubleToLongBits(x);
    }

    @Override
    void capacity(int rows) {
      double[] old = chunk.linear[m];
      chunk.linear[m] = old == null ? new double[rows] : Arrays.copyOf(old, rows);
    }

    @Override
    long heapBytes() {
      return 0;
    }
  }

  /** A multi or text field. */
  private static final class Texts extends FieldColumn {
    private final ValueTable values = new ValueTable(RecordHash.LIST_SEED);
    private final Chunk chunk;
    private final int m;

    Texts(FieldSpec spec, RawColumns table, int column, Chunk chunk, int m) {
      super(spec, table, column);
      this.chunk = chunk;
      this.m = m;
      chunk.values[m] = values;
      chunk.list[m] = new int[64];
    }

    @Override
    long read(int row, int n) {
      int end = n == 0 ? 0 : chunk.listEnds[m][n - 1];
      // If the row is rejected, the next one begins here, after the lists of earlier rows.
      chunk.listEnds[m][n] = end;
      long hash = RecordHash.NO_TEXTS;
      for (String each : RawValues.texts(spec, table.value(batch.row(row), column))) {
        text(each);
        int place = place(values);
        hash = RecordHash.combine(hash, values.hash(place));
        if (end == chunk.list[m].length) {
          chunk.list[m] = Arrays.copyOf(chunk.list[m], 2 * end);
        }
        chunk.list[m][end++] = place;
      }
      chunk.listEnds[m][n] = end;
      return hash;
    }

    @Override
    void capacity(int rows) {
      chunk.listEnds[m] = resized(chunk.listEnds[m], rows);
    }

    @Override
    long heapBytes() {
      return values.heapBytes() + 4L * chunk.list[m].length;
    }
  }

  /** A vector. */
  private static final class Vector extends FieldColumn {
    private final VectorPages vectors;

    Vector(FieldSpec spec, RawColumns table, int column, Chunk chunk, int m) {
      super(spec, table, column);
      vectors = new VectorPages(spec.length());
      chunk.vectors[m] = vectors;
    }

    @Override
    long read(int row, int n) {
      float[] vector = RawValues.vector(spec, table.value(batch.row(row), column));
      vectors.put(n, vector);
      return vector == null ? RecordHash.MISSING : RecordHash.of(vector);
    }

    @Override
    void capacity(int rows) {
      vectors.capacity(rows);
    }

    @Override
    long heapBytes() {
      return vectors.heapBytes();
    }
  }

  private static int[] resized(int[] array, int length) {
    return array == null ? new int[length] : Arrays.copyOf(array, length);
  }
}
