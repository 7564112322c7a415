package io.destine.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a safetensors file from front to end. The header is checked before any element is read:
 * tensors fill the data part without gaps or overlaps, and each takes the bytes of its shape.
 * Element types other than those of {@link DataType} are refused.
 */
final class SafetensorsReader {
  /** Largest header, as in other readers of the format. */
  private static final long MOST_HEADER_BYTES = 100_000_000;

  private static final Long NONE = -1L;

  private final TensorInput in;
  private final List<TensorHeader> tensors = new ArrayList<>();
  private final Map<String, String> metadata = new HashMap<>();
  private final long dataBegin;

  /** Receives the elements of one tensor: reads or skips all of them. */
  interface Sink {
    void accept(TensorHeader tensor, TensorInput in) throws IOException;
  }

  /** Reads the header. */
  SafetensorsReader(InputStream stream) throws IOException {
    in = new TensorInput(stream);
    long length = in.readLong();
    if (length < 2 || length > MOST_HEADER_BYTES) {
      throw new ModelFormatException("header must have 2 to 100000000 bytes, got " + length);
    }
    dataBegin = Long.BYTES + length;
    JsonNode header = Json.mapper().readTree(in.readBytes((int) length));
    if (header == null || !header.isObject()) {
      throw new ModelFormatException("header must be a JSON object, got " + header);
    }
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (entry.getKey().equals(SafetensorsWriter.METADATA)) {
        entry.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
      } else {
        tensors.add(parse(entry.getKey(), entry.getValue()));
      }
    }
    tensors.sort(
        Comparator.comparingLong(TensorHeader::begin).thenComparingLong(TensorHeader::end));
    long at = 0;
    for (TensorHeader tensor : tensors) {
      if (tensor.begin() != at) {
        throw new ModelFormatException(
            "tensor " + tensor.name() + " must begin at byte " + at + ", got " + tensor.begin());
      }
      at = tensor.end();
    }
  }

  private static TensorHeader parse(String name, JsonNode node) {
    JsonNode offsets = node.path("data_offsets");
    List<Long> shape = new ArrayList<>();
    node.path("shape").forEach(dimension -> shape.add(whole(dimension)));
    DataType type;
    try {
      type = DataType.valueOf(node.path("dtype").asText());
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(
          "tensor "
              + name
              + ": dtype must be one of F32, F64, I64, I32, I16 and U8, got "
              + node.path("dtype"),
          e);
    }
    TensorHeader tensor =
        new TensorHeader(name, type, shape, whole(offsets.path(0)), whole(offsets.path(1)));
    if (shape.contains(NONE)
        || tensor.begin() < 0
        || tensor.end() < tensor.begin()
        || tensor.bytes() != bytes(type, shape)) {
      throw new ModelFormatException(
          "tensor " + name + ": data_offsets must span " + type + shape + ", got " + offsets);
    }
    return tensor;
  }

  /** The number if it is a non-negative integer that fits in a long, otherwise {@link #NONE}. */
  private static long whole(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong()
        ? Math.max(NONE, node.asLong())
        : NONE;
  }

  /**
   * The bytes of a tensor with this shape, which has no negative numbers; {@link #NONE} when they
   * do not fit in a long.
   */
  private static long bytes(DataType type, List<Long> shape) {
    try {
      return shape.stream().reduce((long) type.bytes(), Math::multiplyExact);
    } catch (ArithmeticException e) {
      return NONE;
    }
  }

  /** The free-form texts of the header. */
  Map<String, String> metadata() {
    return metadata;
  }

  /** Offset in the file of the first byte of the first tensor. */
  long dataBegin() {
    return dataBegin;
  }

  /** The tensors in the order of their elements. */
  List<TensorHeader> tensors() {
    return tensors;
  }

  /**
   * Passes every tensor to the sink, in the order of their elements, and reads to the end of the
   * file.
   */
  void read(Sink sink) throws IOException {
    for (TensorHeader tensor : tensors) {
      long start = in.position();
      sink.accept(tensor, in);
      if (in.position() - start != tensor.bytes()) {
        throw new IllegalStateException(
            "tensor "
                + tensor.name()
                + ": "
                + tensor.bytes()
                + " bytes must be read, got "
                + (in.position() - start));
      }
    }
    if (!in.atEnd()) {
      throw new ModelFormatException("the file must end after the last tensor, got more bytes");
    }
  }
}
