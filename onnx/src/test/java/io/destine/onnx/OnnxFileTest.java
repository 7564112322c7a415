package io.destine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.calibration.Calibration;
import io.destine.config.ModelConfig;
import io.destine.param.ParameterLayout;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The content of a file, parsed with ONNX's protobuf messages. */
class OnnxFileTest {
  private static final String SHA = "0123456789abcdef".repeat(4);
  private static final RawTable TABLE = RawTable.of(RawTable.allKinds(0), 1, 0, 1);
  private static final RandomNetwork NETWORK =
      RandomNetwork.of(
          ModelConfig.interaction()
              .embeddingDim(8)
              .bias(true)
              .wide(true)
              .deep(List.of(20, 3))
              .batchNorm(true)
              .build(),
          TABLE.fields().layout(),
          TABLE.vocabulary().size(),
          5);

  private static OnnxFile export(ExportOptions options) {
    return OnnxGraph.of(
        NETWORK.network(),
        NETWORK.parameters(),
        Calibration.IDENTITY,
        TABLE.fields(),
        TABLE.vocabulary(),
        new ModelIdentity(SHA, "1.2.3"),
        options);
  }

  private static byte[] bytes(OnnxFile file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    file.write(out, "model.onnx.data");
    return out.toByteArray();
  }

