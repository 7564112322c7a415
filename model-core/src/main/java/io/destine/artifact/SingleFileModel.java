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
  public static SingleFileModel read(InputStream in) throws IOException {
    SafetensorsReader reader = new SafetensorsReader(in);
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
    Parameters parameters =
        new Parameters(
            network.layout(),
            type == DataType.F32 ? Precision.FLOAT32 : Precision.FLOAT64,
            description.path("size").asInt());
    Columns columns = new Columns();
    Map<String, ParameterLayout.Tensor> expected = new HashMap<>();
    network.layout().tensors().forEach(tensor -> expected.put(tensor.name(), tensor));
    network.layout().statistics().forEach(tensor -> expected.put(tensor.name(), tensor));
    reader.read(
        (header, tensor) -> {
          if (!columns.read(header, tensor) && !table(parameters, header, tensor)) {
            flat(parameters, expected.remove(header.name()), type, header, tensor);
          }
        });
    if (!expected.isEmpty()) {
      throw new ModelFormatException("tensors must include " + expected.keySet());
    }
    parameters.changed();
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

  private static boolean table(Parameters parameters, TensorHeader header, TensorInput in)
      throws IOException {
    var table =
        header.name().equals(ParameterLayout.EMBEDDING)
            ? parameters.embedding()
            : header.name().equals(ParameterLayout.WIDE) ? parameters.wide() : null;
    if (table == null) {
      return false;
    }
    header.require(TableTensor.type(table), List.of((long) table.rows(), (long) table.width()));
    new TableTensor(header.name(), table, 0, table.rows()).read(in);
    return true;
  }

  private static void flat(
      Parameters parameters,
      ParameterLayout.Tensor tensor,
      DataType type,
      TensorHeader header,
      TensorInput in)
      throws IOException {
    if (tensor == null) {
      throw new ModelFormatException(
          "tensor " + header.name() + " is unknown to this program: a newer version wrote it");
    }
    header.require(type, tensor.shape().stream().map(Integer::longValue).toList());
    boolean statistic =
        parameters.layout().statistics().stream().anyMatch(t -> t.name().equals(tensor.name()));
    double[] into = statistic ? parameters.statistics() : parameters.dense();
    if (type == DataType.F32) {
      in.readFloatsWide(into, tensor.offset(), tensor.size());
    } else {
      in.readDoubles(into, tensor.offset(), tensor.size());
    }
  }

  /** The columns of the vocabulary. */
  private static final class Columns {
    private int[] ids;
    private int[] fields;
    private long[] offsets;
    private byte[] bytes;

    boolean read(TensorHeader header, TensorInput in) throws IOException {
      int count = Math.toIntExact(header.bytes() / header.type().bytes());
      switch (header.name()) {
        case "vocabulary.id" -> in.readInts(ids = new int[count]);
        case "vocabulary.field" -> in.readInts(fields = new int[count]);
        case "vocabulary.offset" -> in.readLongs(offsets = new long[count]);
        case "vocabulary.value" -> bytes = in.readBytes(count);
        default -> {
          return false;
        }
      }
      return true;
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
        fieldOf.put((short) m);
      }
      IntBuffer ends = IntBuffer.allocate(offsets.length);
      for (long offset : offsets) {
        ends.put((int) offset);
      }
      int[] missing = new int[of.fields().size()];
      for (int m = 0; m < missing.length; m++) {
        missing[m] = description.path("missing").path(m).asInt(-1);
      }
      VocabularyShard shard =
          new VocabularyShard(
              fieldOf.flip(), IntBuffer.wrap(ids), ends.flip(), ByteBuffer.wrap(bytes));
      return new Vocabulary(
          of.specs().stream().map(FieldSpec::name).toList(),
          description.path("oov_buckets").asInt(),
          missing,
          of.hashBuckets(),
          List.of(shard));
    }
  }
}
