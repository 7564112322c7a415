package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.spark.conf.UserError;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Assigns ids to new values, ordered by field, descending number of occurrences in training rows,
 * and hash, so that ids depend only on the rows. Values with equal field and count form a class.
 * Shards are ranges of hashes, so the number of values by class and shard determines the first id
 * of each class in a shard, and no value has to leave its shard. If a field has a limit, the last
 * values in this order get no id.
 */
final class IdPlan implements Serializable {
  /** Bytes of a class in a shard while ids are planned: counts, order, ids. */
  static final int CLASS_BYTES = 8 + 4 + 2 * 8 + 3 * 8 + 4 + 4;

  /**
   * Bytes of a class in the broadcast plan: its key, first and last id, once as an object and once
   * in serialised blocks.
   */
  static final int SENT_CLASS_BYTES = 2 * (8 + 4 + 4);

  private static final long serialVersionUID = 1;
  private static final int FIELD_SHIFT = 48;
  private static final long MOST_COUNT = (1L << FIELD_SHIFT) - 1;

  private final int[] missing;
  private final int oovBuckets;
  private final int size;
  private final long[] values;

  /** [shards][classes] ascending. */
  private final long[][] classes;

  /** [shards][classes] first id. */
  private final int[][] firstIds;

  /** [shards][classes] one more than the last id; equal to the first id if no value gets an id. */
  private final int[][] endIds;

  private IdPlan(
      int[] missing,
      int oovBuckets,
      int size,
      long[] values,
      long[][] classes,
      int[][] firstIds,
      int[][] endIds) {
    this.missing = missing;
    this.oovBuckets = oovBuckets;
    this.size = size;
    this.values = values;
    this.classes = classes;
    this.firstIds = firstIds;
    this.endIds = endIds;
  }

  /**
   * The new values of a shard by class.
   *
   * @param shard number of the shard
   * @param classes ascending
   * @param values [classes] number of values
   * @param earlier [fields] number of values of an earlier vocabulary
   */
  record ShardCounts(int shard, long[] classes, int[] values, long[] earlier)
      implements Serializable {

    static Iterator<ShardCounts> of(Iterator<MergedShard> shards, int fields, IdBounds bounds) {
      MergedShard shard = shards.next();
      long[] earlier = new long[fields];
      long[] all = new long[shard.count];
      int n = 0;
      for (int i = 0; i < shard.count; i++) {
        if (shard.isNew(i, bounds)) {
          all[n++] = classOf(shard.fieldOf[i], shard.counts[i]);
        } else if (shard.earlierIds[i] >= 0) {
          earlier[shard.fieldOf[i]]++;
        }
      }
      all = Arrays.copyOf(all, n);
      Arrays.sort(all);
      long[] classes = new long[n];
      int[] values = new int[n];
      int found = 0;
      for (int i = 0; i < n; i++) {
        if (i == 0 || all[i] != all[i - 1]) {
          classes[found++] = all[i];
        }
        values[found - 1]++;
      }
      return List.of(
              new ShardCounts(
                  shard.shard,
                  Arrays.copyOf(classes, found),
                  Arrays.copyOf(values, found),
                  earlier))
          .iterator();
    }
  }

  private static long classOf(int field, long count) {
    return (long) field << FIELD_SHIFT | (MOST_COUNT - Math.min(count, MOST_COUNT));
  }

