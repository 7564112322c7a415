package io.destine.spark.encode;

import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.artifact.VocabularyFile;
import io.destine.artifact.VocabularyIndex;
import io.destine.feature.ByteHash;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.SideTables;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyDigest;
import io.destine.feature.VocabularyShard;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * A directory that holds a vocabulary: files of values by ranges of their hashes ({@link
 * VocabularyFile}), {@code _fields.json} with the fitted fields, {@code _vocabulary.json} with its
 * size, reserved ids, fingerprint and files. Cheap to serialise; {@link #load} opens the files once
 * per JVM, with all cores in parallel, and keeps the values outside the heap.
 */
public final class StoredVocabulary implements Serializable {
  private static final long serialVersionUID = 1;

  /** By fingerprint. The garbage collector may reclaim unused ones; they are then read again. */
  private static final Map<String, SoftReference<Vocabulary>> LOADED = new ConcurrentHashMap<>();

  /** By SHA-256 of the vocabulary. */
  private static final Map<String, SoftReference<SideTables>> TABLES = new ConcurrentHashMap<>();

  private final SerializableConfiguration hadoop;
  private final String directory;

  /** The directory of the files of keys and of rows of side tables. */
  private final String tablesDirectory;

  private final FittedFields fields;
  private final VocabularyIndex index;
  private final String sha256;

  private StoredVocabulary(
      Configuration hadoop,
      String directory,
      String tablesDirectory,
      FittedFields fields,
      VocabularyIndex index,
      String sha256) {
    this.hadoop = new SerializableConfiguration(hadoop);
    this.directory = directory;
    this.tablesDirectory = tablesDirectory;
    this.fields = fields;
    this.index = index;
    this.sha256 = sha256;
  }

  /**
   * The vocabulary in the directory.
   *
   * @throws UncheckedIOException if there is none
   * @throws ModelFormatException if it is damaged, naming the file
   */
  public static StoredVocabulary open(Configuration hadoop, String directory) {
    DataFiles files = new DataFiles(hadoop);
    String fieldsFile = directory + "/_fields.json";
    String fields = files.read(fieldsFile);
    String file = directory + "/" + VocabularyIndex.FILE;
    String index = files.read(file);
    MessageDigest sha = NumberedShard.sha256();
    sha.update(fields.getBytes(StandardCharsets.UTF_8));
    sha.update(index.getBytes(StandardCharsets.UTF_8));
    FittedFields fitted;
    try {
      fitted = FittedFields.ofJson(fields);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(fieldsFile + ": " + e.getMessage(), e);
    }
    try {
      return new StoredVocabulary(
          hadoop,
          directory,
          directory,
          fitted,
          VocabularyIndex.ofJson(index),
          HexFormat.of().formatHex(sha.digest()));
    } catch (ModelFormatException e) {
      throw new ModelFormatException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * The vocabulary of a model.
   *
   * @param model reads the model, which is at another path while it is being replaced
   * @throws ModelFormatException if the vocabulary has another fingerprint than the manifest says
   */
  public static StoredVocabulary ofModel(Configuration hadoop, ModelReader model) {
    String directory = model.location() + "/vocabulary";
    StoredVocabulary vocabulary = open(hadoop, directory);
    if (!vocabulary.fingerprint().equals(model.manifest().vocabularyFingerprint())) {
      throw new ModelFormatException(
          directory + " is damaged: its fingerprint differs from the one in the manifest");
    }
    return vocabulary;
  }

  /**
   * SHA-256 of the vocabulary: of {@code _fields.json} and of {@code _vocabulary.json}, which
   * contains the digests of all other files.
   */
  public String sha256() {
    return sha256;
  }

  /**
   * Reads all files and checks their digests.
   *
   * @param expected required SHA-256 of the vocabulary
   * @throws IllegalArgumentException if it differs, or if a file is damaged, naming it
   */
  void verify(String expected) {
    if (!sha256.equals(expected)) {
      throw new IllegalArgumentException(
          "vocabulary " + directory + ": SHA-256 must be " + expected + ", got " + sha256);
    }
    index.allFiles().parallelStream()
        .forEach(part -> new VocabularyPart(part).verify(hadoop.value(), directory));
  }

  /**
   * The encoder, read from the current content of the files.
   *
   * @param expected required SHA-256 of the vocabulary
   * @throws IllegalArgumentException if it differs, or if a file is damaged
   */
  public FeatureEncoder readBack(String expected) {
    verify(expected);
    return new FeatureEncoder(fields, read(), readTables());
  }

  /** Writes the two JSON files of a directory that has all others, and opens it. */
  static StoredVocabulary complete(
      Configuration hadoop,
      String directory,
      FittedFields fields,
      IdPlan plan,
      List<NumberedShard.Part> parts,
      List<NumberedShard.Part> pending,
      List<VocabularyIndex.Part> keys,
      List<VocabularyIndex.Table> tables) {
    byte[][] ranges = new byte[VocabularyDigest.RANGES][];
    for (NumberedShard.Part part : parts) {
      for (int r = 0; r < ranges.length; r++) {
        ranges[r] = part.ranges()[r] == null ? ranges[r] : part.ranges()[r];
      }
    }
    List<String> names = fields.specs().stream().map(FieldSpec::name).toList();
    VocabularyIndex index =
        new VocabularyIndex(
            plan.size(),
            plan.oovBuckets(),
            plan.missing(),
            fields.hashBuckets(),
            Arrays.stream(plan.values()).mapToInt(Math::toIntExact).toArray(),
            VocabularyDigest.fingerprint(
                names, plan.missing(), plan.oovBuckets(), fields.hashBuckets(), ranges),
            parts.stream().map(NumberedShard.Part::described).toList(),
            pending.stream().map(NumberedShard.Part::described).toList(),
            keys,
            tables);
    DataFiles files = new DataFiles(hadoop);
    files.write(directory + "/_fields.json", fields.toJson());
    files.write(directory + "/" + VocabularyIndex.FILE, index.toJson());
    return open(hadoop, directory);
  }

  /**
   * The counts of values without an id on the earlier days of a window, as packets for the shards
   * of a vocabulary that extends this one.
   */
  JavaPairRDD<Integer, byte[]> pendingPackets(
      JavaSparkContext context, int shardBits, CountWindow window) {
    String where = directory;
    Broadcast<SerializableConfiguration> access = context.broadcast(hadoop);
    return context
        .parallelize(index.pending(), Math.max(1, index.pending().size()))
        .flatMapToPair(
            part -> {
              VocabularyFile.Values values =
                  new VocabularyPart(part).read(access.value().value(), where);
              return packets(
                  values,
                  shardBits,
                  MergedShard.PENDING,
                  date -> window.keeps(date),
                  ShardRates.Plan.NONE);
            });
  }

  /** The files of values. */
  List<VocabularyIndex.Part> files() {
    return index.files();
  }

  /** The directory of the files. */
  public String directory() {
    return directory;
  }

  /** The fitted fields. */
  public FittedFields fields() {
    return fields;
  }

  /** V, the number of ids. */
  public int size() {
    return index.size();
  }

  /** Number of ids per field for rare or unseen values. */
  public int oovBuckets() {
    return index.oovBuckets();
  }

  /**
   * Checks that a vocabulary that extends this one has the same number of OOV buckets.
   *
   * @param name of this vocabulary, for messages
   * @throws UserError if the number differs
   */
  public void requireOovBuckets(int buckets, String name) {
    if (buckets != oovBuckets()) {
      throw new UserError(
          "vocabulary.oov-buckets is "
              + buckets
              + ", but "
              + name
              + " has "
              + oovBuckets()
              + ", and it cannot change for existing ids; set it to "
              + oovBuckets()
              + " or train a new model");
    }
  }

  /** {@link Vocabulary#fingerprint}. */
  public String fingerprint() {
    return index.fingerprint();
  }

  /** [fields] ids of missing values, -1 for fields without ids. */
  public int[] missing() {
    return index.missing().clone();
  }

  /** [fields] number of values with their own ids; 0 for a field with hash buckets. */
  public int[] valuesByField() {
    return index.values().clone();
  }

  /**
   * The first ids of each field's values, which were the most frequent when the vocabulary was
   * built. Does not read the values.
   *
   * @return [fields] ids in ascending order, at most {@code most} of each field
   */
  int[][] firstIds(int most) {
    int[] missing = index.missing();
    int[] values = index.values();
    int[][] ids = new int[missing.length][0];
    for (int m = 0; m < ids.length; m++) {
      if (missing[m] >= 0 && values[m] > 0) {
        int from = missing[m] + 1 + index.oovBuckets();
        int own = missing[m];
        int end = Arrays.stream(missing).filter(id -> id > own).min().orElse(index.size());
        int count = Math.min(most, Math.min(values[m], end - from));
        ids[m] = IntStream.range(from, from + count).toArray();
      }
    }
    return ids;
  }

  /** The encoder of this vocabulary. */
  public FeatureEncoder encoder() {
    return new FeatureEncoder(fields, load(), sideTables());
  }

  /**
   * The side tables, copied to this machine's disk and mapped into memory at the first call in this
   * JVM; null when there are none.
   *
   * @throws IllegalArgumentException when a file is damaged
   */
  public SideTables sideTables() {
    if (index.tables().isEmpty()) {
      return null;
    }
    SideTables[] tables = new SideTables[1];
    TABLES.values().removeIf(loaded -> loaded.get() == null);
    TABLES.compute(
        sha256,
        (sha, loaded) -> {
          tables[0] = loaded == null ? null : loaded.get();
          if (tables[0] != null) {
            return loaded;
          }
          tables[0] = readTables();
          return new SoftReference<>(tables[0]);
        });
    return tables[0];
  }

  /**
   * The same with other rows of its side tables.
   *
   * @param files directory of the files of keys and rows
   */
  StoredVocabulary with(
      String files, List<VocabularyIndex.Part> keys, List<VocabularyIndex.Table> tables) {
    VocabularyIndex other =
        new VocabularyIndex(
            index.size(),
            index.oovBuckets(),
            index.missing(),
            index.hashBuckets(),
            index.values(),
            index.fingerprint(),
            index.files(),
            index.pending(),
            keys,
            tables);
    return new StoredVocabulary(
        hadoop.value(), directory, files, fields, other, JobConfig.sha256(other.toJson()));
  }

  /** Stored rows with the fields of side tables added, if there are any. */
  public EncodedBatch joined(EncodedBatch rows) {
    return index.tables().isEmpty() ? rows : sideTables().join(rows);
  }

  /**
   * The same for many rows, in several batches.
   *
   * @param most rows of each, if there are side tables
   */
  public JavaRDD<EncodedBatch> joined(JavaRDD<EncodedBatch> rows, int most) {
    return index.tables().isEmpty()
        ? rows
        : rows.flatMap(batch -> sideTables().joined(batch, most));
  }

  /** The same for many rows, with only the ids of the fields of side tables, without numbers. */
  public JavaRDD<EncodedBatch> joinedIds(JavaRDD<EncodedBatch> rows) {
    return index.tables().isEmpty() ? rows : rows.map(batch -> sideTables().joinIds(batch));
  }

  /** Whether keys and rows of the side tables are those of another vocabulary. */
  public boolean hasTablesOf(StoredVocabulary other) {
    return index.keys().equals(other.index.keys()) && index.tables().equals(other.index.tables());
  }

  /** Number of rows of each side table, by name. */
  public Map<String, Long> tableRows() {
    return index.tables().stream()
        .collect(
            Collectors.toMap(
                VocabularyIndex.Table::name,
                table -> table.parts().stream().mapToLong(VocabularyIndex.Part::values).sum()));
  }

  private SideTables readTables() {
    try {
      return index.sideTables(
          fields,
          part -> new VocabularyPart(part).map(hadoop.value(), tablesDirectory),
          part -> new VocabularyPart(part).mapRows(hadoop.value(), tablesDirectory));
    } catch (ModelFormatException e) {
      throw new IllegalArgumentException("vocabulary " + directory + ": " + e.getMessage(), e);
    }
  }

  /**
   * The vocabulary, copied to this machine's disk and mapped into memory at the first call in this
   * JVM.
   *
   * @throws IllegalArgumentException when a file is damaged
   */
  public Vocabulary load() {
    Vocabulary[] vocabulary = new Vocabulary[1];
    LOADED.values().removeIf(loaded -> loaded.get() == null);
    LOADED.compute(
        index.fingerprint(),
        (fingerprint, loaded) -> {
          vocabulary[0] = loaded == null ? null : loaded.get();
          if (vocabulary[0] != null) {
            return loaded;
          }
          vocabulary[0] = read();
          return new SoftReference<>(vocabulary[0]);
        });
    return vocabulary[0];
  }

  Vocabulary read() {
    List<VocabularyShard> shards =
        index.files().parallelStream()
            .map(part -> new VocabularyPart(part).map(hadoop.value(), directory))
            .toList();
    try {
      return index.vocabulary(fields, shards);
    } catch (ModelFormatException e) {
      throw new IllegalArgumentException("vocabulary " + directory + ": " + e.getMessage(), e);
    }
  }

  /**
   * All values, as packets for the shards of a vocabulary that extends this one.
   *
   * @param shardBits number of leading bits of a value's hash that select its shard
   */
  JavaPairRDD<Integer, byte[]> packets(JavaSparkContext context, int shardBits) {
    String where = directory;
    ShardRates.Plan rates = ShardRates.Plan.of(fields);
    Broadcast<SerializableConfiguration> access = context.broadcast(hadoop);
    return context
        .parallelize(index.files(), Math.max(1, index.files().size()))
        .flatMapToPair(
            part ->
                packets(
                    new VocabularyPart(part).read(access.value().value(), where),
                    shardBits,
                    MergedShard.EARLIER,
                    date -> true,
                    rates));
  }

  /**
   * Packets of values.
   *
   * @param kind kind of the values, the first number of a packet
   * @param dates selects values with a date
   * @param rates the fields with rates: the bucket follows a value of such a field
   */
  private static Iterator<Tuple2<Integer, byte[]>> packets(
      VocabularyFile.Values values,
      int shardBits,
      int kind,
      Predicate<String> dates,
      ShardRates.Plan rates) {
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
      if (rates.rates(m)) {
        writers[s].number(values.rates()[i]);
      }
    }
    return Packets.of(writers);
  }
}
