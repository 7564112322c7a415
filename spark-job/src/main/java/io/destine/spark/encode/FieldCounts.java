package io.destine.spark.encode;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldSpec;
import io.destine.feature.Vocabulary;
import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;

/**
 * Counts of each field in encoded rows: how often its value is missing or not in the vocabulary,
 * and how the share of positives differs between its values. All rows count equally, regardless of
 * their weight. Immutable once built.
 */
public final class FieldCounts implements Serializable {
  private static final long serialVersionUID = 1;

  /** Maximum number of values of a field whose label rates are counted. */
  static final int MOST_VALUES = 500;

  /** Minimum rows of a value for its label rate to count. */
  public static final int LEAST_ROWS = 100;

  /**
   * The lowest and highest share of positives among the values of a field.
   *
   * @param low of the value with the smallest share
   * @param high of the value with the largest share
   */
  public record LabelRates(double low, double high) {}

  /**
   * The fields and ids to count.
   *
   * @param layout of the rows
   * @param missing [M] id of a missing value, -1 for a field without ids
   * @param oovBuckets [M] number of OOV ids, which follow the id of a missing value; 0 for a field
   *     with hash buckets
   * @param values [M] ascending ids whose label rates are counted
   */
  private record Plan(FieldLayout layout, int[] missing, int[] oovBuckets, int[][] values)
      implements Serializable {

    static Plan of(StoredVocabulary vocabulary, int mostValues) {
      int[] buckets = vocabulary.fields().hashBuckets();
      return new Plan(
          vocabulary.fields().layout(),
          vocabulary.missing(),
          oov(vocabulary.oovBuckets(), buckets),
          vocabulary.firstIds(mostValues));
    }

    static Plan of(FieldLayout layout, Vocabulary vocabulary) {
      int[] missing = new int[layout.size()];
      Arrays.setAll(missing, vocabulary::missing);
      int[] buckets = new int[layout.size()];
      Arrays.setAll(buckets, vocabulary::hashBuckets);
      return new Plan(
          layout,
          missing,
          oov(vocabulary.oovBuckets(), buckets),
          vocabulary.firstValues(MOST_VALUES));
    }

    private static int[] oov(int oovBuckets, int[] hashBuckets) {
      return Arrays.stream(hashBuckets).map(n -> n > 0 ? 0 : oovBuckets).toArray();
    }
  }

  private final long[] values;
  private final long[] missing;
  private final long[] oov;
  private final long[][] rows;
  private final long[][] positives;

  private FieldCounts(Plan plan) {
    int fields = plan.layout().size();
    values = new long[fields];
    missing = new long[fields];
    oov = new long[fields];
    rows = new long[fields][];
    positives = new long[fields][];
    for (int m = 0; m < fields; m++) {
      rows[m] = new long[plan.values()[m].length];
      positives[m] = new long[plan.values()[m].length];
    }
  }

  /** Counts stored rows, encoded with a vocabulary, in one job. */
  public static FieldCounts of(JavaRDD<EncodedBatch> batches, StoredVocabulary vocabulary) {
    return of(vocabulary.joinedIds(batches), Plan.of(vocabulary, MOST_VALUES));
  }

  /** The same without label rates: a few numbers for each field. */
  public static FieldCounts withoutLabelRates(
      JavaRDD<EncodedBatch> batches, StoredVocabulary vocabulary) {
    return of(vocabulary.joinedIds(batches), Plan.of(vocabulary, 0));
  }

  /** The same with a vocabulary in memory. */
  static FieldCounts of(JavaRDD<EncodedBatch> batches, FieldLayout layout, Vocabulary vocabulary) {
    return of(batches, Plan.of(layout, vocabulary));
  }

  private static FieldCounts of(JavaRDD<EncodedBatch> batches, Plan plan) {
    if (batches.getNumPartitions() == 0) {
      return new FieldCounts(plan);
    }
    return batches
        .mapPartitions(
            each -> {
              FieldCounts counts = new FieldCounts(plan);
              each.forEachRemaining(batch -> counts.add(plan, batch));
              return List.of(counts).iterator();
            })
        .treeReduce(FieldCounts::plus);
  }

  private FieldCounts plus(FieldCounts other) {
    for (int m = 0; m < values.length; m++) {
      values[m] += other.values[m];
      missing[m] += other.missing[m];
      oov[m] += other.oov[m];
      for (int i = 0; i < rows[m].length; i++) {
        rows[m][i] += other.rows[m][i];
        positives[m][i] += other.positives[m][i];
      }
    }
    return this;
  }

  private void add(Plan plan, EncodedBatch batch) {
    FieldLayout layout = plan.layout();
    for (int m = 0; m < layout.size(); m++) {
      int column = layout.column(m);
      for (int n = 0; n < batch.rows(); n++) {
        boolean positive = batch.labels()[n] == 1;
        switch (layout.field(m).kind()) {
          case ID -> add(plan, m, batch.ids()[n * layout.singles() + column], positive);
          case MULTI -> {
            int list = n * layout.multis() + column;
            int end = batch.multiOffsets()[list + 1];
            for (int i = batch.multiOffsets()[list]; i < end; i++) {
              add(plan, m, batch.multiIds()[i], positive);
            }
          }
          case LINEAR, VECTOR -> values[m]++;
        }
      }
    }
  }

  /** A field's OOV ids follow the id of a missing value. */
  private void add(Plan plan, int m, int id, boolean positive) {
    values[m]++;
    int absent = plan.missing()[m];
    if (id == absent) {
      missing[m]++;
    } else if (id > absent && id <= absent + plan.oovBuckets()[m]) {
      oov[m]++;
    } else {
      int at = Arrays.binarySearch(plan.values()[m], id);
      if (at >= 0) {
        rows[m][at]++;
        positives[m][at] += positive ? 1 : 0;
      }
    }
  }

  /** Share of the values of field m that are missing. */
  public double missingRate(int m) {
    return values[m] == 0 ? 0 : (double) missing[m] / values[m];
  }

  /** Share of the values of field m that are OOV; 0 for a field with hash buckets. */
  public double oovRate(int m) {
    return values[m] == 0 ? 0 : (double) oov[m] / values[m];
  }

  /** {@link #oovRate} by name of the fields that have values and a vocabulary. */
  public Map<String, Double> oovRates(List<FieldSpec> specs) {
    Map<String, Double> rates = new LinkedHashMap<>();
    for (int m = 0; m < values.length; m++) {
      if (specs.get(m).hasIds() && !specs.get(m).hashed() && values[m] > 0) {
        rates.put(specs.get(m).name(), oovRate(m));
      }
    }
    return rates;
  }

  /**
   * Label rates of field m over its values with enough rows; empty if fewer than two values have
   * enough.
   */
  public Optional<LabelRates> labelRates(int m) {
    double low = 1;
    double high = 0;
    int counted = 0;
    for (int i = 0; i < rows[m].length; i++) {
      if (rows[m][i] >= LEAST_ROWS) {
        double rate = (double) positives[m][i] / rows[m][i];
        low = Math.min(low, rate);
        high = Math.max(high, rate);
        counted++;
      }
    }
    return counted < 2 ? Optional.empty() : Optional.of(new LabelRates(low, high));
  }
}
