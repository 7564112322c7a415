package io.destine.artifact;

import io.destine.feature.VocabularyShard;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A part of a vocabulary as a safetensors file: n values with tensors {@code id} (I32), {@code
 * field} (I16, index of the field), {@code count} (I64, occurrences in training rows), {@code
 * first_seen} (I32, index of the date, -1 for none), {@code offset} (I32, [n + 1]) and {@code
 * value} (U8, UTF-8 bytes); {@code date} (U8) contains the dates as text, each followed by a line
 * feed. If fields have label rates, {@code rate} (U8) has the bucket of each value.
 */
public final class VocabularyFile {
  private static final String VALUE = "value";
  private static final String DATE = "date";
  private static final String RATE = "rate";

  private VocabularyFile() {}

  /**
   * Values with their ids, counts, dates and rates.
   *
   * @param count n
   * @param fieldOf [n] index of each value's field
   * @param ids [n]
   * @param offsets [n + 1] where each value's bytes begin
   * @param bytes UTF-8
   * @param counts [n] occurrences of the value in training rows
   * @param firstSeen [n] index in dates, -1 for none
   * @param dates texts without line feeds
   * @param rates [n] bucket of each value's label rate; empty when no field has any
   */
  public record Values(
      int count,
      short[] fieldOf,
      int[] ids,
      int[] offsets,
      byte[] bytes,
      long[] counts,
      int[] firstSeen,
      List<String> dates,
      byte[] rates) {
    /** Values without rates. */
    public Values(
        int count,
        short[] fieldOf,
        int[] ids,
        int[] offsets,
        byte[] bytes,
        long[] counts,
        int[] firstSeen,
        List<String> dates) {
      this(count, fieldOf, ids, offsets, bytes, counts, firstSeen, dates, new byte[0]);
    }

    /** The values as a shard of a vocabulary, in arrays. */
    public VocabularyShard shard() {
      return VocabularyShard.of(count, fieldOf, ids, offsets, bytes, rates);
    }
  }

  /** Writes a part. Does not close the stream. */
  public static void write(OutputStream out, Values values) throws IOException {
    int n = values.count();
    StringBuilder dates = new StringBuilder();
    values.dates().forEach(date -> dates.append(date).append('\n'));
    byte[] text = dates.toString().getBytes(StandardCharsets.UTF_8);
    List<TensorData> tensors =
        new ArrayList<>(
            List.of(
                ArrayTensor.vector("id", DataType.I32, values.ids(), n),
                ArrayTensor.vector("field", DataType.I16, values.fieldOf(), n),
                ArrayTensor.vector("count", DataType.I64, values.counts(), n),
                ArrayTensor.vector("first_seen", DataType.I32, values.firstSeen(), n),
                ArrayTensor.vector("offset", DataType.I32, values.offsets(), n + 1),
                ArrayTensor.vector(VALUE, DataType.U8, values.bytes(), values.offsets()[n]),
                ArrayTensor.vector(DATE, DataType.U8, text, text.length)));
    if (values.rates().length > 0) {
      tensors.add(ArrayTensor.vector(RATE, DataType.U8, values.rates(), n));
    }
    SafetensorsWriter.write(out, tensors, Map.of());
  }

  /**
   * Reads a part.
   *
   * @throws ModelFormatException when the stream has a different format
   */
  public static Values read(InputStream in) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(in);
    Map<String, Object> arrays = new HashMap<>();
    reader.read((tensor, elements) -> arrays.put(tensor.name(), elements.array(tensor)));
    int[] ids = of(arrays, "id", int[].class);
    int[] offsets = of(arrays, "offset", int[].class);
    byte[] bytes = of(arrays, VALUE, byte[].class);
    short[] fields = of(arrays, "field", short[].class);
    long[] counts = of(arrays, "count", long[].class);
    int[] firstSeen = of(arrays, "first_seen", int[].class);
    byte[] dates = of(arrays, DATE, byte[].class);
    byte[] rates = arrays.containsKey(RATE) ? of(arrays, RATE, byte[].class) : new byte[0];
    if (arrays.size() != (arrays.containsKey(RATE) ? 8 : 7)
        || rates.length > 0 && rates.length != ids.length
        || offsets.length != ids.length + 1
        || fields.length != ids.length
        || counts.length != ids.length
        || firstSeen.length != ids.length
        || offsets[0] != 0
        || offsets[ids.length] != bytes.length) {
      Map<String, Integer> lengths = new TreeMap<>();
      arrays.forEach((name, array) -> lengths.put(name, Array.getLength(array)));
      throw doNotFit(ids.length, lengths);
    }
    List<String> texts = new String(dates, StandardCharsets.UTF_8).lines().toList();
    return new Values(ids.length, fields, ids, offsets, bytes, counts, firstSeen, texts, rates);
  }

  /**
   * The values of a part as a shard that reads them from a memory-mapped file on a local disk,
   * which the operating system caches if there is enough memory. The file may be deleted while it
   * is in use, but must not be changed.
   *
   * @throws ModelFormatException when the file has a different format, or is damaged where the
   *     shard reads
   */
  public static VocabularyShard map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      SafetensorsReader reader =
          new SafetensorsReader(new BufferedInputStream(Channels.newInputStream(channel)));
      long data = reader.dataBegin();
      Map<String, TensorHeader> tensors = new HashMap<>();
      reader.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
      ByteBuffer ids = mapped(channel, data, tensors.get("id"), DataType.I32, "id");
      ByteBuffer fields = mapped(channel, data, tensors.get("field"), DataType.I16, "field");
      ByteBuffer offsets = mapped(channel, data, tensors.get("offset"), DataType.I32, "offset");
      ByteBuffer bytes = mapped(channel, data, tensors.get(VALUE), DataType.U8, VALUE);
      ByteBuffer rates =
          tensors.containsKey(RATE)
              ? mapped(channel, data, tensors.get(RATE), DataType.U8, RATE)
              : ByteBuffer.allocate(0);
      int n = ids.limit() / Integer.BYTES;
      if (fields.limit() / Short.BYTES != n
          || offsets.limit() / Integer.BYTES != n + 1
          || offsets.getInt(0) != 0
          || offsets.getInt(n * Integer.BYTES) != bytes.limit()) {
        throw doNotFit(n, tensors.values());
      }
      return new VocabularyShard(
          fields.asShortBuffer(), ids.asIntBuffer(), offsets.asIntBuffer(), bytes, rates);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(e.getMessage(), e);
    }
  }

  private static ModelFormatException doNotFit(int values, Object found) {
    return new ModelFormatException(
        String.format(
            "tensors do not fit together: expected %d values (offset: %d entries), got %s",
            values, values + 1, found));
  }

  static ByteBuffer mapped(
      FileChannel channel, long data, TensorHeader tensor, DataType type, String name)
      throws IOException {
    if (tensor == null || tensor.type() != type || tensor.bytes() > Integer.MAX_VALUE) {
      throw new ModelFormatException("tensor " + name + " must be " + type + ", got " + tensor);
    }
    long end = data + tensor.end();
    if (end > channel.size()) {
      throw new ModelFormatException(
          "file must have " + end + " bytes for tensor " + name + ", got " + channel.size());
    }
    return channel
        .map(FileChannel.MapMode.READ_ONLY, data + tensor.begin(), tensor.bytes())
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  static <T> T of(Map<String, Object> arrays, String name, Class<T> type) {
    Object array = arrays.get(name);
    if (!type.isInstance(array)) {
      throw new ModelFormatException(
          "tensor " + name + " must be " + type.getSimpleName() + ", got " + array);
    }
    return type.cast(array);
  }
}
