package io.destine.spark.encode;

import io.destine.cross.CandidateGains;
import io.destine.cross.CrossSample;
import io.destine.cross.CrossSearch;
import io.destine.cross.NestedRates;
import io.destine.feature.ByteHash;
import io.destine.feature.FieldShape;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.LabelRate;
import io.destine.random.CounterRandom;
import io.destine.spark.conf.CrossConfig;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Searches for crosses in a sample of the training rows. The driver collects the sample, in an
 * order that depends only on the rows, and executors score candidates on it. So the crosses do not
 * depend on the partitions or the cluster.
 */
final class CrossScreening {
  private static final long SAMPLE_SEED = 0x73616d706c65L;

  /** Maximum number of values in a sample, over all fields: 80 MB. */
  private static final int MOST_CELLS = 20_000_000;

  /**
   * Minimum mean number of sampled rows per distinct value; a field below it is not part of any
   * cross.
   */
  private static final int LEAST_ROWS_OF_A_VALUE = 2;

  private final JavaSparkContext context;
  private final FittedFields fields;
  private final CrossConfig config;

  /**
   * Sampled rows of a chunk, at least one.
   *
   * @param hashes [rows] hashes of the rows
   * @param places [fields][rows] index of the row's value among the field's values, or its hash
   *     bucket; -1 if missing
   * @param values [fields][values] hashes of values; null for a field with hash buckets
   */
  record Part(long[] hashes, byte[] labels, float[] weights, int[][] places, long[][] values)
      implements Serializable {}

  CrossScreening(JavaSparkContext context, FittedFields fields, CrossConfig config) {
    this.context = context;
    this.fields = fields;
    this.config = config;
  }

  /**
   * The crosses with enough gain.
   *
   * @param trainingRows number of training rows
   */
  FoundCrosses run(JavaRDD<SplitChunk> rows, long trainingRows) {
    int[] candidates =
        IntStream.range(0, fields.fields().size())
            .filter(m -> fields.layout().field(m).kind() == FieldShape.Kind.ID)
            .filter(m -> fields.fields().get(m).spec().table() == null)
            .toArray();
    if (candidates.length < 2 || trainingRows == 0) {
      return FoundCrosses.NONE;
    }
    long most = Math.min(config.rows(), MOST_CELLS / candidates.length);
    double share = Math.min(1, (double) most / trainingRows);
    Broadcast<FittedFields> fitted = context.broadcast(fields);
    List<Part> parts =
        rows.mapPartitions(chunks -> parts(chunks, fitted.value(), candidates, share)).collect();
    fitted.destroy();
    int[] used = new int[candidates.length];
    CrossSample sample = sample(parts, candidates, used);
    if (sample.fields() < 2) {
      return FoundCrosses.NONE;
    }
    List<FieldSpec> specs = fields.specs();
    Broadcast<CrossSample> shared = context.broadcast(sample);
    try {
      List<CrossSearch.Chosen> chosen =
          new CrossSearch(sample, config.max(), FieldSpec.MOST_PARTS, scoring(shared)).run();
      return new FoundCrosses(
          chosen.stream()
              .map(
                  cross ->
                      new FoundCross(
                          cross.fields().stream().map(f -> specs.get(used[f]).name()).toList(),
                          cross.gain(),
                          cross.loss()))
              .toList(),
          NestedRates.of(sample, chosen.stream().map(CrossSearch.Chosen::fields).toList()));
    } finally {
      shared.destroy();
    }
  }

  private CrossSearch.Scoring scoring(Broadcast<CrossSample> sample) {
    return (logits, candidates, score) -> {
      int tasks = Math.max(1, Math.min(context.defaultParallelism(), candidates.size()));
      Broadcast<double[]> at = context.broadcast(logits);
      try {
        List<Integer> numbers = IntStream.range(0, candidates.size()).boxed().toList();
        List<List<Integer>> all = new ArrayList<>(candidates);
        List<Double> scores =
            context
                .parallelize(numbers, tasks)
                .mapPartitions(
                    each -> {
                      CandidateGains gains = new CandidateGains(sample.value(), at.value());
                      List<Double> found = new ArrayList<>();
                      each.forEachRemaining(i -> found.add(score.of(gains, all.get(i))));
                      return found.iterator();
                    })
                .collect();
        return scores.stream().mapToDouble(Double::doubleValue).toArray();
      } finally {
        at.destroy();
      }
    };
  }

  static Iterator<Part> parts(
      Iterator<SplitChunk> chunks, FittedFields fields, int[] candidates, double share) {
    List<Part> parts = new ArrayList<>();
    while (chunks.hasNext()) {
      SplitChunk split = chunks.next();
      int[] rows = sampled(split, share);
      if (rows.length > 0) {
        parts.add(part(split, rows, fields, candidates));
      }
    }
    return parts.iterator();
  }

