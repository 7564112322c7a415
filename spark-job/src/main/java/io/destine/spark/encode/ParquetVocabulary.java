package io.destine.spark.encode;

import io.destine.artifact.VocabularyFile;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import scala.Tuple2;

/**
 * A vocabulary as version 0.1.0 stored it: Parquet files in order of ids with field, kind, value,
 * id, count and first_seen. Read in one thread.
 */
final class ParquetVocabulary {
  private final Configuration hadoop;
  private final String directory;
  private final List<String> names;
  private final int oovBuckets;

  ParquetVocabulary(Configuration hadoop, String directory, FittedFields fields, int oovBuckets) {
    this.hadoop = hadoop;
    this.directory = directory;
    this.oovBuckets = oovBuckets;
    names = fields.specs().stream().map(FieldSpec::name).toList();
  }

  private interface Sink {
    void accept(int m, Vocabulary.Use use, int id, Group row);
  }

  /** The vocabulary. */
  Vocabulary load() {
    VocabularyBuilder builder = Vocabulary.builder(names, oovBuckets);
    read(
        (m, use, id, row) -> {
          if (use == Vocabulary.Use.OOV && id < builder.size()) {
            return;
          }
          if (id != builder.size()) {
            throw new IllegalArgumentException(
                directory + ": next id must be " + builder.size() + ", got " + id);
          }
          if (use == Vocabulary.Use.MISSING) {
            builder.reserve(m);
          } else {
            builder.add(m, row.getBinary("value", 0).getBytes());
          }
        });
    return builder.build();
  }

  private void read(Sink sink) {
    for (Path file : new DataFiles(hadoop).parquet(directory)) {
      try (ParquetReader<Group> reader =
          ParquetReader.builder(new GroupReadSupport(), file).withConf(hadoop).build()) {
        for (Group row = reader.read(); row != null; row = reader.read()) {
          int m = names.indexOf(row.getString("field", 0));
          if (m < 0) {
            throw new IllegalArgumentException(
                file + ": field must be one of " + names + ", got " + row.getString("field", 0));
          }
          String kind = row.getString("kind", 0);
          Vocabulary.Use use =
              kind.equals(Vocabulary.Use.MISSING.key())
                  ? Vocabulary.Use.MISSING
                  : kind.equals(Vocabulary.Use.OOV.key())
                      ? Vocabulary.Use.OOV
                      : Vocabulary.Use.VALUE;
          sink.accept(m, use, row.getInteger("id", 0), row);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + file + ": " + e.getMessage(), e);
      }
    }
  }

  /** All values, as {@link StoredVocabulary#packets} gives them. */
  List<Tuple2<Integer, byte[]>> packets(int shardBits) {
    List<Integer> fields = new ArrayList<>();
    List<Integer> ids = new ArrayList<>();
    List<Long> counts = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    List<Integer> firstSeen = new ArrayList<>();
    List<String> dates = new ArrayList<>();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    read(
        (m, use, id, row) -> {
          if (use == Vocabulary.Use.VALUE) {
            fields.add(m);
            ids.add(id);
            counts.add(row.getFieldRepetitionCount("count") == 0 ? 0 : row.getLong("count", 0));
            String date =
                row.getFieldRepetitionCount("first_seen") == 0
                    ? null
                    : row.getString("first_seen", 0);
            if (date != null && !dates.contains(date)) {
              dates.add(date);
            }
            firstSeen.add(dates.indexOf(date));
            bytes.writeBytes(row.getBinary("value", 0).getBytes());
            ends.add(bytes.size());
          }
        });
    int n = ids.size();
    short[] fieldOf = new short[n];
    int[] offsets = new int[n + 1];
    for (int i = 0; i < n; i++) {
      fieldOf[i] = fields.get(i).shortValue();
      offsets[i + 1] = ends.get(i);
    }
    VocabularyFile.Values values =
        new VocabularyFile.Values(
            n,
            fieldOf,
            ids.stream().mapToInt(Integer::intValue).toArray(),
            offsets,
            bytes.toByteArray(),
            counts.stream().mapToLong(Long::longValue).toArray(),
            firstSeen.stream().mapToInt(Integer::intValue).toArray(),
            dates);
    List<Tuple2<Integer, byte[]>> packets = new ArrayList<>();
    Iterator<Tuple2<Integer, byte[]>> each = StoredVocabulary.packets(values, shardBits);
    each.forEachRemaining(packets::add);
    return packets;
  }
}
