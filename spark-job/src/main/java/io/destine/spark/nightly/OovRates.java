package io.destine.spark.nightly;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.feature.FieldSpec;
import io.destine.feature.Vocabulary;
import io.destine.spark.encode.RowEncoder;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.source.CheckedRows;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/** How often a vocabulary does not know the values of some rows, by field. */
final class OovRates {
  private static final int BLOCK = 1024;

  private OovRates() {}

  /**
   * Share of the values of each field with ids that the vocabulary has no id of their own for;
   * fields with hash buckets, whose values have none, left out.
   */
  static Map<String, Double> of(CheckedRows rows, StoredVocabulary vocabulary) {
    int[] columns = rows.fieldColumns();
    int fields = columns.length;
    long[] counts =
        rows.good()
            .javaRDD()
            .mapPartitions(each -> counted(each, vocabulary, columns))
            .fold(new long[2 * fields], OovRates::sum);
    Map<String, Double> rates = new LinkedHashMap<>();
    List<FieldSpec> specs = vocabulary.fields().specs();
    for (int m = 0; m < fields; m++) {
      if (specs.get(m).hasIds() && !specs.get(m).hashed() && counts[2 * m] > 0) {
        rates.put(specs.get(m).name(), (double) counts[2 * m + 1] / counts[2 * m]);
      }
    }
    return rates;
  }

  private static long[] sum(long[] a, long[] b) {
    long[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  private static Iterator<long[]> counted(
      Iterator<Row> rows, StoredVocabulary vocabulary, int[] columns) {
    Vocabulary ids = vocabulary.load();
    RowEncoder encoder = new RowEncoder(vocabulary.encoder(), columns);
    long[] counts = new long[2 * columns.length];
    while (rows.hasNext()) {
      while (rows.hasNext() && encoder.rows() < BLOCK) {
        encoder.addChecked(rows.next());
      }
      add(encoder.build(), encoder.layout(), ids, counts);
    }
    return List.of(counts).iterator();
  }

  private static void add(
      EncodedBatch batch, FieldLayout layout, Vocabulary vocabulary, long[] counts) {
    for (int m = 0; m < layout.size(); m++) {
      FieldShape.Kind kind = layout.field(m).kind();
      int column = layout.column(m);
      for (int n = 0; n < batch.rows(); n++) {
        if (kind == FieldShape.Kind.ID) {
          count(batch.ids()[n * layout.singles() + column], m, vocabulary, counts);
        } else if (kind == FieldShape.Kind.MULTI) {
          int list = n * layout.multis() + column;
          for (int i = batch.multiOffsets()[list]; i < batch.multiOffsets()[list + 1]; i++) {
            count(batch.multiIds()[i], m, vocabulary, counts);
          }
        }
      }
    }
  }

  /** A field's OOV ids follow the id of a missing value. */
  private static void count(int id, int m, Vocabulary vocabulary, long[] counts) {
    int first = vocabulary.missing(m) + 1;
    counts[2 * m]++;
    if (id >= first && id < first + vocabulary.oovBuckets()) {
      counts[2 * m + 1]++;
    }
  }
}
