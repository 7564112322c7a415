package io.destine.spark.encode;

import io.destine.feature.ByteHash;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.LabelRate;
import io.destine.spark.source.RowProgress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import scala.Tuple2;

/**
 * The distinct values of a chunk, in the form stored in the vocabulary. A number becomes the text
 * of its bucket, so each bucket occurs once regardless of how many numbers fall into it.
 */
final class ChunkValues {
  private final Chunk chunk;

  /** [fields] distinct values; null for fields without ids. */
  private final ValueTable[] values;

  /** [fields] the field that owns the ids of each field. */
  private final int[] owners;

  /** [fields] offset of each field's values among the values of all fields that share its ids. */
  private final int[] offsets;

  /** [fields] number of values of all fields that use the field's ids; 0 if it owns none. */
  private final int[] totals;

  /** [fields] index of each number's bucket among the values; null for texts. */
  private final int[][] bucketOf;

  ChunkValues(Chunk chunk, FittedFields fields) {
    this.chunk = chunk;
    values = new ValueTable[chunk.fields()];
    bucketOf = new int[chunk.fields()][];
    for (int m = 0; m < values.length; m++) {
      FittedField field = fields.fields().get(m);
      if (chunk.values[m] != null) {
        values[m] = chunk.values[m];
      } else if (chunk.numbers[m] != null) {
        buckets(m, field);
      }
    }
    owners = fields.owners();
    offsets = new int[values.length];
    totals = new int[values.length];
    for (int m = 0; m < values.length; m++) {
      offsets[m] = totals[owners[m]];
      totals[owners[m]] += count(m);
    }
  }

  /** Number of values of all fields that use the ids owned by field m; 0 if it owns none. */
  int total(int m) {
    return totals[m];
  }

  /** The ids of field m's values, taken from the ids of the field that owns them. */
  int[] own(int m, int[][] idOf) {
    int from = offsets[m];
    return from == 0 && count(m) == totals[owners[m]]
        ? idOf[owners[m]]
        : Arrays.copyOfRange(idOf[owners[m]], from, from + count(m));
  }

  private void buckets(int m, FittedField field) {
    NumberTable numbers = chunk.numbers[m];
    values[m] = new ValueTable(0);
    bucketOf[m] = new int[numbers.count()];
    for (int i = 0; i < bucketOf[m].length; i++) {
      byte[] text = field.value(numbers.number(i)).getBytes(StandardCharsets.UTF_8);
      bucketOf[m][i] = values[m].add(text, 0, text.length);
    }
  }

  /**
   * Packets for each shard of the vocabulary, chunk by chunk: the values of a chunk, the number of
   * occurrences of each value in training rows, the earliest date of these rows and, for fields
   * with label rates, the counts by fold.
   *
   * @param input partition of the chunks
   * @param shardBits number of leading bits of a value's hash that select its shard
   */
  static Iterator<Tuple2<Integer, byte[]>> packets(
      int input,
      Iterator<SplitChunk> chunks,
      FittedFields fields,
      int shardBits,
      RowProgress progress) {
    return Packets.of(chunks, next -> packets(input, next, fields, shardBits), progress);
  }

  private static Iterator<Tuple2<Integer, byte[]>> packets(
      int input, SplitChunk split, FittedFields fields, int shardBits) {
    PacketWriter[] writers = new PacketWriter[1 << shardBits];
    SplitChunk crossed = CrossedChunk.of(split, fields);
    new ChunkValues(crossed.chunk(), fields)
        .write(crossed, input, writers, ShardRates.Plan.of(fields));
    return Packets.of(writers);
  }

