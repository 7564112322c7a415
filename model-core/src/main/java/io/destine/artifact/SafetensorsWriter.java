package io.destine.artifact;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a safetensors file: the length of the header as 8 little-endian bytes; the header, JSON
 * from tensor names to dtype, shape and data_offsets, padded with spaces to a multiple of 8 bytes;
 * the elements, little-endian, without gaps. Tensors are ordered by element width, widest first,
 * then by name, so that every element is aligned and equal tensors give equal bytes.
 */
final class SafetensorsWriter {
  /** Key of the free-form texts in a header. */
  static final String METADATA = "__metadata__";

  private static final Comparator<TensorData> ORDER =
      Comparator.comparingInt((TensorData tensor) -> -tensor.type().bytes())
          .thenComparing(TensorData::name);

  private SafetensorsWriter() {}

  /** Writes tensors of distinct names. Does not close the stream. */
  static void write(OutputStream out, List<TensorData> tensors, Map<String, String> metadata)
      throws IOException {
    List<TensorData> ordered = tensors.stream().sorted(ORDER).toList();
    TensorOutput data = begin(out, ordered, metadata);
    for (TensorData tensor : ordered) {
      tensor.write(data);
    }
  }

  /**
   * Writes everything before the elements; returns an output for the elements of the tensors, in
   * order.
   */
  static TensorOutput begin(
      OutputStream out, List<TensorData> ordered, Map<String, String> metadata) throws IOException {
    out.write(header(ordered, metadata));
    return new TensorOutput(out);
  }

  private static byte[] header(List<TensorData> ordered, Map<String, String> metadata)
      throws IOException {
    Map<String, Object> header = new TreeMap<>();
    if (!metadata.isEmpty()) {
      header.put(METADATA, new TreeMap<>(metadata));
    }
    long at = 0;
    for (TensorData tensor : ordered) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("dtype", tensor.type().name());
      entry.put("shape", tensor.shape());
      entry.put("data_offsets", List.of(at, at + tensor.bytes()));
      if (header.put(tensor.name(), entry) != null) {
        throw new IllegalArgumentException(
            "tensor names must be distinct, got " + tensor.name() + " twice");
      }
      at += tensor.bytes();
    }
    byte[] json = Json.compact(header);
    int padded = (json.length + 7) / 8 * 8;
    byte[] bytes = new byte[8 + padded];
    Arrays.fill(bytes, (byte) ' ');
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, padded);
    System.arraycopy(json, 0, bytes, 8, json.length);
    return bytes;
  }
}
