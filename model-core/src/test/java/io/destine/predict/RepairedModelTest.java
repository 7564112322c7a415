package io.destine.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.artifact.ModelFormatException;
import io.destine.config.ModelConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model with numbers out of range is refused when it is loaded, whatever its digests say. */
class RepairedModelTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String INDEX = "vocabulary/_vocabulary.json";

  @TempDir Path directory;
  private Path model;

  @BeforeEach
  void write() throws IOException {
    model =
        ModelOnDisk.write(
                directory.resolve("model"),
                ModelConfig.interaction().embeddingDim(8).heads(2).headDim(4).layers(1).build())
            .path();
  }

  /** Recomputes the digests of the current files. */
  private void repair() throws IOException, NoSuchAlgorithmException {
    Path file = model.resolve("manifest.json");
    ObjectNode manifest = (ObjectNode) JSON.readTree(file.toFile());
    for (var entry : manifest.get("files").properties()) {
      byte[] bytes = Files.readAllBytes(model.resolve(entry.getKey()));
      ((ObjectNode) entry.getValue()).put("length", bytes.length).put("sha256", sha256(bytes));
    }
    byte[] bytes = JSON.writeValueAsBytes(manifest);
    Files.write(file, bytes);
    Files.writeString(model.resolve("manifest.sha256"), sha256(bytes) + "  manifest.json\n");
  }

  private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private ObjectNode index() throws IOException {
    return (ObjectNode) JSON.readTree(model.resolve(INDEX).toFile());
  }

  private void assertRefused(String message) throws Exception {
    repair();
    assertThatThrownBy(() -> Scorer.load(model))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aModelWithRepairedDigestsLoads() throws Exception {
    repair();
    try (Scorer scorer = Scorer.load(model)) {
      assertThat(scorer.verify()).isEqualTo(8);
    }
  }

  @Test
  void otherProbabilitiesThanTheModelSays() throws Exception {
    Path file = model.resolve("verification.json");
    ObjectNode rows = (ObjectNode) JSON.readTree(file.toFile());
    ArrayNode probabilities = (ArrayNode) rows.get("probabilities");
    double next = Math.nextUp(probabilities.get(5).asDouble());
    probabilities.set(5, next);
    JSON.writeValue(file.toFile(), rows);
    assertRefused("verification row 5 of the model: probability must be " + next);
  }

  @Test
  void verificationRowsThatAreNoJson() throws Exception {
    Files.writeString(model.resolve("verification.json"), "{");
    assertRefused(model + ": verification rows must be JSON, got ");
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MAX_VALUE, 1_000_000, -2, Integer.MIN_VALUE})
  void anIdOfMissingValuesOutOfRange(int id) throws Exception {
    ObjectNode index = index();
    ((ArrayNode) index.get("missing")).set(0, id);
    JSON.writeValue(model.resolve(INDEX).toFile(), index);
    assertRefused("vocabulary/: vocabulary: field user: the id of missing values and the 2 ids");
  }

  @Test
  void anIdOfMoreThan32Bits() throws Exception {
    ObjectNode index = index();
    ((ArrayNode) index.get("missing")).set(0, 1L << 32);
    JSON.writeValue(model.resolve(INDEX).toFile(), index);
    assertRefused(INDEX + ": missing must be a 32-bit integer, got 4294967296");
  }

  @Test
  void tooFewReservedIds() throws Exception {
    ObjectNode index = index();
    ((ArrayNode) index.get("missing")).remove(8);
    JSON.writeValue(model.resolve(INDEX).toFile(), index);
    assertRefused("reserved ids and hash buckets must be given for 9 fields, got 8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "field"})
  void anIdOrAFieldOfAValueOutOfRange(String tensor) throws Exception {
    Path part = model.resolve("vocabulary/part-00000.safetensors");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(part)).order(ByteOrder.LITTLE_ENDIAN);
    int header = (int) bytes.getLong(0);
    String text = new String(bytes.array(), 8, header, StandardCharsets.UTF_8);
    int at = 8 + header + JSON.readTree(text).at("/" + tensor + "/data_offsets/0").asInt();
    if (tensor.equals("id")) {
      bytes.putInt(at, 5_000_000);
      Files.write(part, bytes.array());
      assertRefused("vocabulary/: vocabulary: a value's id must be 0 to ");
    } else {
      bytes.putShort(at, (short) -1);
      Files.write(part, bytes.array());
      assertRefused("part-00000.safetensors: value 0 must have a field and bytes");
    }
  }

  @Test
  void tablesOfAnotherNumberOfRowsThanTheVocabularyHasIds() throws Exception {
    Path other = directory.resolve("other");
    ModelOnDisk.write(
        other, ModelConfig.interaction().embeddingDim(8).heads(2).headDim(4).layers(1).build());
    ObjectNode index = index();
    index.put("oov_buckets", 1);
    index.put("size", index.get("size").asInt() - 7);
    JSON.writeValue(model.resolve(INDEX).toFile(), index);
    repair();
    assertThatThrownBy(() -> Scorer.load(model)).isInstanceOf(ModelFormatException.class);
  }
}
