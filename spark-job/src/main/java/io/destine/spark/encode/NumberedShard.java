package io.destine.spark.encode;

import io.destine.artifact.VocabularyFile;
import io.destine.artifact.VocabularyIndex;
import io.destine.feature.LabelRate;
import io.destine.feature.VocabularyDigest;
import io.destine.spark.store.Storage;
import io.destine.spark.store.TaskDirectory;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import scala.Tuple2;

/**
 * A shard whose values have ids.
 *
 * @param order indices in order of hashes
 * @param ids [values] id of the value itself or of a bucket of unknown values
 * @param own [values] true for the former
 * @param contained priors of the rates of crosses
 */
record NumberedShard(
    MergedShard shard, int[] order, int[] ids, boolean[] own, ContainedRates contained)
    implements Serializable {
  /** Bytes of a value's order, id and flag. */
  static final int VALUE_BYTES = 4 + 4 + 1;

  /** Bytes of a value in the arrays that are written, in addition to its text. */
  static final int WRITTEN_BYTES = 2 + 4 + 4 + 8 + 4;

  static NumberedShard of(
      MergedShard shard, IdPlan plan, IdBounds bounds, ContainedRates contained) {
    int[] order = shard.order();
    IdPlan.Ids ids = plan.ids(shard, order, bounds);
    return new NumberedShard(shard, order, ids.of(), ids.own(), contained);
  }

  /**
   * A file of the vocabulary.
   *
   * @param shard number of the shard
   * @param name of the file
   * @param values number of values in it
   * @param sha256 of its bytes
   * @param ranges digests of ranges of values; null for empty ranges
   */
  record Part(int shard, String name, int values, String sha256, byte[][] ranges)
      implements Serializable {
    /** The entry for the file in the vocabulary. */
    VocabularyIndex.Part described() {
      return new VocabularyIndex.Part(name, values, sha256);
    }
  }

  /** Writes the values with their own ids, in order of their hashes. */
  Part write(Configuration hadoop, String directory) {
    VocabularyDigest digest = new VocabularyDigest();
    return write(hadoop, directory, "part", values(digest), digest);
  }

  /** Writes the keys of side tables, as {@link #write} does. */
  Part writeKeys(Configuration hadoop, String directory) {
    return write(hadoop, directory, "keys", values(new VocabularyDigest()), new VocabularyDigest());
  }

  private Part write(
      Configuration hadoop,
      String directory,
      String kind,
      VocabularyFile.Values values,
      VocabularyDigest digest) {
    String name = String.format(Locale.ROOT, "%s-%05d.safetensors", kind, shard.shard);
    MessageDigest sha = sha256();
    TaskDirectory files = TaskDirectory.of(hadoop, directory);
    try (OutputStream out =
        new BufferedOutputStream(new DigestOutputStream(files.create(name), sha))) {
      VocabularyFile.write(out, values);
    } catch (IOException e) {
      throw Storage.failure("write", new Path(directory, name), e);
    }
    files.finish(name);
    String sum = HexFormat.of().formatHex(sha.digest());
    return new Part(shard.shard, name, values.count(), sum, digest.ranges());
  }

  /**
   * Writes the counts by day of values without an id, for later nightly runs.
   *
   * @return null if there are none
   */
  Part writePending(Configuration hadoop, String directory, CountWindow window) {
    VocabularyFile.Values values = pending(window);
    return values.count() == 0
        ? null
        : write(hadoop, directory, "pending", values, new VocabularyDigest());
  }

  private VocabularyFile.Values pending(CountWindow window) {
    MergedShard.Pending all = shard.pending;
    int[] rank = new int[shard.count];
    for (int i = 0; i < order.length; i++) {
      rank[order[i]] = i;
    }
    String newest = window.date().toString();
    Map<Long, Long> rowsOf = new TreeMap<>();
    List<String> days =
        all.dates.stream().filter(d -> d.equals(newest) || window.keeps(d)).sorted().toList();
    int[] placeOf = all.dates.stream().mapToInt(days::indexOf).toArray();
    for (int e = 0; e < all.entries; e++) {
      int day = placeOf[all.days[e]];
      if (day >= 0 && !own[all.places[e]]) {
        rowsOf.merge((long) rank[all.places[e]] << 32 | day, all.rows[e], Long::sum);
      }
    }
    int n = rowsOf.size();
    short[] fieldOf = new short[n];
    int[] offsets = new int[n + 1];
    long[] counts = new long[n];
    int[] dayOf = new int[n];
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    for (Map.Entry<Long, Long> entry : rowsOf.entrySet()) {
      int i = order[(int) (entry.getKey() >>> 32)];
      fieldOf[at] = shard.fieldOf[i];
      counts[at] = entry.getValue();
      dayOf[at] = entry.getKey().intValue();
      bytes.write(shard.bytes, shard.offsets[i], shard.offsets[i + 1] - shard.offsets[i]);
      offsets[++at] = bytes.size();
    }
    return new VocabularyFile.Values(
        n, fieldOf, new int[n], offsets, bytes.toByteArray(), counts, dayOf, days);
  }

  /** The values with their own ids, in order of their hashes. */
  VocabularyFile.Values values(VocabularyDigest digest) {
    int n = 0;
    int length = 0;
    for (int i : order) {
      if (own[i]) {
        n++;
        length += shard.offsets[i + 1] - shard.offsets[i];
      }
    }
    short[] fieldOf = new short[n];
    int[] ownIds = new int[n];
    int[] offsets = new int[n + 1];
    byte[] bytes = new byte[length];
    long[] counts = new long[n];
    int[] firstSeen = new int[n];
    byte[] rates = new byte[shard.rates.any() ? n : 0];
    List<String> dates = shard.dates.stream().sorted().toList();
    int[] dateOf =
        shard.dates.stream().mapToInt(date -> Collections.binarySearch(dates, date)).toArray();
    int at = 0;
    for (int i : order) {
      if (own[i]) {
        int from = shard.offsets[i];
        int size = shard.offsets[i + 1] - from;
        System.arraycopy(shard.bytes, from, bytes, offsets[at], size);
        fieldOf[at] = shard.fieldOf[i];
        ownIds[at] = ids[i];
        // Keeps the earlier count: days of overlapping windows would be counted twice.
        counts[at] = shard.earlierIds[i] >= 0 ? shard.earlierCounts[i] : shard.counts[i];
        firstSeen[at] = shard.firstSeen[i] < 0 ? -1 : dateOf[shard.firstSeen[i]];
        digest.add(shard.hashes[i], fieldOf[at], bytes, offsets[at], size, ownIds[at]);
        if (rates.length > 0) {
          boolean rated = shard.rates.of(fieldOf[at]);
          rates[at] = rated ? shard.rates.bucket(i, contained) : LabelRate.NONE;
          digest.rate(rates[at]);
        }
        offsets[at + 1] = offsets[at] + size;
        at++;
      }
    }
    return new VocabularyFile.Values(
        n, fieldOf, ownIds, offsets, bytes, counts, firstSeen, dates, rates);
  }

  /**
   * Packets for the partitions of the chunks: the chunk's position, and for each value its field,
   * index, id and, if the field has rates, its buckets.
   */
  Iterator<Tuple2<Integer, byte[]>> packets() {
    List<Tuple2<Integer, byte[]>> packets = new ArrayList<>();
    for (int p = 0; p < shard.packets.size(); p++) {
      PacketReader reader = new PacketReader(shard.packets.get(p));
      int[] places = shard.places.get(p);
      int input = reader.integer();
      PacketWriter writer = new PacketWriter();
      writer.number(reader.integer());
      for (int dates = reader.integer(); dates > 0; dates--) {
        reader.array(reader.integer());
      }
      for (int place : places) {
        writer.number(reader.integer());
        writer.number(reader.integer());
        reader.number();
        reader.number();
        reader.array(reader.integer());
        writer.number(ids[place]);
        if (shard.rates.of(shard.fieldOf[place])) {
          ShardRates.skip(reader);
          shard.rates.writeBuckets(writer, place, own[place], contained);
        }
      }
      packets.add(new Tuple2<>(input, writer.toBytes()));
    }
    return packets.iterator();
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 must be available in every JVM", e);
    }
  }
}
