package io.destine.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyShard;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@value #FILE} says of a vocabulary: its size, reserved ids, fingerprint and files.
 *
 * @param size V, the number of ids
 * @param oovBuckets ids per field for rare or unseen values
 * @param missing [fields] ids of missing values, -1 for fields without ids
 * @param hashBuckets [fields] ids that all values of a field share by hash; 0 for other fields
 * @param values [fields] values with ids of their own
 * @param fingerprint {@link Vocabulary#fingerprint}
 * @param files values by ranges of their hashes, in order
 * @param pending counts of values without an id, by day
 */
public record VocabularyIndex(
    int size,
    int oovBuckets,
    int[] missing,
    int[] hashBuckets,
    int[] values,
    String fingerprint,
    List<Part> files,
    List<Part> pending)
    implements Serializable {
  /** Name of the file in the vocabulary's directory. */
  public static final String FILE = "_vocabulary.json";

  private static final int VERSION = 3;

  /**
   * What vocabularies have that know a value of every id: programs that do not know 3 read them.
   */
  private static final int WITHOUT_HASH_BUCKETS = 2;

  /**
   * A file of values, {@link VocabularyFile}.
   *
   * @param name in the vocabulary's directory
   * @param values that it holds
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
   * @throws ModelFormatException when they do not have as many ids, or an id or a field is out of
   *     range
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
      throw new ModelFormatException("ids must be " + size + ", got " + vocabulary.size());
    }
    return vocabulary;
  }

  /**
   * Reads the file's text.
   *
   * @throws ModelFormatException when it is no JSON, or a newer program wrote it
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
          "format_version must be " + WITHOUT_HASH_BUCKETS + " to " + VERSION + ", got " + version);
    }
    return new VocabularyIndex(
        Json.whole(json, "size"),
        Json.whole(json, "oov_buckets"),
        Json.wholes(json, "missing"),
        hashBuckets(json),
        Json.wholes(json, "values"),
        json.path("fingerprint").asText(),
        Part.of(json.path("files")),
        Part.of(json.path("pending")));
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
    json.put("format_version", hashed ? VERSION : WITHOUT_HASH_BUCKETS);
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
