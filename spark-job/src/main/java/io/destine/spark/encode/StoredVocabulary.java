package io.destine.spark.encode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A directory that holds a vocabulary: Parquet files in order of ids, {@code _fields.json} with the
 * fitted fields, {@code _vocabulary.json} with its size and fingerprint. Cheap to ship; {@link
 * #load} reads the files once per JVM.
 */
public final class StoredVocabulary implements Serializable {
  private static final long serialVersionUID = 1;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int KEPT = 2;
  private static final Map<String, Vocabulary> LOADED = new LinkedHashMap<>();

  private final SerializableConfiguration hadoop;
  private final String directory;
  private final FittedFields fields;
  private final int oovBuckets;
  private final int size;
  private final String fingerprint;

  private StoredVocabulary(
      SerializableConfiguration hadoop,
      String directory,
      FittedFields fields,
      int oovBuckets,
      int size,
      String fingerprint) {
    this.hadoop = hadoop;
    this.directory = directory;
    this.fields = fields;
    this.oovBuckets = oovBuckets;
    this.size = size;
    this.fingerprint = fingerprint;
  }

  /**
   * The vocabulary in the directory.
   *
   * @throws UncheckedIOException when there is none
   */
  public static StoredVocabulary open(Configuration hadoop, String directory) {
    DataFiles files = new DataFiles(hadoop);
    FittedFields fields = FittedFields.ofJson(files.read(directory + "/_fields.json"));
    try {
      JsonNode node = JSON.readTree(files.read(directory + "/_vocabulary.json"));
      return new StoredVocabulary(
          new SerializableConfiguration(hadoop),
          directory,
          fields,
          node.path("oov_buckets").asInt(),
          node.path("size").asInt(),
          node.path("fingerprint").asText());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          directory + "/_vocabulary.json: must be JSON, got " + e.getOriginalMessage(), e);
    }
  }

  /** Completes a directory that holds the Parquet files only, and opens it. */
  static StoredVocabulary complete(
      Configuration hadoop, String directory, FittedFields fields, int oovBuckets) {
    DataFiles files = new DataFiles(hadoop);
    Vocabulary vocabulary = read(hadoop, directory, fields, oovBuckets);
    String fingerprint = vocabulary.fingerprint();
    remember(fingerprint, vocabulary);
    files.write(directory + "/_fields.json", fields.toJson());
    files.write(
        directory + "/_vocabulary.json",
        JSON.createObjectNode()
            .put("size", vocabulary.size())
            .put("oov_buckets", oovBuckets)
            .put("fingerprint", fingerprint)
            .toPrettyString());
    return open(hadoop, directory);
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

  /** {@link Vocabulary#fingerprint}. */
  public String fingerprint() {
    return fingerprint;
  }

  /** The encoder of this vocabulary. */
  public FeatureEncoder encoder() {
    return new FeatureEncoder(fields, load());
  }

  /**
   * The vocabulary, read at the first call in this JVM.
   *
   * @throws IllegalArgumentException when the files are not those the fingerprint was taken of
   */
  public Vocabulary load() {
    synchronized (LOADED) {
      Vocabulary vocabulary = LOADED.get(fingerprint);
      if (vocabulary == null) {
        vocabulary = read(hadoop.value(), directory, fields, oovBuckets);
        String found = vocabulary.fingerprint();
        if (!found.equals(fingerprint)) {
          throw new IllegalArgumentException(
              "vocabulary "
                  + directory
                  + ": fingerprint must be "
                  + fingerprint
                  + ", got "
                  + found);
        }
        remember(fingerprint, vocabulary);
      }
      return vocabulary;
    }
  }

  private static void remember(String fingerprint, Vocabulary vocabulary) {
    synchronized (LOADED) {
      if (LOADED.size() >= KEPT) {
        LOADED.remove(LOADED.keySet().iterator().next());
      }
      LOADED.put(fingerprint, vocabulary);
    }
  }

  private static Vocabulary read(
      Configuration hadoop, String directory, FittedFields fields, int oovBuckets) {
    List<String> names = fields.specs().stream().map(FieldSpec::name).toList();
    Vocabulary.Builder builder = Vocabulary.builder(names, oovBuckets);
    for (Path file : new DataFiles(hadoop).parquet(directory)) {
      try (ParquetReader<Group> reader =
          ParquetReader.builder(new GroupReadSupport(), file).withConf(hadoop).build()) {
        for (Group row = reader.read(); row != null; row = reader.read()) {
          add(builder, names, row, file);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
      }
    }
    return builder.build();
  }

  private static void add(Vocabulary.Builder builder, List<String> names, Group row, Path file) {
    int id = row.getInteger("id", 0);
    String kind = row.getString("kind", 0);
    int m = names.indexOf(row.getString("field", 0));
    if (m < 0) {
      throw new IllegalArgumentException(
          file + ": field must be one of " + names + ", got " + row.getString("field", 0));
    }
    if (kind.equals(Vocabulary.Use.OOV.key()) && id < builder.size()) {
      return;
    }
    if (id != builder.size()) {
      throw new IllegalArgumentException(
          file + ": next id must be " + builder.size() + ", got " + id);
    }
    if (kind.equals(Vocabulary.Use.MISSING.key())) {
      builder.reserve(m);
    } else {
      builder.add(m, row.getBinary("value", 0).getBytes());
    }
  }
}
