package io.destine.spark.encode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.spark.store.OutputKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The manifest of a data set as JSON. */
final class ManifestFormat {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VERSION = 1;

  private ManifestFormat() {}

  static String write(DataSetManifest manifest) {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", OutputKind.DATA_SET_FORMAT);
    root.put("format_version", VERSION);
    root.put("fingerprint", manifest.fingerprint());
    root.put("vocabulary_fingerprint", manifest.vocabularyFingerprint());
    root.put("encoding_fingerprint", manifest.encodingFingerprint());
    root.put("vocabulary_size", manifest.vocabularySize());
    root.put("logical_partitions", manifest.logicalPartitions());
    root.put("quarantined", manifest.quarantined());
    ObjectNode rows = root.putObject("rows");
    for (Split split : Split.values()) {
      rows.put(split.key(), manifest.rows(split));
    }
    ArrayNode warnings = root.putArray("warnings");
    manifest.warnings().forEach(warnings::add);
    ArrayNode fields = root.putArray("fields");
    for (FieldShape field : manifest.fields().fields()) {
      fields
          .addObject()
          .put("name", field.name())
          .put("kind", field.kind().name().toLowerCase(Locale.ROOT))
          .put("length", field.length());
    }
    counts(root.putObject("rows_by_partition"), manifest.rowsByPartition());
    counts(root.putObject("positives_by_partition"), manifest.positivesByPartition());
    return root.toPrettyString();
  }

  static DataSetManifest read(String json, String path) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(path + ": must be JSON, got " + e.getOriginalMessage(), e);
    }
    if (root.path("format_version").asInt() != VERSION) {
      throw new IllegalArgumentException(
          path + ": format_version must be " + VERSION + ", got " + root.path("format_version"));
    }
    List<FieldShape> fields = new ArrayList<>();
    for (JsonNode node : root.path("fields")) {
      fields.add(
          new FieldShape(
              node.path("name").asText(),
              FieldShape.Kind.valueOf(node.path("kind").asText().toUpperCase(Locale.ROOT)),
              node.path("length").asInt()));
    }
    List<String> warnings = new ArrayList<>();
    root.path("warnings").forEach(node -> warnings.add(node.asText()));
    return new DataSetManifest(
        new FieldLayout(fields),
        root.path("vocabulary_size").asInt(),
        root.path("logical_partitions").asInt(),
        counts(root.path("rows_by_partition")),
        counts(root.path("positives_by_partition")),
        root.path("quarantined").asLong(),
        root.path("fingerprint").asText(),
        root.path("vocabulary_fingerprint").asText(),
        root.path("encoding_fingerprint").asText(),
        warnings);
  }

  private static void counts(ObjectNode node, Map<Split, int[]> counts) {
    for (Split split : Split.values()) {
      ArrayNode array = node.putArray(split.key());
      for (int count : counts.get(split)) {
        array.add(count);
      }
    }
  }

  private static Map<Split, int[]> counts(JsonNode node) {
    Map<Split, int[]> counts = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      JsonNode array = node.path(split.key());
      int[] values = new int[array.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = array.get(i).asInt();
      }
      counts.put(split, values);
    }
    return counts;
  }
}
