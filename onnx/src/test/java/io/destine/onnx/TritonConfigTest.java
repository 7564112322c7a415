package io.destine.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.TextFormat;
import io.destine.calibration.Calibration;
import io.destine.config.ModelConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The configuration of a graph, read by protobuf's parser, next to the graph's own tensors. */
class TritonConfigTest {
  private static final Map<Integer, String> TYPES =
      Map.of(
          TensorProto.DataType.STRING_VALUE, "TYPE_STRING",
          TensorProto.DataType.DOUBLE_VALUE, "TYPE_FP64",
          TensorProto.DataType.FLOAT_VALUE, "TYPE_FP32",
          TensorProto.DataType.INT64_VALUE, "TYPE_INT64");

  private static final RawTable TABLE = RawTable.of(RawTable.allKinds(0), 1, 0, 1);
  private static final RandomNetwork NETWORK =
      RandomNetwork.of(
          ModelConfig.interaction().wide(true).build(),
          TABLE.fields().layout(),
          TABLE.vocabulary().size(),
          5);

  /** A tensor as one of the two files has it. */
  private record Tensor(String name, String type, List<Long> dims) {}

  private static OnnxFile graph(ExportOptions options) {
    return OnnxGraph.of(
        NETWORK.network(),
        NETWORK.parameters(),
        Calibration.IDENTITY,
        TABLE.fields(),
        TABLE.vocabulary(),
        new ModelIdentity("00", "1.2.3"),
        options);
  }

  private static FieldDescriptorProto.Builder field(int number, String name, Label label) {
    return FieldDescriptorProto.newBuilder().setNumber(number).setName(name).setLabel(label);
  }

  /** The fields of Triton's ModelConfig that are used, and two settings of users. */
  private static Descriptor schema() throws Exception {
    EnumDescriptorProto.Builder types = EnumDescriptorProto.newBuilder().setName("DataType");
    List<String> names = List.of("TYPE_STRING", "TYPE_FP64", "TYPE_FP32", "TYPE_INT64");
    for (String name : names) {
      types.addValue(
          EnumValueDescriptorProto.newBuilder().setName(name).setNumber(types.getValueCount()));
    }
    DescriptorProto tensor =
        DescriptorProto.newBuilder()
            .setName("Tensor")
            .addField(field(1, "name", Label.LABEL_OPTIONAL).setType(Type.TYPE_STRING))
            .addField(field(2, "data_type", Label.LABEL_OPTIONAL).setTypeName("DataType"))
            .addField(field(4, "dims", Label.LABEL_REPEATED).setType(Type.TYPE_INT64))
            .build();
    DescriptorProto config =
        DescriptorProto.newBuilder()
            .setName("ModelConfig")
            .addField(field(2, "platform", Label.LABEL_OPTIONAL).setType(Type.TYPE_STRING))
            .addField(field(4, "max_batch_size", Label.LABEL_OPTIONAL).setType(Type.TYPE_INT32))
            .addField(field(5, "input", Label.LABEL_REPEATED).setTypeName("Tensor"))
            .addField(field(6, "output", Label.LABEL_REPEATED).setTypeName("Tensor"))
            .addField(field(17, "backend", Label.LABEL_OPTIONAL).setType(Type.TYPE_STRING))
            .build();
    FileDescriptorProto file =
        FileDescriptorProto.newBuilder()
            .addEnumType(types)
            .addMessageType(tensor)
            .addMessageType(config)
            .build();
    return FileDescriptor.buildFrom(file, new FileDescriptor[0])
        .findMessageTypeByName("ModelConfig");
  }

  private static DynamicMessage parsed(String text) throws Exception {
    DynamicMessage.Builder config = DynamicMessage.newBuilder(schema());
    TextFormat.merge(text, config);
    return config.build();
  }

  private static Object value(DynamicMessage message, String field) {
    return message.getField(message.getDescriptorForType().findFieldByName(field));
  }

  private static List<Tensor> configured(DynamicMessage config, String kind) {
    List<Tensor> tensors = new ArrayList<>();
    for (Object each : (List<?>) value(config, kind)) {
      DynamicMessage tensor = (DynamicMessage) each;
      List<Long> dims = new ArrayList<>();
      ((List<?>) value(tensor, "dims")).forEach(size -> dims.add((Long) size));
      String name = (String) value(tensor, "name");
      tensors.add(new Tensor(name, value(tensor, "data_type").toString(), dims));
    }
    return tensors;
  }

  private static List<Tensor> inGraph(List<ValueInfoProto> values) {
    List<Tensor> tensors = new ArrayList<>();
    for (ValueInfoProto value : values) {
      List<Long> dims =
          value.getType().getTensorType().getShape().getDimList().stream()
              .map(size -> size.hasDimValue() ? size.getDimValue() : -1)
              .toList();
      String type = TYPES.get(value.getType().getTensorType().getElemType());
      tensors.add(new Tensor(value.getName(), type, dims));
    }
    return tensors;
  }

  private static ModelProto model(OnnxFile graph) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    graph.write(out, "data");
    return ModelProto.parseFrom(out.toByteArray());
  }

  private static void compare(ExportOptions options) throws Exception {
    OnnxFile graph = graph(options);
    ModelProto model = model(graph);
    DynamicMessage config = parsed(TritonConfig.of(graph, ""));
    assertThat(configured(config, "input"))
        .isNotEmpty()
        .isEqualTo(inGraph(model.getGraph().getInputList()));
    assertThat(configured(config, "output"))
        .hasSize(2)
        .isEqualTo(inGraph(model.getGraph().getOutputList()));
    assertThat(value(config, "backend")).isEqualTo("onnxruntime");
    assertThat(value(config, "max_batch_size")).isEqualTo(0);
  }

  @ParameterizedTest
  @EnumSource(InputForm.class)
  void tensorsHaveNamesTypesAndShapesOfTheGraph(InputForm form) throws Exception {
    compare(ExportOptions.of(form));
  }

  @Test
  void aGraphOverEmbeddingsHasItsOwnInputs() throws Exception {
    compare(ExportOptions.of(InputForm.IDS).overEmbeddings());
  }

  @Test
  void settingsBelowTheGeneratedPartAreKept() throws Exception {
    String settings = "# On processors alone.\ninstance_group { kind: KIND_CPU count: 2 }\n";
    OnnxFile strings = graph(ExportOptions.of(InputForm.STRINGS));
    String first = TritonConfig.of(strings, "");
    assertThat(TritonConfig.of(strings, first)).isEqualTo(first);
    OnnxFile ids = graph(ExportOptions.of(InputForm.IDS));
    String second = TritonConfig.of(ids, first + settings);
    assertThat(second).isEqualTo(TritonConfig.of(ids, "") + settings).isNotEqualTo(first);
  }

  @Test
  void anOwnFileIsToldByItsBeginning() throws Exception {
    byte[] own =
        TritonConfig.of(graph(ExportOptions.of(InputForm.IDS)), "")
            .getBytes(StandardCharsets.UTF_8);
    assertThat(TritonConfig.isOwn(new ByteArrayInputStream(own))).isTrue();
    byte[] other = "backend: \"onnxruntime\"\n".getBytes(StandardCharsets.UTF_8);
    assertThat(TritonConfig.isOwn(new ByteArrayInputStream(other))).isFalse();
    assertThat(TritonConfig.isOwn(new ByteArrayInputStream(new byte[0]))).isFalse();
  }
}
