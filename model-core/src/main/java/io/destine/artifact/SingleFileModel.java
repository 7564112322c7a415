package io.destine.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyShard;
import io.destine.model.Destine;
import io.destine.param.ParameterLayout;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model that {@link SafetensorsExport} has written, read from a stream.
 *
 * @param network the network
 * @param parameters of the network
 * @param fields fitted
 * @param vocabulary with the ids of their values
 * @param manifestSha256 of the model directory that it comes from
 * @param verification rows with their probabilities, if it has them
 */
public record SingleFileModel(
    Destine network,
    Parameters parameters,
    FittedFields fields,
    Vocabulary vocabulary,
    String manifestSha256,
    Optional<String> verification) {
  private static final int MAJOR_VERSION = 1;

  /**
   * Reads a file to its end. Does not close the stream.
   *
   * @throws ModelFormatException when it is something else, is damaged, or a newer program wrote it
   */
  public static SingleFileModel read(InputStream stream) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(stream);
    Map<String, String> metadata = reader.metadata();
    requireFormat(metadata);
    FittedFields fields = FittedFields.ofJson(text(metadata, "fields"));
    JsonNode description = json(metadata, "vocabulary");
    Destine network = new Destine(config(metadata), fields.layout());
    DataType type =
        reader.tensors().stream()
            .filter(tensor -> tensor.name().equals(ParameterLayout.EMBEDDING))
            .findFirst()
            .orElseThrow(
                () -> new ModelFormatException("tensors must include " + ParameterLayout.EMBEDDING))
            .type();
    Precision precision = type == DataType.F32 ? Precision.FLOAT32 : Precision.FLOAT64;
    int rows = Json.whole(description, "size");
    DenseArrays dense = new DenseArrays(network.layout(), precision);
    Map<String, ParameterTable> tables = new HashMap<>();
    tables.put(
        ParameterLayout.EMBEDDING,
        ParameterTable.zeros(precision, 0, network.layout().embeddingDim()));
    if (network.layout().wide()) {
      tables.put(ParameterLayout.WIDE, ParameterTable.zeros(precision, 0, 1));
    }
    Columns columns = new Columns();
    reader.read(
        (header, in) -> {
          if (tables.containsKey(header.name())) {
            TableTensor target = new TableTensor(header.name(), tables.get(header.name()), 0, rows);
            header.require(target.type(), target.shape());
            target.read(in);
          } else if (!columns.read(header, in)) {
            dense.read(header, in);
          }
        });
    Set<String> missing = dense.missing();
    tables.forEach((name, table) -> missing.addAll(table.rows() == rows ? Set.of() : Set.of(name)));
    if (!missing.isEmpty()) {
      throw new ModelFormatException("tensors must include " + missing);
    }
    Parameters parameters =
        new Parameters(
            network.layout(),
            tables.get(ParameterLayout.EMBEDDING),
            tables.get(ParameterLayout.WIDE));
    dense.set(parameters);
    Vocabulary vocabulary = columns.vocabulary(fields, description);
    String fingerprint = vocabulary.fingerprint();
    if (vocabulary.size() != parameters.rows()
        || !fingerprint.equals(metadata.get("vocabulary_fingerprint"))) {
      throw new ModelFormatException(
          "the vocabulary is damaged: fingerprint must be "
              + metadata.get("vocabulary_fingerprint")
              + ", got "
              + fingerprint);
    }
    return new SingleFileModel(
        network,
        parameters,
        fields,
        vocabulary,
        text(metadata, "manifest_sha256"),
        Optional.ofNullable(metadata.get("verification")));
  }

  private static void requireFormat(Map<String, String> metadata) {
    if (!SafetensorsExport.FORMAT.equals(metadata.get(SafetensorsExport.FORMAT_KEY))) {
      throw new ModelFormatException(
          "the file must be a model that export --format safetensors wrote, got format "
              + metadata.get(SafetensorsExport.FORMAT_KEY));
    }
    String version = text(metadata, SafetensorsExport.VERSION_KEY);
    if (!version.startsWith(MAJOR_VERSION + ".")) {
      throw new ModelFormatException(
          "format_version must be " + MAJOR_VERSION + ".x, got " + version);
    }
  }

  private static String text(Map<String, String> metadata, String key) {
    String text = metadata.get(key);
    if (text == null) {
      throw new ModelFormatException("metadata must have the key " + key + ", got none");
    }
    return text;
  }

  private static JsonNode json(Map<String, String> metadata, String key) {
    try {
      return Json.mapper().readTree(text(metadata, key));
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(key + " must be JSON, got " + e.getOriginalMessage(), e);
    }
  }

  private static ModelConfig config(Map<String, String> metadata) {
    try {
      return Json.mapper().readValue(text(metadata, "model"), ModelConfig.class);
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(
          "model must be the settings of a network, got " + e.getOriginalMessage(), e);
    }
  }

  /** The columns of the vocabulary. */
  private static final class Columns {
    private int[] ids;
    private int[] fields;
    private long[] offsets;
    private byte[] bytes;

    boolean read(TensorHeader header, TensorInput in) throws IOException {
      switch (header.name()) {
        case "vocabulary.id" -> ids = array(int[].class, DataType.I32, header, in);
        case "vocabulary.field" -> fields = array(int[].class, DataType.I32, header, in);
        case "vocabulary.offset" -> offsets = array(long[].class, DataType.I64, header, in);
        case "vocabulary.value" -> bytes = array(byte[].class, DataType.U8, header, in);
        default -> {
          return false;
        }
      }
      return true;
    }

    private static <T> T array(Class<T> of, DataType type, TensorHeader header, TensorInput in)
        throws IOException {
      header.require(type, List.of(header.bytes() / type.bytes()));
      return of.cast(in.array(header));
    }

    Vocabulary vocabulary(FittedFields of, JsonNode description) {
      if (ids == null
          || fields == null
          || offsets == null
          || bytes == null
          || fields.length != ids.length
          || offsets.length != ids.length + 1
          || offsets[ids.length] != bytes.length) {
        throw new ModelFormatException("tensors must include those of the vocabulary");
      }
      ShortBuffer fieldOf = ShortBuffer.allocate(fields.length);
      for (int m : fields) {
        if (m < 0 || m >= of.fields().size()) {
          throw new ModelFormatException(
              "vocabulary.field must be one of " + of.fields().size() + " fields, got " + m);
        }
        fieldOf.put((short) m);
      }
      IntBuffer ends = IntBuffer.allocate(offsets.length);
      for (long offset : offsets) {
        if (offset < 0 || offset > bytes.length) {
          throw new ModelFormatException(
              "vocabulary.offset must be 0 to " + bytes.length + ", got " + offset);
        }
        ends.put((int) offset);
      }
      int[] missing = Json.wholes(description, "missing");
      VocabularyShard shard =
          new VocabularyShard(
              fieldOf.flip(), IntBuffer.wrap(ids), ends.flip(), ByteBuffer.wrap(bytes));
      return new Vocabulary(
          of.specs().stream().map(FieldSpec::name).toList(),
          Json.whole(description, "oov_buckets"),
          missing,
          of.hashBuckets(),
          List.of(shard));
    }
  }
}
