package io.destine.spark.encode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.spark.conf.Sampling;
import io.destine.spark.conf.UserError;
import io.destine.spark.source.TableSnapshot;
import io.destine.spark.store.OutputKind;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The manifest of a data set as JSON. */
final class ManifestFormat {
  private static final ObjectMapper JSON = new ObjectMapper();
  static final int VERSION = 3;

  private ManifestFormat() {}

  static String write(DataSetManifest manifest) {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", OutputKind.DATA_SET_FORMAT);
    root.put("format_version", VERSION);
    root.put("fingerprint", manifest.fingerprint());
    root.put("vocabulary_fingerprint", manifest.vocabularyFingerprint());
    root.put("vocabulary_sha256", manifest.vocabularySha256());
    manifest.grownFrom().ifPresent(sha256 -> root.put("vocabulary_grown_from", sha256));
    root.put("encoding_fingerprint", manifest.encodingFingerprint());
    manifest.snapshot().ifPresent(snapshot -> snapshot.putInto(root.putObject("source")));
    root.put("vocabulary_size", manifest.vocabularySize());
    root.put("quarantined", manifest.quarantined());
    root.put("negatives", manifest.sampling().negatives());
    root.put("positive_weight", manifest.sampling().positiveWeight());
    root.put("dropped", manifest.dropped());
    ObjectNode rows = root.putObject("rows");
    for (Split split : Split.values()) {
      rows.put(split.key(), manifest.rows(split));
    }
    if (!manifest.tables().isEmpty()) {
      ArrayNode tables = root.putArray("side_tables");
      manifest.tables().forEach(tables::add);
    }
    ArrayNode warnings = root.putArray("warnings");
    manifest.warnings().forEach(warnings::add);
    ColumnChoice.putInto(root, manifest.columns());
    manifest.found().putInto(root);
    put(root.putArray("fields"), manifest.fields());
    if (!manifest.stored().fields().equals(manifest.fields().fields())) {
      put(root.putArray("stored"), manifest.stored());
    }
    ObjectNode blocks = root.putObject("blocks");
    for (Split split : Split.values()) {
      ArrayNode list = blocks.putArray(split.key());
      for (Block block : manifest.blocks(split)) {
        list.addArray()
            .add(block.rows())
            .add(block.positives())
            .add(block.file())
            .add(block.offset())
            .add(block.bytes())
            .add(block.check());
      }
    }
    return root.toPrettyString();
  }

  /**
   * Reads a manifest.
   *
   * @throws UserError if it is damaged or has another version
   */
  static DataSetManifest read(String json, String path) {
    try {
      JsonNode root = JSON.readTree(json);
      JsonNode version = root.path("format_version");
      if (version.isMissingNode()) {
        throw damaged(path, "it has no format_version");
      }
      if (version.asInt() != VERSION) {
        throw new UserError(
            path
                + " belongs to an encoded data set of format version "
                + version
                + ", but this program reads version "
                + VERSION
                + "; encode the rows again");
      }
      return manifest(root);
    } catch (JsonProcessingException e) {
      throw damaged(path, e.getOriginalMessage());
    } catch (IllegalArgumentException | DateTimeException e) {
      throw damaged(path, e.getMessage());
    }
  }

  private static UserError damaged(String path, String reason) {
    return new UserError(
        path
            + " is damaged: "
            + reason
            + "; remove the data set's directory, and its rows are encoded again");
  }

  private static DataSetManifest manifest(JsonNode root) {
    List<String> tables = new ArrayList<>();
    root.path("side_tables").forEach(node -> tables.add(node.asText()));
    List<String> warnings = new ArrayList<>();
    root.path("warnings").forEach(node -> warnings.add(node.asText()));
    return new DataSetManifest(
        layout(root.path("fields")),
        layout(root.path(root.has("stored") ? "stored" : "fields")),
        root.path("vocabulary_size").asInt(),
        blocks(root.path("blocks")),
        root.path("quarantined").asLong(),
        new Sampling(root.path("negatives").asDouble(1), root.path("positive_weight").asDouble(1)),
        root.path("dropped").asLong(),
        root.path("fingerprint").asText(),
        root.path("vocabulary_fingerprint").asText(),
        root.path("vocabulary_sha256").asText(),
        Optional.ofNullable(root.path("vocabulary_grown_from").asText(null)),
        root.path("encoding_fingerprint").asText(),
        snapshot(root.path("source")),
        tables,
        warnings,
        ColumnChoice.ofJson(root.path("columns")),
        FoundCrosses.ofJson(root));
  }

  private static void put(ArrayNode fields, FieldLayout layout) {
    for (FieldShape field : layout.fields()) {
      fields
          .addObject()
          .put("name", field.name())
          .put("kind", field.kind().name().toLowerCase(Locale.ROOT))
          .put("length", field.length());
    }
  }

  private static FieldLayout layout(JsonNode list) {
    List<FieldShape> fields = new ArrayList<>();
    for (JsonNode node : list) {
      fields.add(
          new FieldShape(
              node.path("name").asText(),
              FieldShape.Kind.valueOf(node.path("kind").asText().toUpperCase(Locale.ROOT)),
              node.path("length").asInt()));
    }
    return new FieldLayout(fields);
  }

  private static Optional<TableSnapshot> snapshot(JsonNode source) {
    return source.isObject()
        ? Optional.of(
            new TableSnapshot(
                source.path("table").asText(),
                source.path("snapshot").asText(),
                Instant.parse(source.path("committed_at").asText())))
        : Optional.empty();
  }

  private static Map<Split, List<Block>> blocks(JsonNode node) {
    Map<Split, List<Block>> blocks = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      List<Block> list = new ArrayList<>();
      for (JsonNode block : node.path(split.key())) {
        list.add(
            new Block(
                block.path(0).asInt(),
                block.path(1).asInt(),
                block.path(2).asInt(),
                block.path(3).asLong(),
                block.path(4).asInt(),
                block.path(5).asInt()));
      }
      blocks.put(split, list);
    }
    return blocks;
  }
}