  /**
   * The plan for the values of all shards.
   *
   * @param earlier the vocabulary to extend, if any
   * @param mostValues [fields] maximum number of values with ids; values of the earlier vocabulary
   *     keep their ids even above it
   */
  static IdPlan of(
      FittedFields fitted,
      int oovBuckets,
      Optional<StoredVocabulary> earlier,
      int[] mostValues,
      List<ShardCounts> shards) {
    List<FieldSpec> fields = fitted.specs();
    int[] owners = fitted.owners();
    long[] order = distinctClasses(shards);
    long[] valuesByClass = new long[order.length];
    long[] next = new long[order.length];
    long[] end = new long[order.length];
    long[] values = new long[fields.size()];
    for (ShardCounts shard : shards) {
      for (int c = 0; c < shard.classes().length; c++) {
        valuesByClass[Arrays.binarySearch(order, shard.classes()[c])] += shard.values()[c];
      }
      for (int m = 0; m < values.length; m++) {
        values[m] += shard.earlier()[m];
      }
    }
    int[] missing = earlier.map(StoredVocabulary::missing).orElseGet(() -> absent(fields.size()));
    long id = earlier.map(v -> (long) v.size()).orElse(0L);
    int c = 0;
    for (int m = 0; m < fields.size(); m++) {
      if (earlier.isEmpty() && owners[m] < m) {
        missing[m] = missing[owners[m]];
      } else if (earlier.isEmpty() && fields.get(m).hasIds()) {
        missing[m] = requireAllowed(id);
        id += 1L + (fields.get(m).hashed() ? fields.get(m).hashBuckets() : oovBuckets);
      }
      for (; c < order.length && order[c] >>> FIELD_SHIFT == m; c++) {
        long taken = Math.min(valuesByClass[c], Math.max(0, mostValues[m] - values[m]));
        next[c] = id;
        id += taken;
        end[c] = id;
        values[m] += taken;
      }
    }
    for (int m = 0; m < values.length; m++) {
      values[m] = values[owners[m]];
    }
    int size = requireAllowed(id);
    long[][] classes = new long[shards.size()][];
    int[][] firstIds = new int[shards.size()][];
    int[][] endIds = new int[shards.size()][];
    for (int s = 0; s < classes.length; s++) {
      ShardCounts shard = shards.get(s);
      classes[s] = shard.classes();
      firstIds[s] = new int[classes[s].length];
      endIds[s] = new int[classes[s].length];
      for (int i = 0; i < classes[s].length; i++) {
        int of = Arrays.binarySearch(order, classes[s][i]);
        long behind = Math.min(end[of], next[of] + shard.values()[i]);
        firstIds[s][i] = (int) next[of];
        endIds[s][i] = (int) behind;
        next[of] = behind;
      }
    }
    return new IdPlan(missing, oovBuckets, size, values, classes, firstIds, endIds);
  }

  /** A plan without new ids. */
  static IdPlan known(StoredVocabulary vocabulary, int shards) {
    long[] values = Arrays.stream(vocabulary.valuesByField()).asLongStream().toArray();
    return new IdPlan(
        vocabulary.missing(),
        vocabulary.oovBuckets(),
        vocabulary.size(),
        values,
        new long[shards][0],
        new int[shards][0],
        new int[shards][0]);
  }

  /** The classes of all shards, ascending. */
  private static long[] distinctClasses(List<ShardCounts> shards) {
    long[] all = new long[shards.stream().mapToInt(shard -> shard.classes().length).sum()];
    int n = 0;
    for (ShardCounts shard : shards) {
      System.arraycopy(shard.classes(), 0, all, n, shard.classes().length);
      n += shard.classes().length;
    }
    Arrays.sort(all);
    int distinct = 0;
    for (int i = 0; i < n; i++) {
      if (i == 0 || all[i] != all[i - 1]) {
        all[distinct++] = all[i];
      }
    }
    return distinct == n ? all : Arrays.copyOf(all, distinct);
  }

  private static int[] absent(int fields) {
    int[] missing = new int[fields];
    Arrays.fill(missing, -1);
    return missing;
  }

  private static int requireAllowed(long ids) {
    if (ids > Vocabulary.MOST_IDS) {
      throw new UserError(
          "the vocabulary has at least "
              + ids
              + " ids, but the limit is "
              + Vocabulary.MOST_IDS
              + ": raise vocabulary.min-count, or lower vocabulary.max-values,"
              + " vocabulary.oov-buckets or hash-buckets");
    }
    return (int) ids;
  }

  /** V, the number of ids. */
  int size() {
    return size;
  }

  /** [fields] ids of missing values, -1 for fields without ids. */
  int[] missing() {
    return missing.clone();
  }

  int oovBuckets() {
    return oovBuckets;
  }

  /** [fields] number of values with their own ids. */
  long[] values() {
    return values.clone();
  }

  /**
   * Ids of the values of a shard.
   *
   * @param of [values] id of the value itself or of a bucket of unknown values
   * @param own [values] true for the former
   */
  record Ids(int[] of, boolean[] own) {}

  /**
   * The id of each value of a shard: its own id, or the id of its bucket of unknown values.
   *
   * @param order indices in order of hashes
   */
  Ids ids(MergedShard shard, int[] order, IdBounds bounds) {
    int[] next = firstIds[shard.shard].clone();
    int[] end = endIds[shard.shard];
    Ids ids = new Ids(new int[shard.count], new boolean[shard.count]);
    for (int i : order) {
      int id = shard.earlierIds[i];
      if (shard.isNew(i, bounds)) {
        long of = classOf(shard.fieldOf[i], shard.counts[i]);
        int c = Arrays.binarySearch(classes[shard.shard], of);
        id = c >= 0 && next[c] < end[c] ? next[c]++ : id;
      }
      ids.own()[i] = id >= 0;
      ids.of()[i] =
          id >= 0
              ? id
              : missing[shard.fieldOf[i]] + 1 + Vocabulary.bucket(shard.hashes[i], oovBuckets);
    }
    return ids;
  }
}
