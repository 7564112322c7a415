package io.destine.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A graph ready to be written: as one file, or, when its tensors and texts take more bytes than the
 * options allow, as a file and a separate file with the data of its large tensors. The data file
 * begins with a page that identifies it; each tensor begins on a new page, so that it can be
 * memory-mapped.
 */
public final class OnnxFile {
  /** Version of ONNX's own operators: serving programs do not all support 18 and later. */
  static final int OPSET = 17;

  private static final int ML_OPSET = 3;
  private static final int IR_VERSION = 8;

  /** The producer in the files. */
  private static final String PRODUCER = "destine";

  private static final String FORMAT = "destine-onnx";
  private static final String FORMAT_VERSION = "1.0";

  private static final int PAGE = 4096;

  /** Smaller tensors, such as shapes, stay in the graph, since checks of the graph read them. */
  private static final int SMALL = 1024;

  private static final byte[] DATA_MARK =
      "destine-onnx tensors\n".getBytes(StandardCharsets.US_ASCII);

  private final GraphProto.Builder graph;
  private final List<GraphTensor> tensors;
  private final List<GraphInput> inputs;
  private final ModelIdentity identity;
  private final Map<String, String> properties;

  /** Start of each large tensor in the data file; empty without a data file. */
  private final Map<String, Long> offsets = new LinkedHashMap<>();

  OnnxFile(
      GraphBuilder builder,
      ModelIdentity identity,
      Map<String, String> properties,
      ExportOptions options) {
    graph = builder.graph();
    tensors = builder.tensors();
    inputs = builder.inputs();
    this.identity = identity;
    this.properties = properties;
    long texts = builder.textBytes();
    if (texts > ExportOptions.INLINE_BYTES) {
      throw new IllegalArgumentException(
          "texts of the vocabulary must take at most "
              + ExportOptions.INLINE_BYTES
              + " bytes in an ONNX file, got "
              + texts
              + "; use ids as inputs (export --inputs ids)");
    }
    long bytes = tensors.stream().mapToLong(GraphTensor::bytes).sum() + texts;
    if (bytes > options.inlineBytes()) {
      long at = PAGE;
      for (GraphTensor tensor : tensors) {
        if (tensor.bytes() >= SMALL) {
          offsets.put(tensor.name(), at);
          at += (tensor.bytes() + PAGE - 1) / PAGE * PAGE;
        }
      }
    }
  }

  /** The inputs of the graph in order. */
  public List<GraphInput> inputs() {
    return inputs;
  }

  /** True when there is a data file next to the file of the graph. */
  public boolean hasData() {
    return !offsets.isEmpty();
  }

  /**
   * Writes the file of the graph. Does not close the stream.
   *
   * @param dataFile name of the data file, in the same directory
   */
  public void write(OutputStream out, String dataFile) throws IOException {
    GraphProto.Builder complete = graph.clone();
    complete.setDocString(
        "DESTINE, a click-through-rate network with decoupled self-attention between fields");
    for (GraphTensor tensor : tensors) {
      complete.addInitializer(initializer(tensor, dataFile));
    }
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .setProducerName(PRODUCER)
            .setProducerVersion(identity.program())
            .setDocString(
                "exported from the model with manifest SHA-256 " + identity.manifestSha256())
            .setGraph(complete)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
            .addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(ML_OPSET));
    property(model, "format", FORMAT);
    property(model, "format_version", FORMAT_VERSION);
    property(model, "manifest_sha256", identity.manifestSha256());
    properties.forEach((key, value) -> property(model, key, value));
    model.build().writeTo(out);
  }

  private static void property(ModelProto.Builder model, String key, String value) {
    model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
  }

  private TensorProto initializer(GraphTensor tensor, String dataFile) throws IOException {
    TensorProto.DataType type =
        tensor instanceof GraphTensor.Longs
            ? TensorProto.DataType.INT64
            : tensor instanceof GraphTensor.Doubles
                ? TensorProto.DataType.DOUBLE
                : TensorProto.DataType.FLOAT;
    TensorProto.Builder proto =
        TensorProto.newBuilder()
            .setName(tensor.name())
            .setDataType(type.getNumber())
            .addAllDims(tensor.dimensions());
    Long offset = offsets.get(tensor.name());
    if (offset == null) {
      FixedBytes bytes = new FixedBytes(Math.toIntExact(tensor.bytes()));
      tensor.write(bytes);
      return proto.setRawData(UnsafeByteOperations.unsafeWrap(bytes.array())).build();
    }
    external(proto, "location", dataFile);
    external(proto, "offset", Long.toString(offset));
    external(proto, "length", Long.toString(tensor.bytes()));
    return proto.setDataLocation(TensorProto.DataLocation.EXTERNAL).build();
  }

  private static void external(TensorProto.Builder tensor, String key, String value) {
    tensor.addExternalData(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
  }

  /** Writes the data file, when there is one. Does not close the stream. */
  public void writeData(OutputStream out) throws IOException {
    out.write(Arrays.copyOf(DATA_MARK, PAGE));
    for (GraphTensor tensor : tensors) {
      if (offsets.containsKey(tensor.name())) {
        tensor.write(out);
        out.write(new byte[(int) (Math.floorMod(-tensor.bytes(), (long) PAGE))]);
      }
    }
  }

  /** True if the stream begins like a graph file written by this program or an earlier version. */
  public static boolean isGraph(InputStream in) throws IOException {
    try {
      CodedInputStream fields = CodedInputStream.newInstance(in);
      int version = tag(ModelProto.IR_VERSION_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);
      int producer =
          tag(ModelProto.PRODUCER_NAME_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      if (fields.readTag() != version) {
        return false;
      }
      fields.skipField(version);
      return fields.readTag() == producer
          && fields.readRawVarint32() == PRODUCER.length()
          && Arrays.equals(
              fields.readRawBytes(PRODUCER.length()), PRODUCER.getBytes(StandardCharsets.US_ASCII));
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }

  private static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }

  /** True if the stream begins like a data file. */
  public static boolean isData(InputStream in) throws IOException {
    return Arrays.equals(in.readNBytes(DATA_MARK.length), DATA_MARK);
  }
}
