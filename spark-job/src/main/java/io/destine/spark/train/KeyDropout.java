package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.LabelRate;
import io.destine.feature.SideTable;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.encode.StoredVocabulary;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Replaces the key ids of a share of a step's rows by the ids of unknown keys, if the key of a side
 * table is also a field of the log, alone or in crosses. So the network learns to score items
 * without an id by their content. The row of the side table stays joined.
 *
 * @param seed of the run
 * @param rate share of the rows, drawn separately for each table
 * @param columns [tables][n] columns of stored rows that depend on the key
 * @param sources [tables][n] the column whose id replaces the id of this column; -1 for none
 * @param added [tables][n] added to the id of the source; without a source, the replacement itself
 * @param choices [tables][n] number of ids of unknown values, beginning with the replacement; one
 *     of them is drawn for each row
 */
record KeyDropout(
    long seed, double rate, int[][] columns, int[][] sources, int[][] added, int[][] choices)
    implements Serializable {

  /** The key dropout of stored rows, or null for none. */
  static KeyDropout of(double rate, long seed, StoredVocabulary vocabulary) {
    if (rate == 0 || vocabulary == null) {
      return null;
    }
    FittedFields fields = vocabulary.fields();
    int count = fields.tables().size();
    int[][] columns = new int[count][];
    int[][] sources = new int[count][];
    int[][] added = new int[count][];
    int[][] choices = new int[count][];
    boolean any = false;
    for (int t = 0; t < count; t++) {
      List<Replaced> replaced = ofKey(fields, fields.tables().get(t), vocabulary);
      columns[t] = replaced.stream().mapToInt(Replaced::column).toArray();
      sources[t] = replaced.stream().mapToInt(Replaced::source).toArray();
      added[t] = replaced.stream().mapToInt(Replaced::added).toArray();
      choices[t] = replaced.stream().mapToInt(Replaced::choices).toArray();
      any |= !replaced.isEmpty();
    }
    return any ? new KeyDropout(seed, rate, columns, sources, added, choices) : null;
  }

  /** A column whose ids are replaced by those of the source plus a number, see above. */
  private record Replaced(int column, int source, int added, int choices) {}

  /** The columns of the fields of a key and of their crosses and rates. */
  private static List<Replaced> ofKey(
      FittedFields fields, SideTable table, StoredVocabulary vocabulary) {
    int[] missing = vocabulary.missing();
    List<Replaced> replaced = new ArrayList<>();
    Set<String> names = new HashSet<>();
    FieldLayout stored = fields.storedLayout();
    List<FieldSpec> specs = fields.specs();
    int at = 0;
    for (int m = 0; m < specs.size(); m++) {
      FieldSpec spec = specs.get(m);
      if (spec.table() != null) {
        continue;
      }
      int column = stored.column(at++);
      boolean depends =
          spec.parts().isEmpty()
              ? table.key().equals(spec.column()) && spec.part() == null
              : spec.parts().stream().anyMatch(names::contains);
      if (depends && spec.shape().kind() == FieldShape.Kind.ID) {
        names.add(spec.name());
        // The ids of unknown values follow the id of missing values; hash buckets have no ids for
        // unknown values.
        replaced.add(
            spec.isRate()
                ? unknownRate(fields, m, names, missing)
                : spec.hashed()
                    ? new Replaced(column, -1, missing[m], 1)
                    : new Replaced(column, -1, missing[m] + 1, vocabulary.oovBuckets()));
      }
    }
    return replaced;
  }

  /** The rate of an unknown value is that of the next cross without the key. */
  private static Replaced unknownRate(
      FittedFields fields, int m, Set<String> dropped, int[] missing) {
    FieldLayout stored = fields.storedLayout();
    int[] contained = fields.containedRates();
    int sides = fields.fields().size() + fields.tables().size() - stored.size();
    int first = fields.fields().size() - contained.length;
    int from = contained[m - first];
    while (from >= 0 && dropped.contains(fields.specs().get(first + from).parts().get(0))) {
      from = contained[from];
    }
    int column = stored.column(m - sides);
    return from < 0
        ? new Replaced(column, -1, missing[m] + 1 + LabelRate.PRIOR_BUCKET, 1)
        : new Replaced(
            column, stored.column(first + from - sides), missing[m] - missing[first + from], 1);
  }

  /**
   * Drops keys of stored rows. The choice depends only on seed, epoch and row.
   *
   * @param epoch counted from 0
   */
  EncodedBatch apply(EncodedBatch rows, int epoch) {
    CounterRandom random = CounterRandom.of(seed, Purpose.KEY_DROPOUT).at(epoch);
    int singles = rows.rows() == 0 ? 0 : rows.ids().length / rows.rows();
    int[] ids = rows.ids().clone();
    for (int n = 0; n < rows.rows(); n++) {
      CounterRandom row = random.at(rows.key(n));
      for (int t = 0; t < columns.length; t++) {
        if (columns[t].length > 0 && row.uniform(t) < rate) {
          for (int i = 0; i < columns[t].length; i++) {
            int source = sources[t][i];
            // Indices below the number of tables choose the rows.
            double u = choices[t][i] == 1 ? 0 : row.uniform((i + 1) * columns.length + t);
            ids[n * singles + columns[t][i]] =
                added[t][i] + (source < 0 ? (int) (u * choices[t][i]) : ids[n * singles + source]);
          }
        }
      }
    }
    return rows.withIds(ids);
  }
}
