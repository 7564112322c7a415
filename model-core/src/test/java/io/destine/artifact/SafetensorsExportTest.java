package io.destine.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.config.Precision;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Transform;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyBuilder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A model in one file, read as the format's description says. */
class SafetensorsExportTest {
  private static final FittedFields FIELDS =
      new FittedFields(
          List.of(
              FittedField.of(FieldSpec.categorical("user")),
              FittedField.of(FieldSpec.multi("genres").withHashBuckets(3)),
              FittedField.linear(FieldSpec.numeric("price", Transform.LINEAR), 1, 2),
              FittedField.of(FieldSpec.vector("image", 3))));

  @ParameterizedTest
  @EnumSource(Precision.class)
  void allTensorsAndTheVocabularyAreInTheFile(Precision precision) throws IOException {
    Map<String, Integer> ids = new TreeMap<>();
    VocabularyBuilder builder =
        Vocabulary.builder(List.of("user", "genres", "price", "image"), 2).reserve(0).reserve(1, 3);
    for (String value : List.of("anna", "Ünï", " ", "0")) {
      ids.put(value, builder.size());
      builder.add(0, value);
    }
    Vocabulary vocabulary = builder.build();
    SampleModel sample = new SampleModel(precision, vocabulary.size(), 4);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsExport.write(
        out,
        sample.network,
        sample.parameters,
        FIELDS,
        vocabulary,
        "ab".repeat(32),
        Optional.empty());
    assertThat(SafetensorsExport.isOwn(new ByteArrayInputStream(out.toByteArray()))).isTrue();

    ByteBuffer file = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) file.getLong(0);
    JsonNode header =
        new ObjectMapper()
            .readTree(new String(file.array(), Long.BYTES, length, StandardCharsets.UTF_8));
    Map<String, ByteBuffer> tensors = new HashMap<>();
    header
        .properties()
        .forEach(
            entry -> {
              if (entry.getValue().has("data_offsets")) {
                JsonNode place = entry.getValue().get("data_offsets");
                int from = place.get(0).asInt();
                tensors.put(
                    entry.getKey(),
                    file.slice(Long.BYTES + length + from, place.get(1).asInt() - from)
                        .order(ByteOrder.LITTLE_ENDIAN));
              }
            });
    Map<String, Integer> found = new TreeMap<>();
    ByteBuffer text = tensors.get("vocabulary.value");
    for (int i = 0; i < 4; i++) {
      int from = (int) tensors.get("vocabulary.offset").getLong(i * Long.BYTES);
      int end = (int) tensors.get("vocabulary.offset").getLong((i + 1) * Long.BYTES);
      byte[] value = new byte[end - from];
      text.get(from, value);
      found.put(
          new String(value, StandardCharsets.UTF_8),
          tensors.get("vocabulary.id").getInt(i * Integer.BYTES));
      assertThat(tensors.get("vocabulary.field").getInt(i * Integer.BYTES)).isZero();
    }
    assertThat(found).isEqualTo(ids);

    double[] row = new double[4];
    sample.parameters.embedding().read(5, row, 0);
    ByteBuffer embedding = tensors.get("embedding.weight");
    for (int i = 0; i < 4; i++) {
      double stored =
          precision == Precision.FLOAT32
              ? embedding.getFloat((5 * 4 + i) * Float.BYTES)
              : embedding.getDouble((5 * 4 + i) * Double.BYTES);
      assertThat(stored).isEqualTo(row[i]);
    }
    assertThat(header.get("wide.weight").get("shape").toString())
        .isEqualTo("[" + vocabulary.size() + ",1]");
    assertThat(tensors).containsKeys("deep.0.norm.running_var", "fields.image.bias", "output.bias");

    JsonNode metadata = header.get("__metadata__");
    assertThat(metadata.get("manifest_sha256").asText()).isEqualTo("ab".repeat(32));
    assertThat(FittedFields.ofJson(metadata.get("fields").asText()).specs())
        .isEqualTo(FIELDS.specs());
    JsonNode description = new ObjectMapper().readTree(metadata.get("vocabulary").asText());
    assertThat(description.get("missing").toString()).isEqualTo("[0,3,-1,-1]");
    assertThat(description.get("hash_buckets").toString()).isEqualTo("[0,3,0,0]");
    assertThat(description.get("oov_buckets").asInt()).isEqualTo(2);
    JsonNode config = new ObjectMapper().readTree(metadata.get("model").asText());
    assertThat(config.get("embedding_dim").asInt()).isEqualTo(4);
    assertThat(config.get("attention").asText()).isEqualTo("both");
  }

  @ParameterizedTest
  @EnumSource(Precision.class)
  void otherFilesAreNotTakenForOwnOnes(Precision precision) throws IOException {
    SampleModel sample = new SampleModel(precision, 20, 4);
    MemoryModelDirectory directory = new MemoryModelDirectory();
    sample.writeTo(directory, 1_000_000);
    assertThat(SafetensorsExport.isOwn(directory.open("dense.safetensors"))).isFalse();
    for (byte[] bytes : List.of(new byte[0], new byte[5], new byte[100], filled(100))) {
      assertThat(SafetensorsExport.isOwn(new ByteArrayInputStream(bytes))).isFalse();
    }
  }

  private static byte[] filled(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) '{');
    bytes[0] = 20;
    Arrays.fill(bytes, 1, 8, (byte) 0);
    return bytes;
  }
}
