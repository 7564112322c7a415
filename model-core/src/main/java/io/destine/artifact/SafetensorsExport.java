package io.destine.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.model.Destine;
import io.destine.param.ModelValues;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A model in one safetensors file, for programs that are to read no more than that: all tensors
 * under their names, {@code vocabulary.id}, {@code .field} (I32, [n]), {@code .offset} (I64, [n +
 * 1]) and {@code .value} (U8, UTF-8), and in {@code __metadata__} what they mean, as JSON.
 */
public final class SafetensorsExport {
  static final String FORMAT = "destine-safetensors";
  static final String FORMAT_KEY = "format";

  static final String VERSION_KEY = "format_version";

  /** Enough for the header of any file that {@link #write} writes. */
  private static final int MOST_HEADER_BYTES = 100_000_000;

  private SafetensorsExport() {}

  /**
   * Writes a model. Does not close the stream.
   *
   * @param manifestSha256 of the model directory's manifest
   * @param verification rows with their probabilities, as the model has them
   */
  public static void write(
      OutputStream out,
      Destine network,
      Parameters parameters,
      FittedFields fields,
      Vocabulary vocabulary,
      String manifestSha256,
      Optional<String> verification)
      throws IOException {
    List<TensorData> tensors = new ArrayList<>(ModelWriter.flat(ModelValues.of(parameters, null)));
    int rows = parameters.rows();
    tensors.add(new TableTensor(ParameterLayout.EMBEDDING, parameters.embedding(), 0, rows));
    if (parameters.wide() != null) {
      tensors.add(new TableTensor(ParameterLayout.WIDE, parameters.wide(), 0, rows));
    }
    tensors.addAll(VocabularyTensor.all(vocabulary));
    Map<String, String> metadata = new HashMap<>();
    metadata.put(FORMAT_KEY, FORMAT);
    metadata.put(VERSION_KEY, "1.0");
    metadata.put("manifest_sha256", manifestSha256);
    metadata.put("model", json(network.config()));
    metadata.put("fields", fields.toJson());
    metadata.put("vocabulary_fingerprint", vocabulary.fingerprint());
    verification.ifPresent(text -> metadata.put("verification", text));
    metadata.put("vocabulary", json(description(fields, vocabulary)));
    SafetensorsWriter.write(out, tensors, metadata);
  }

  private static Map<String, Object> description(FittedFields fields, Vocabulary vocabulary) {
    List<Integer> missing = new ArrayList<>();
    for (int m = 0; m < fields.fields().size(); m++) {
      missing.add(vocabulary.missing(m));
    }
    Map<String, Object> description = new TreeMap<>();
    description.put("size", vocabulary.size());
    description.put("oov_buckets", vocabulary.oovBuckets());
    description.put("missing", missing);
    description.put("hash_buckets", fields.hashBuckets());
    description.put("fields", fields.specs().stream().map(FieldSpec::name).toList());
    return description;
  }

  private static String json(Object value) throws JsonProcessingException {
    return Json.mapper().writeValueAsString(value);
  }

  /** True when the stream begins as a file that {@link #write} wrote. */
  public static boolean isOwn(InputStream in) throws IOException {
    byte[] length = in.readNBytes(Long.BYTES);
    if (length.length < Long.BYTES) {
      return false;
    }
    long bytes = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (bytes < 2 || bytes > MOST_HEADER_BYTES) {
      return false;
    }
    try {
      return Json.mapper()
          .readTree(in.readNBytes((int) bytes))
          .path(SafetensorsWriter.METADATA)
          .path(FORMAT_KEY)
          .asText()
          .equals(FORMAT);
    } catch (JsonProcessingException e) {
      return false;
    }
  }
}
