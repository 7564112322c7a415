package io.destine.spark.encode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.artifact.VocabularyFile;
import io.destine.feature.ByteHash;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyDigest;
import io.destine.feature.VocabularyShard;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * A directory that holds a vocabulary: files of values by ranges of their hashes ({@link
 * VocabularyFile}), {@code _fields.json} with the fitted fields, {@code _vocabulary.json} with its
 * size, reserved ids, fingerprint and files. Cheap to ship; {@link #load} opens the files once per
 * JVM, all cores at once, and leaves the values outside its heap. Vocabularies that version 0.1.0
 * wrote as Parquet are read as well.
 */
public final class StoredVocabulary implements Serializable {
  private static final long serialVersionUID = 1;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VERSION = 3;

  /**
   * What vocabularies have that know a value of every id: programs that do not know 3 read them.
   */
  private static final int WITHOUT_HASH_BUCKETS = 2;

  private static final int KEPT = 2;
  private static final Map<String, Vocabulary> LOADED = new LinkedHashMap<>();

  private final SerializableConfiguration hadoop;
  private final String directory;
  private final FittedFields fields;
  private final int oovBuckets;
  private final int size;
  private final String fingerprint;
  private final int[] missing;

  private final int[] values;

  /** Null for a vocabulary that is stored as Parquet. */
  private final List<VocabularyPart> parts;

  /** Counts of values without an id, by day. */
  private final List<VocabularyPart> pending;

  private StoredVocabulary(
      Configuration hadoop, String directory, FittedFields fields, JsonNode json) {
    this.hadoop = new SerializableConfiguration(hadoop);
    this.directory = directory;
    this.fields = fields;
    oovBuckets = json.path("oov_buckets").asInt();
    size = json.path("size").asInt();
    fingerprint = json.path("fingerprint").asText();
    pending = VocabularyPart.of(json.path("pending"));
    if (json.has("format_version")) {
      missing = ints(json.path("missing"));
      values = json.has("values") ? ints(json.path("values")) : null;
      parts = VocabularyPart.of(json.path("files"));
    } else {
      missing = null;
      values = null;
      parts = null;
    }
  }

  private static int[] ints(JsonNode array) {
    int[] ints = new int[array.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = array.path(i).asInt();
    }
    return ints;
  }

  /**
   * The vocabulary in the directory.
   *
   * @throws UncheckedIOException when there is none
   */
  public static StoredVocabulary open(Configuration hadoop, String directory) {
    DataFiles files = new DataFiles(hadoop);
    FittedFields fields = FittedFields.ofJson(files.read(directory + "/_fields.json"));
    String file = directory + "/_vocabulary.json";
    try {
      JsonNode json = JSON.readTree(files.read(file));
      int version = json.path("format_version").asInt(1);
      if (version > VERSION) {
        throw new IllegalArgumentException(
            file + ": format_version must be at most " + VERSION + ", got " + version);
      }
      return new StoredVocabulary(hadoop, directory, fields, json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + ": must be JSON, got " + e.getOriginalMessage(), e);
    }
  }

  /** Completes a directory that holds the files of values only, and opens it. */
  static StoredVocabulary complete(
      Configuration hadoop,
      String directory,
      FittedFields fields,
      IdPlan plan,
      List<NumberedShard.Part> parts,
      List<NumberedShard.Part> pending) {
    byte[][] ranges = new byte[VocabularyDigest.RANGES][];
    ObjectNode json = JSON.createObjectNode();
    int[] hashBuckets = fields.hashBuckets();
    boolean hashed = Arrays.stream(hashBuckets).anyMatch(n -> n > 0);
    json.put("format_version", hashed ? VERSION : WITHOUT_HASH_BUCKETS);
    json.put("size", plan.size());
    json.put("oov_buckets", plan.oovBuckets());
    ArrayNode missing = json.putArray("missing");
    for (int id : plan.missing()) {
      missing.add(id);
    }
    if (hashed) {
      ArrayNode buckets = json.putArray("hash_buckets");
      for (int count : hashBuckets) {
        buckets.add(count);
      }
    }
    ArrayNode values = json.putArray("values");
    for (long count : plan.values()) {
      values.add(count);
    }
    ArrayNode list = json.putArray("files");
    for (NumberedShard.Part part : parts) {
      describe(list, part);
      for (int r = 0; r < ranges.length; r++) {
        ranges[r] = part.ranges()[r] == null ? ranges[r] : part.ranges()[r];
      }
    }
    if (!pending.isEmpty()) {
      ArrayNode counts = json.putArray("pending");
      pending.forEach(part -> describe(counts, part));
    }
    List<String> names = fields.specs().stream().map(FieldSpec::name).toList();
    json.put(
        "fingerprint",
        VocabularyDigest.fingerprint(
            names, plan.missing(), plan.oovBuckets(), hashBuckets, ranges));
    DataFiles files = new DataFiles(hadoop);
    files.write(directory + "/_fields.json", fields.toJson());
    files.write(directory + "/_vocabulary.json", json.toPrettyString());
    return open(hadoop, directory);
  }

  private static void describe(ArrayNode list, NumberedShard.Part part) {
    list.addObject()
        .put("name", part.name())
        .put("values", part.values())
        .put("sha256", part.sha256());
  }

  /** What tells apart the counts of values without an id; "" when there are none. */
  String pendingFingerprint() {
    return pending.stream().map(VocabularyPart::sha256).collect(Collectors.joining());
  }

  /**
   * The counts of values without an id of the days of a window, as packets for the shards of a
   * vocabulary that grows from this one.
   */
  JavaPairRDD<Integer, byte[]> pendingPackets(
      JavaSparkContext context, int shardBits, CountWindow window) {
    String where = directory;
    Broadcast<SerializableConfiguration> access = context.broadcast(hadoop);
    return context
        .parallelize(pending, Math.max(1, pending.size()))
        .flatMapToPair(
            part -> {
              VocabularyFile.Values values = part.read(access.value().value(), where);
              return packets(values, shardBits, MergedShard.PENDING, date -> window.keeps(date));
            });
  }

  /** Where the files are. */
  public String directory() {
    return directory;
  }

  /** The fitted fields. */
  public FittedFields fields() {
    return fields;
  }

  /** V, the number of ids. */
  public int size() {
    return size;
  }

  /** Ids per field for rare or unseen values. */
  public int oovBuckets() {
    return oovBuckets;
  }

  /** {@link Vocabulary#fingerprint}, or what version 0.1.0 took for it. */
  public String fingerprint() {
    return fingerprint;
  }

  /** [fields] ids of missing values, -1 for fields without ids. */
  int[] missing() {
    if (missing != null) {
      return missing.clone();
    }
    Vocabulary loaded = load();
    int[] ids = new int[loaded.fields().size()];
    for (int m = 0; m < ids.length; m++) {
      ids[m] = loaded.missing(m);
    }
    return ids;
  }

  /** [fields] values that have ids of their own; none of a field with hash buckets. */
  public int[] valuesByField() {
    return values == null ? load().valuesByField() : values.clone();
  }

  /**
   * The first ids of each field's values, which were the most frequent when the vocabulary was
   * made. Without reading the values.
   *
   * @return [fields] ids in ascending order, at most {@code most} of each field
   */
  int[][] firstIds(int most) {
    if (values == null) {
      return load().firstValues(most);
    }
    int[][] ids = new int[missing.length][0];
    for (int m = 0; m < ids.length; m++) {
      if (missing[m] >= 0 && values[m] > 0) {
        int from = missing[m] + 1 + oovBuckets;
        int own = missing[m];
        int end = Arrays.stream(missing).filter(id -> id > own).min().orElse(size);
        int count = Math.min(most, Math.min(values[m], end - from));
        ids[m] = IntStream.range(from, from + count).toArray();
      }
    }
    return ids;
  }

  /** The encoder of this vocabulary. */
  public FeatureEncoder encoder() {
    return new FeatureEncoder(fields, load());
  }

  /**
   * The vocabulary, copied to this machine's disk and mapped into memory at the first call in this
   * JVM.
   *
   * @throws IllegalArgumentException when the files are not those the fingerprint was taken of
   */
  public Vocabulary load() {
    synchronized (LOADED) {
      Vocabulary vocabulary = LOADED.get(fingerprint);
      if (vocabulary == null) {
        vocabulary = parts == null ? parquet().load() : read();
        if (LOADED.size() >= KEPT) {
          LOADED.remove(LOADED.keySet().iterator().next());
        }
        LOADED.put(fingerprint, vocabulary);
      }
      return vocabulary;
    }
  }

  private ParquetVocabulary parquet() {
    return new ParquetVocabulary(hadoop.value(), directory, fields, oovBuckets);
  }

  Vocabulary read() {
    VocabularyShard[] shards = new VocabularyShard[parts.size()];
    IntStream.range(0, shards.length)
        .parallel()
        .forEach(s -> shards[s] = parts.get(s).map(hadoop.value(), directory));
    List<String> names = fields.specs().stream().map(FieldSpec::name).toList();
    Vocabulary vocabulary =
        new Vocabulary(names, oovBuckets, missing, fields.hashBuckets(), List.of(shards));
    if (vocabulary.size() != size) {
      throw new IllegalArgumentException(
          "vocabulary " + directory + ": ids must be " + size + ", got " + vocabulary.size());
    }
    return vocabulary;
  }

  /**
   * All values, as packets for the shards of a vocabulary that grows from this one.
   *
   * @param shardBits highest bits of a value's hash, which tell its shard
   */
  JavaPairRDD<Integer, byte[]> packets(JavaSparkContext context, int shardBits) {
    if (parts == null) {
      return context.parallelizePairs(parquet().packets(shardBits), 1);
    }
    String where = directory;
    Broadcast<SerializableConfiguration> access = context.broadcast(hadoop);
    return context
        .parallelize(parts, Math.max(1, parts.size()))
        .flatMapToPair(part -> packets(part.read(access.value().value(), where), shardBits));
  }

  static Iterator<Tuple2<Integer, byte[]>> packets(VocabularyFile.Values values, int shardBits) {
    return packets(values, shardBits, MergedShard.EARLIER, date -> true);
  }

  /**
   * Packets of values.
   *
   * @param kind what the values are, the first number of a packet
   * @param dates which of the values with a date are taken
   */
  private static Iterator<Tuple2<Integer, byte[]>> packets(
      VocabularyFile.Values values, int shardBits, int kind, Predicate<String> dates) {
    PacketWriter[] writers = new PacketWriter[1 << shardBits];
    Set<Integer> left = new HashSet<>();
    for (int day = 0; day < values.dates().size(); day++) {
      if (!dates.test(values.dates().get(day))) {
        left.add(day);
      }
    }
    for (int i = 0; i < values.count(); i++) {
      if (left.contains(values.firstSeen()[i])) {
        continue;
      }
      int from = values.offsets()[i];
      int length = values.offsets()[i + 1] - from;
      int m = values.fieldOf()[i];
      int s = ChunkValues.shard(ByteHash.of(m, values.bytes(), from, length), writers.length);
      if (writers[s] == null) {
        writers[s] = new PacketWriter();
        writers[s].number(kind);
        writers[s].number(values.dates().size());
        for (String date : values.dates()) {
          byte[] text = date.getBytes(StandardCharsets.UTF_8);
          writers[s].array(text, 0, text.length);
        }
      }
      writers[s].number(m);
      writers[s].number(values.ids()[i]);
      writers[s].number(values.counts()[i]);
      writers[s].number(1 + values.firstSeen()[i]);
      writers[s].array(values.bytes(), from, length);
    }
    return Packets.of(writers);
  }
}