  private static byte[] data(OnnxFile file) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    file.writeData(out);
    return out.toByteArray();
  }

  private static ModelProto strings() throws IOException {
    return ModelProto.parseFrom(bytes(export(ExportOptions.of(InputForm.STRINGS))));
  }

  @Test
  void versionsAndOriginAreThoseOfTheDocuments() throws IOException {
    ModelProto model = strings();
    assertThat(model.getIrVersion()).isEqualTo(8);
    Map<String, Long> opsets = new HashMap<>();
    for (OperatorSetIdProto opset : model.getOpsetImportList()) {
      opsets.put(opset.getDomain(), opset.getVersion());
    }
    assertThat(opsets).isEqualTo(Map.of("", 17L, "ai.onnx.ml", 3L));
    assertThat(model.getProducerName()).isEqualTo("destine");
    assertThat(model.getProducerVersion()).isEqualTo("1.2.3");
    assertThat(properties(model))
        .containsEntry("manifest_sha256", SHA)
        .containsEntry("format", "destine-onnx")
        .containsEntry("inputs", "strings");
    JsonNode config = new ObjectMapper().readTree(properties(model).get("model"));
    assertThat(config.get("embedding_dim").asInt()).isEqualTo(8);
    assertThat(config.get("attention").asText()).isEqualTo("both");
  }

  private static Map<String, String> properties(ModelProto model) {
    Map<String, String> properties = new HashMap<>();
    for (StringStringEntryProto entry : model.getMetadataPropsList()) {
      properties.put(entry.getKey(), entry.getValue());
    }
    return properties;
  }

  @Test
  void everyParameterIsAnInitialiserOfItsNameAndShape() throws IOException {
    Map<String, List<Long>> found = new HashMap<>();
    for (TensorProto tensor : strings().getGraph().getInitializerList()) {
      found.put(tensor.getName(), tensor.getDimsList());
    }
    ParameterLayout layout = NETWORK.network().layout();
    long rows = NETWORK.parameters().rows();
    assertThat(found).containsEntry("embedding.weight", List.of(rows, 8L));
    assertThat(found).containsEntry("wide.weight", List.of(rows, 1L));
    List<ParameterLayout.Tensor> tensors = new ArrayList<>(layout.tensors());
    tensors.addAll(layout.statistics());
    for (ParameterLayout.Tensor tensor : tensors) {
      assertThat(found)
          .containsEntry(tensor.name(), tensor.shape().stream().map(Integer::longValue).toList());
    }
  }

  @Test
  void inputsAreNamedByFieldsAndNoNameIsTakenTwice() throws IOException {
    ModelProto model = strings();
    assertThat(model.getGraph().getInputList().stream().map(ValueInfoProto::getName))
        .containsExactly(
            "user",
            "genres",
            "price",
            "image",
            "age",
            "clicks",
            "hour",
            "input.probability",
            "input.embedding.weight",
            "a site");
    assertThat(model.getGraph().getOutputList().stream().map(ValueInfoProto::getName))
        .containsExactly("probability", "logit");
    Set<String> names = new HashSet<>();
    model
        .getGraph()
        .getInputList()
        .forEach(input -> assertThat(names.add(input.getName())).isTrue());
    model
        .getGraph()
        .getInitializerList()
        .forEach(tensor -> assertThat(names.add(tensor.getName())).as(tensor.getName()).isTrue());
    model
        .getGraph()
        .getNodeList()
        .forEach(node -> assertThat(names.add(node.getOutput(0))).as(node.getName()).isTrue());
  }

  @Test
  void textsAreUtf8() throws IOException {
    Set<String> keys = new HashSet<>();
    for (NodeProto node : strings().getGraph().getNodeList()) {
      for (AttributeProto attribute : node.getAttributeList()) {
        attribute
            .getStringsList()
            .forEach(key -> keys.add(HexFormat.of().formatHex(key.toByteArray())));
      }
    }
    assertThat(keys).contains("", "7631", "c39c6ec3af20e28690206f6b", "f09f9880");
  }

  @Test
  void fieldsAreDescribed() throws IOException {
    JsonNode fields = new ObjectMapper().readTree(properties(strings()).get("fields"));
    assertThat(fields).hasSize(10);
    JsonNode genres = fields.get(1);
    assertThat(genres.get("name").asText()).isEqualTo("genres");
    assertThat(genres.get("input").asText()).isEqualTo("genres");
    assertThat(genres.get("type").asText()).isEqualTo("string");
    assertThat(genres.get("shape").toString()).isEqualTo("[\"batch\",\"values of genres\"]");
    assertThat(genres.get("missing_id").asInt()).isEqualTo(TABLE.vocabulary().missing(1));
    assertThat(genres.get("oov_buckets").asInt()).isEqualTo(1);
    assertThat(fields.get(7).get("input").asText()).isEqualTo("input.probability");
    assertThat(fields.get(2).has("missing_id")).isFalse();
  }

  @Test
  void largeTensorsBesideTheFileBeginOnPagesAndHoldTheirNumbers() throws IOException {
    OnnxFile file = export(ExportOptions.of(InputForm.STRINGS).withInlineBytes(10_000));
    assertThat(file.hasData()).isTrue();
    byte[] data = data(file);
    int outside = 0;
    for (TensorProto tensor : ModelProto.parseFrom(bytes(file)).getGraph().getInitializerList()) {
      if (tensor.getDataLocation() != TensorProto.DataLocation.EXTERNAL) {
        assertThat(tensor.getRawData().size()).isLessThan(1024);
        continue;
      }
      outside++;
      Map<String, String> place = new HashMap<>();
      tensor.getExternalDataList().forEach(entry -> place.put(entry.getKey(), entry.getValue()));
      assertThat(place).containsEntry("location", "model.onnx.data");
      int offset = Integer.parseInt(place.get("offset"));
      int length = Integer.parseInt(place.get("length"));
      assertThat(offset % 4096).isZero();
      assertThat(offset).isPositive();
      if (tensor.getName().equals("embedding.weight")) {
        double[] row = new double[8];
        NETWORK.parameters().embedding().read(7, row, 0);
        ByteBuffer numbers =
            ByteBuffer.wrap(data, offset, length).slice().order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 8; i++) {
          assertThat((double) numbers.getFloat((7 * 8 + i) * Float.BYTES)).isEqualTo(row[i]);
        }
      }
    }
    assertThat(outside).isGreaterThan(3);
    assertThat(data.length % 4096).isZero();
  }

  @Test
  void onlyOwnFilesAreTakenForOwnOnes() throws IOException {
    OnnxFile file = export(ExportOptions.of(InputForm.IDS).withInlineBytes(0));
    byte[] own = bytes(file);
    assertThat(OnnxFile.isGraph(new ByteArrayInputStream(own))).isTrue();
    byte[] other =
        ModelProto.parseFrom(own).toBuilder().setProducerName("pytorch").build().toByteArray();
    for (byte[] bytes :
        List.of(
            other,
            new byte[0],
            new byte[50],
            Arrays.copyOf(own, 3),
            "user,item\n1,2\n".getBytes(StandardCharsets.UTF_8))) {
      assertThat(OnnxFile.isGraph(new ByteArrayInputStream(bytes))).isFalse();
      assertThat(OnnxFile.isData(new ByteArrayInputStream(bytes))).isFalse();
    }
    assertThat(OnnxFile.isData(new ByteArrayInputStream(data(file)))).isTrue();
  }

  @Test
  void equalModelsGiveEqualBytes() throws IOException {
    ExportOptions options = ExportOptions.of(InputForm.STRINGS);
    assertThat(bytes(export(options))).isEqualTo(bytes(export(options)));
  }

  @Test
  void whatDoesNotBelongTogetherIsRefused() {
    RawTable other = RawTable.of(RawTable.allKinds(7), 1, 0, 1);
    assertThatThrownBy(
            () ->
                OnnxGraph.of(
                    NETWORK.network(),
                    NETWORK.parameters(),
                    Calibration.IDENTITY,
                    other.fields(),
                    other.vocabulary(),
                    new ModelIdentity(SHA, ""),
                    ExportOptions.of(InputForm.STRINGS)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must belong together");
  }
}
