package io.destine.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.SideTable;
import io.destine.feature.SideTables;
import io.destine.feature.TableContent;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyShard;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The content of {@value #FILE}: a vocabulary's size, reserved ids, fingerprint and files.
 *
 * @param size V, the number of ids
 * @param oovBuckets ids per field for rare or unseen values
 * @param missing [fields] ids of missing values, -1 for fields without ids
 * @param hashBuckets [fields] number of ids that the values of a field share, chosen by hash; 0 for
 *     other fields
 * @param values [fields] values with ids of their own
 * @param fingerprint {@link Vocabulary#fingerprint}
 * @param files values by ranges of their hashes, in order
 * @param pending counts of values without an id, by day
 * @param keys of side tables, by ranges of their hashes, in order, stored like values: the field is
 *     the index of the table, the id the row number; none without side tables
 * @param tables rows of side tables, in order
 */
public record VocabularyIndex(
    int size,
    int oovBuckets,
    int[] missing,
    int[] hashBuckets,
    int[] values,
    String fingerprint,
    List<Part> files,
    List<Part> pending,
    List<Part> keys,
    List<Table> tables)
    implements Serializable {
  /** Name of the file in the vocabulary's directory. */
  public static final String FILE = "_vocabulary.json";

  private static final int VERSION = 4;

  /**
   * Version of vocabularies without side tables, so that programs that do not know the next version
   * can read them.
   */
  private static final int WITHOUT_TABLES = 3;

  private static final int WITHOUT_HASH_BUCKETS = 2;

  /**
   * The rows of a side table.
   *
   * @param name of the table
   * @param rowsPerPart rows of each file but the last, which may have fewer
   * @param parts files, in order; {@link Part#values} is the number of rows of each
   */
  public record Table(String name, int rowsPerPart, List<Part> parts) implements Serializable {
    static List<Table> of(JsonNode list) {
      List<Table> tables = new ArrayList<>();
      for (JsonNode table : list) {
        tables.add(
            new Table(
                table.path("name").asText(),
                Json.whole(table, "rows_per_part"),
                Part.of(table.path("files"))));
      }
      return tables;
    }

    void describe(ArrayNode list) {
      ObjectNode node = list.addObject().put("name", name).put("rows_per_part", rowsPerPart);
      ArrayNode files = node.putArray("files");
      parts.forEach(part -> part.describe(files));
    }
  }

  /**
   * A file of values, {@link VocabularyFile}, or of rows of a side table, {@link TableContentFile}.
   *
   * @param name in the vocabulary's directory
   * @param values number of values or rows in it
   * @param sha256 of its bytes
   */
  public record Part(String name, int values, String sha256) implements Serializable {
    static List<Part> of(JsonNode list) {
      List<Part> parts = new ArrayList<>();
      for (JsonNode part : list) {
        parts.add(
            new Part(
                part.path("name").asText(),
                part.path("values").asInt(),
                part.path("sha256").asText()));
      }
      return parts;
    }

    void describe(ArrayNode list) {
      list.addObject().put("name", name).put("values", values).put("sha256", sha256);
    }
  }

  /**
   * The vocabulary of the given shards.
   *
   * @param shards of the files, in order
   * @throws ModelFormatException when they do not have {@code size} ids, or an id or a field is out
   *     of range
   */
  public Vocabulary vocabulary(FittedFields fields, List<VocabularyShard> shards) {
    List<String> names = fields.specs().stream().map(FieldSpec::name).toList();
    Vocabulary vocabulary;
    try {
      vocabulary = new Vocabulary(names, oovBuckets, missing, fields.hashBuckets(), shards);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException("vocabulary: " + e.getMessage(), e);
    }
    if (vocabulary.size() != size) {
      throw new ModelFormatException(
          "number of ids must be " + size + ", got " + vocabulary.size());
    }
    return vocabulary;
  }

  /** Reads a file of keys. */
  public interface KeyReader {
    VocabularyShard read(Part part);
  }

  /** Reads a file of rows of a side table. */
  public interface RowReader {
    TableContent.Part read(Part part);
  }

  /**
   * The side tables; null when there are none.
   *
   * @param keyReader of the files of keys; null if keys are not looked up
   * @throws ModelFormatException when the files do not fit
   */
  public SideTables sideTables(FittedFields fields, KeyReader keyReader, RowReader rowReader) {
    if (fields.tables().isEmpty()) {
      return null;
    }
    List<String> names = fields.tables().stream().map(SideTable::name).toList();
    List<String> found = tables.stream().map(Table::name).toList();
    if (!names.equals(found)) {
      throw new ModelFormatException("side tables must be " + names + ", got " + found);
    }
    List<TableContent> content = new ArrayList<>();
    for (int t = 0; t < names.size(); t++) {
      content.add(
          TableContentFile.table(
              fields.tableLayout(t),
              tables.get(t).rowsPerPart(),
              tables.get(t).parts().stream().map(rowReader::read).toList()));
    }
    return new SideTables(
        fields,
        keyReader == null ? List.of() : keys.stream().map(keyReader::read).toList(),
        content);
  }

  /** All files, in order. */
  public List<Part> allFiles() {
    List<Part> all = new ArrayList<>(files);
    all.addAll(pending);
    all.addAll(keys);
    tables.forEach(table -> all.addAll(table.parts()));
    return all;
  }

  /**
   * Reads the file's text.
   *
   * @throws ModelFormatException when it is not JSON, or a newer program wrote it
   */
  public static VocabularyIndex ofJson(String text) {
    JsonNode json;
    try {
      json = Json.mapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new ModelFormatException("must be JSON, got " + e.getOriginalMessage(), e);
    }
    int version = json.path("format_version").asInt(1);
    if (version < WITHOUT_HASH_BUCKETS || version > VERSION) {
      throw new ModelFormatException(
          "format_version must be "
              + WITHOUT_HASH_BUCKETS
              + " to "
              + VERSION
              + ", which this program reads, got "
              + version);
    }
    return new VocabularyIndex(
        Json.whole(json, "size"),
        Json.whole(json, "oov_buckets"),
        Json.wholes(json, "missing"),
        hashBuckets(json),
        Json.wholes(json, "values"),
        json.path("fingerprint").asText(),
        Part.of(json.path("files")),
        Part.of(json.path("pending")),
        Part.of(json.path("keys")),
        Table.of(json.path("tables")));
  }

  private static int[] hashBuckets(JsonNode json) {
    return json.has("hash_buckets")
        ? Json.wholes(json, "hash_buckets")
        : new int[json.path("missing").size()];
  }

  /** The file's text. */
  public String toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    boolean hashed = false;
    for (int count : hashBuckets) {
      hashed |= count > 0;
    }
    json.put(
        "format_version",
        !tables.isEmpty() ? VERSION : hashed ? WITHOUT_TABLES : WITHOUT_HASH_BUCKETS);
    json.put("size", size);
    json.put("oov_buckets", oovBuckets);
    put(json, "missing", missing);
    if (hashed) {
      put(json, "hash_buckets", hashBuckets);
    }
    put(json, "values", values);
    ArrayNode list = json.putArray("files");
    files.forEach(part -> part.describe(list));
    if (!pending.isEmpty()) {
      ArrayNode counts = json.putArray("pending");
      pending.forEach(part -> part.describe(counts));
    }
    if (!tables.isEmpty()) {
      ArrayNode ofKeys = json.putArray("keys");
      keys.forEach(part -> part.describe(ofKeys));
      ArrayNode ofTables = json.putArray("tables");
      tables.forEach(table -> table.describe(ofTables));
    }
    json.put("fingerprint", fingerprint);
    return json.toPrettyString();
  }

  private static void put(ObjectNode json, String name, int[] ints) {
    ArrayNode array = json.putArray(name);
    for (int i : ints) {
      array.add(i);
    }
  }
}