  /** The rows of a chunk that are in a sample of this share of the training rows. */
  private static int[] sampled(SplitChunk split, double share) {
    long[] hashes = split.hashes();
    return IntStream.range(0, split.chunk().rows)
        .filter(
            n ->
                split.splits()[n] == 0
                    && (share >= 1
                        || (CounterRandom.mix(hashes[n] ^ SAMPLE_SEED) >>> 11) < share * 0x1p53))
        .toArray();
  }

  private static Part part(SplitChunk split, int[] rows, FittedFields fields, int[] candidates) {
    Chunk chunk = split.chunk();
    long[] hashes = split.hashes();
    ChunkValues values = new ChunkValues(chunk, fields);
    int[][] places = new int[candidates.length][rows.length];
    long[][] valueHashes = new long[candidates.length][];
    for (int f = 0; f < candidates.length; f++) {
      int m = candidates[f];
      for (int i = 0; i < rows.length; i++) {
        places[f][i] = values.placeOfRow(m, rows[i]);
      }
      ValueTable table = values.table(m);
      valueHashes[f] = table == null ? null : numbered(m, table, places[f]);
    }
    byte[] labels = new byte[rows.length];
    float[] weights = chunk.weights == null ? null : new float[rows.length];
    long[] rowHashes = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      labels[i] = chunk.labels[rows[i]];
      rowHashes[i] = hashes[rows[i]];
      if (weights != null) {
        weights[i] = chunk.weights[rows[i]];
      }
    }
    return new Part(rowHashes, labels, weights, places, valueHashes);
  }

  /**
   * The hashes of the values of sampled rows; a chunk has many others.
   *
   * @param places of the rows' values, negative for none; replaced by indices of the result
   */
  private static long[] numbered(int m, ValueTable table, int[] places) {
    int[] numbers = new int[table.count()];
    long[] hashes = new long[Math.min(places.length, numbers.length)];
    int count = 0;
    for (int i = 0; i < places.length; i++) {
      int place = places[i];
      if (place >= 0) {
        if (numbers[place] == 0) {
          hashes[count++] = ByteHash.of(m, table.bytes(), table.from(place), table.length(place));
          numbers[place] = count;
        }
        places[i] = numbers[place] - 1;
      }
    }
    return Arrays.copyOf(hashes, count);
  }

  /**
   * The sample in order of the rows' hashes; values are numbered in order of appearance.
   *
   * @param used filled with the candidates in the sample: those with more than one value and enough
   *     rows per value
   */
  private static CrossSample sample(List<Part> parts, int[] candidates, int[] used) {
    int rows = parts.stream().mapToInt(part -> part.hashes().length).sum();
    record Place(int part, int row) {}
    List<Place> order = new ArrayList<>(rows);
    for (int p = 0; p < parts.size(); p++) {
      for (int i = 0; i < parts.get(p).hashes().length; i++) {
        order.add(new Place(p, i));
      }
    }
    order.sort(Comparator.comparingLong(at -> parts.get(at.part()).hashes()[at.row()]));
    byte[] labels = new byte[rows];
    byte[] quarters = new byte[rows];
    byte[] folds = new byte[rows];
    boolean weighted = parts.stream().anyMatch(part -> part.weights() != null);
    float[] weights = weighted ? new float[rows] : null;
    for (int n = 0; n < rows; n++) {
      Part part = parts.get(order.get(n).part());
      int i = order.get(n).row();
      labels[n] = part.labels()[i];
      quarters[n] = CrossSample.part(part.hashes()[i]);
      folds[n] = (byte) LabelRate.fold(part.hashes()[i]);
      if (weighted) {
        weights[n] = part.weights()[i];
      }
    }
    List<int[]> values = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    for (int f = 0; f < candidates.length; f++) {
      Map<Long, Integer> numbers = new HashMap<>();
      int[] column = new int[rows];
      for (int n = 0; n < rows; n++) {
        Part part = parts.get(order.get(n).part());
        int place = part.places()[f][order.get(n).row()];
        long[] hashes = part.values()[f];
        long value = place < 0 ? Long.MIN_VALUE : hashes == null ? place : hashes[place];
        column[n] = numbers.computeIfAbsent(value, key -> numbers.size());
      }
      if (numbers.size() > 1 && numbers.size() <= rows / LEAST_ROWS_OF_A_VALUE) {
        used[values.size()] = candidates[f];
        values.add(column);
        counts.add(numbers.size());
      }
    }
    return new CrossSample(
        values.toArray(int[][]::new),
        counts.stream().mapToInt(Integer::intValue).toArray(),
        labels,
        weights,
        quarters,
        folds);
  }
}