  private void write(SplitChunk split, int input, PacketWriter[] writers, ShardRates.Plan rates) {
    int[] dateOrder = ranks(chunk.dateTexts);
    for (int m = 0; m < values.length; m++) {
      if (values[m] != null) {
        int[] counts = new int[values[m].count()];
        int[] first = new int[chunk.dates == null ? 0 : counts.length];
        Arrays.fill(first, -1);
        count(m, split, counts, first, dateOrder);
        int owner = owners[m];
        long[] folds = new long[rates.rates(owner) ? counts.length * LabelRate.COUNTS : 0];
        // The label rate of a value uses only rows of the owning field, not of fields linked to it.
        if (rates.rates(owner) && owner == m) {
          countFolds(m, split, folds);
        }
        for (int i = 0; i < counts.length; i++) {
          int from = values[m].from(i);
          int length = values[m].length(i);
          long hash = ByteHash.of(owner, values[m].bytes(), from, length);
          int s = shard(hash, writers.length);
          if (writers[s] == null) {
            writers[s] = header(input, split.ordinal());
          }
          writers[s].number(owner);
          writers[s].number(offsets[m] + i);
          writers[s].number(counts[i]);
          writers[s].number(first.length == 0 ? 0 : 1 + first[i]);
          writers[s].array(values[m].bytes(), from, length);
          if (rates.rates(owner)) {
            ShardRates.write(writers[s], folds, i);
          }
        }
      }
    }
  }

  /** The shard of a hash; the number of shards is a power of two. */
  static int shard(long hash, int shards) {
    return (int) (hash >>> 1 >>> (63 - Integer.numberOfTrailingZeros(shards)));
  }

  private PacketWriter header(int input, int ordinal) {
    PacketWriter writer = new PacketWriter();
    writer.number(input);
    writer.number(ordinal);
    writer.number(chunk.dateTexts.size());
    for (String date : chunk.dateTexts) {
      byte[] text = date.getBytes(StandardCharsets.UTF_8);
      writer.array(text, 0, text.length);
    }
    return writer;
  }

  private void count(int m, SplitChunk split, int[] counts, int[] first, int[] dateOrder) {
    for (int n = 0; n < chunk.rows; n++) {
      if (split.splits()[n] == 0) {
        int date = chunk.dates == null ? -1 : chunk.dates[n];
        if (chunk.single[m] != null) {
          count(place(m, chunk.single[m][n]), counts, first, date, dateOrder);
        } else {
          for (int i = n == 0 ? 0 : chunk.listEnds[m][n - 1]; i < chunk.listEnds[m][n]; i++) {
            count(chunk.list[m][i], counts, first, date, dateOrder);
          }
        }
      }
    }
  }

  /**
   * Counts training rows and positive rows of each value by fold.
   *
   * @param counts [values * COUNTS]
   */
  private void countFolds(int m, SplitChunk split, long[] counts) {
    for (int n = 0; n < chunk.rows; n++) {
      int place = split.splits()[n] == 0 ? placeOfRow(m, n) : -1;
      if (place >= 0) {
        int at = place * LabelRate.COUNTS + 2 * LabelRate.fold(split.hashes()[n]);
        counts[at]++;
        counts[at + 1] += chunk.labels[n];
      }
    }
  }

  private static void count(int place, int[] counts, int[] first, int date, int[] dateOrder) {
    if (place >= 0) {
      counts[place]++;
      if (date >= 0 && (first[place] < 0 || dateOrder[date] < dateOrder[first[place]])) {
        first[place] = date;
      }
    }
  }

  private int place(int m, int place) {
    return place < 0 || bucketOf[m] == null ? place : bucketOf[m][place];
  }

  /** Distinct values of field m, or the buckets of a numeric field; null if hashed. */
  ValueTable table(int m) {
    return values[m];
  }

  /** The index of row n's value in {@link #table}, or its hash bucket; -1 if missing. */
  int placeOfRow(int m, int n) {
    return place(m, chunk.single[m][n]);
  }

  /** The rank of each text in ascending order. */
  private static int[] ranks(List<String> texts) {
    List<String> sorted = new ArrayList<>(texts);
    sorted.sort(null);
    int[] ranks = new int[texts.size()];
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = Collections.binarySearch(sorted, texts.get(i));
    }
    return ranks;
  }

  /**
   * The id of each single value by its index in the chunk, with the id of a missing value at the
   * end.
   *
   * @param ids [values] ids of field m's values
   * @param missing id of a missing value
   */
  int[] idsByPlace(int m, int[] ids, int missing) {
    int[] places = bucketOf[m];
    int count = places == null ? ids.length : places.length;
    int[] result = new int[count + 1];
    for (int i = 0; i < count; i++) {
      result[i] = ids[places == null ? i : places[i]];
    }
    result[count] = missing;
    return result;
  }

  /** Number of values of field m; 0 for a field without ids. */
  int count(int m) {
    return values[m] == null ? 0 : values[m].count();
  }
}
