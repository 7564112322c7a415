package io.destine.spark.encode;

import io.destine.artifact.VocabularyFile;
import io.destine.artifact.VocabularyIndex;
import io.destine.feature.FieldSpec;
import io.destine.feature.Vocabulary;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The ids of a stored vocabulary and their entries, as in {@link Vocabulary#entry}. Tasks read one
 * file each, and generate the ids of missing and unknown values and of the buckets of hashes and
 * label rates.
 */
public final class VocabularyIds {
  /** Approximate number of reserved ids that a task generates. */
  private static final int IDS_OF_A_TASK = 1 << 20;

  private VocabularyIds() {}

  /**
   * An id.
   *
   * @param id from 0 to V - 1
   * @param entry its meaning
   * @param count occurrences of the value in the training rows from which it got its id; -1 for an
   *     id without a value
   */
  public record Id(int id, Vocabulary.Entry entry, long count) implements Serializable {
    private static final long serialVersionUID = 1;
  }

  /**
   * A range of the reserved ids of a field, which begin with the id of the missing value.
   *
   * @param from the first of them
   * @param to the last one plus 1
   * @param missing the id of the missing value
   * @param rest meaning of the others
   */
  private record Reserved(String field, int from, int to, int missing, Vocabulary.Use rest)
      implements Serializable {
    private static final long serialVersionUID = 1;

    Iterator<Id> ids() {
      return IntStream.range(from, to).mapToObj(this::id).iterator();
    }

    private Id id(int id) {
      Vocabulary.Use use = id == missing ? Vocabulary.Use.MISSING : rest;
      return new Id(id, new Vocabulary.Entry(field, use, null), -1);
    }
  }

  /** All ids, each once, in no particular order. */
  public static JavaRDD<Id> of(JavaSparkContext context, StoredVocabulary vocabulary) {
    List<String> names = vocabulary.fields().specs().stream().map(FieldSpec::name).toList();
    List<Reserved> reserved = reserved(names, vocabulary);
    List<VocabularyIndex.Part> files = vocabulary.files();
    String directory = vocabulary.directory();
    SerializableConfiguration hadoop = new SerializableConfiguration(context.hadoopConfiguration());
    JavaRDD<Id> values =
        context
            .parallelize(files, Math.max(1, files.size()))
            .flatMap(
                part -> values(new VocabularyPart(part).read(hadoop.value(), directory), names));
    long count = reserved.stream().mapToLong(ids -> ids.to() - ids.from()).sum();
    return context
        .parallelize(reserved, (int) (count / IDS_OF_A_TASK) + 1)
        .flatMap(Reserved::ids)
        .union(values);
  }

  private static Iterator<Id> values(VocabularyFile.Values values, List<String> names) {
    return IntStream.range(0, values.count()).mapToObj(i -> value(values, i, names)).iterator();
  }

  private static Id value(VocabularyFile.Values values, int i, List<String> names) {
    int from = values.offsets()[i];
    int length = values.offsets()[i + 1] - from;
    String value = new String(values.bytes(), from, length, StandardCharsets.UTF_8);
    String field = names.get(values.fieldOf()[i]);
    return new Id(
        values.ids()[i],
        new Vocabulary.Entry(field, Vocabulary.Use.VALUE, value),
        values.counts()[i]);
  }

  /** Fields that share ids use the ids of the first one. */
  private static List<Reserved> reserved(List<String> names, StoredVocabulary vocabulary) {
    int[] missing = vocabulary.missing();
    int[] hashed = vocabulary.fields().hashBuckets();
    List<Reserved> reserved = new ArrayList<>();
    Set<Integer> taken = new HashSet<>();
    for (int m = 0; m < missing.length; m++) {
      if (missing[m] < 0 || !taken.add(missing[m])) {
        continue;
      }
      Vocabulary.Use rest = hashed[m] > 0 ? Vocabulary.Use.HASHED : Vocabulary.Use.OOV;
      int end = missing[m] + 1 + (hashed[m] > 0 ? hashed[m] : vocabulary.oovBuckets());
      for (int from = missing[m]; from < end; from += IDS_OF_A_TASK) {
        int to = Math.min(end, from + IDS_OF_A_TASK);
        reserved.add(new Reserved(names.get(m), from, to, missing[m], rest));
      }
    }
    return reserved;
  }
}
