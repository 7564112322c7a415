package io.destine.spark.encode;

import io.destine.feature.ByteHash;
import io.destine.feature.CrossValue;
import io.destine.feature.LabelRate;
import java.io.Serializable;
import java.util.Iterator;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * The priors of the label rates of a shard's crosses. A value of a cross contains a value of each
 * smaller cross over a part of its fields. The largest of these with label rates gives the prior:
 * the rate of the contained value, which in turn has a prior found in the same way. The shard of a
 * value asks the shards of all values on this path for their counts.
 */
final class ContainedRates implements Serializable {
  private static final long serialVersionUID = 1;

  /** The prior of every rate is the share of positive labels among all training rows. */
  static final ContainedRates NONE = new ContainedRates(new int[0], new double[0]);

  private static final int RATES = LabelRate.FOLDS + 1;

  /** [values] 1 + index of the value among those with a prior, 0 for others; may be shorter. */
  private final int[] indexOf;

  /** [priors * RATES] without the rows of a fold, then of all rows. */
  private final double[] rates;

  private ContainedRates(int[] indexOf, double[] rates) {
    this.indexOf = indexOf;
    this.rates = rates;
  }

  /** The answers to the questions of each shard. */
  static JavaRDD<Tuple2<Integer, byte[]>> exchanged(JavaRDD<MergedShard> shards, IdBounds bounds) {
    int count = shards.getNumPartitions();
    PlacePartitioner byShard = new PlacePartitioner(count);
    JavaRDD<Tuple2<Integer, byte[]>> questions =
        shards
            .flatMapToPair(shard -> questions(shard, bounds, count))
            .partitionBy(byShard)
            .map(packet -> packet);
    return shards
        .zipPartitions(questions, (shard, asked) -> answers(shard.next(), asked, count))
        .mapToPair(packet -> packet)
        .partitionBy(byShard)
        .map(packet -> packet);
  }

  /** The prior of a value's rate without the rows of a fold. */
  double rate(int place, int fold, double other) {
    int index = place < indexOf.length ? indexOf[place] : 0;
    return index == 0 ? other : rates[(index - 1) * RATES + fold];
  }

  /**
   * Whether the shard asks about a value: its rate is computed, and its cross contains another one
   * with rates.
   */
  private static boolean asks(MergedShard shard, int place, IdBounds bounds) {
    ShardRates.Plan plan = shard.rates.plan();
    boolean rated =
        plan.seen()
            ? shard.counts[place] > 0 && shard.rates.hasEarlier(place)
            : shard.isNew(place, bounds);
    return rated && plan.contained()[shard.fieldOf[place]] >= 0;
  }

  /**
   * Packets for the shards of contained values: the asking shard, then for each contained value the
   * rank of the value that contains it in {@link MergedShard#order}, the number of steps between
   * the two, and its field and bytes. A place would not do: it depends on the order in which
   * packets arrive, and a lost shard is merged again while the answers to its questions stay.
   *
   * @param bounds of the values that get ids
   */
  static Iterator<Tuple2<Integer, byte[]>> questions(
      MergedShard shard, IdBounds bounds, int shards) {
    ShardRates.Plan plan = shard.rates.plan();
    PacketWriter[] writers = new PacketWriter[shards];
    int[] order = shard.order();
    for (int rank = 0; rank < order.length; rank++) {
      int place = order[rank];
      if (!asks(shard, place, bounds)) {
        continue;
      }
      int m = shard.fieldOf[place];
      byte[] bytes = shard.bytes;
      int from = shard.offsets[place];
      int length = shard.offsets[place + 1] - from;
      for (int step = 0; plan.contained()[m] >= 0; step++) {
        CrossValue value = new CrossValue();
        value.select(bytes, from, length, plan.parts()[m]);
        m = plan.contained()[m];
        bytes = value.bytes();
        from = 0;
        length = value.length();
        int s = ChunkValues.shard(ByteHash.of(m, bytes, from, length), shards);
        if (writers[s] == null) {
          writers[s] = new PacketWriter();
          writers[s].number(shard.shard);
        }
        writers[s].number(rank);
        writers[s].number(step);
        writers[s].number(m);
        writers[s].array(bytes, from, length);
      }
    }
    return Packets.of(writers);
  }

  /** Packets for the asking shards: for each contained value the rank, the steps, its counts. */
  static Iterator<Tuple2<Integer, byte[]>> answers(
      MergedShard shard, Iterator<Tuple2<Integer, byte[]>> questions, int shards) {
    int[] order = shard.order();
    PacketWriter[] writers = new PacketWriter[shards];
    while (questions.hasNext()) {
      PacketReader reader = new PacketReader(questions.next()._2());
      int from = reader.integer();
      if (writers[from] == null) {
        writers[from] = new PacketWriter();
      }
      while (reader.hasNext()) {
        writers[from].number(reader.integer());
        writers[from].number(reader.integer());
        int m = reader.integer();
        int length = reader.integer();
        int place = shard.find(order, m, reader.bytes(), reader.array(length), length);
        shard.rates.write(writers[from], place);
      }
    }
    return Packets.of(writers);
  }

  /** The priors of a shard by the answers to its {@link #questions}. */
  static ContainedRates of(
      MergedShard shard, IdBounds bounds, Iterator<Tuple2<Integer, byte[]>> answers) {
    int[] order = shard.order();
    int[] indexOf = new int[shard.count];
    int[] firstOf = new int[shard.count];
    int asked = 0;
    int counted = 0;
    for (int rank = 0; rank < order.length; rank++) {
      int place = order[rank];
      if (asks(shard, place, bounds)) {
        indexOf[place] = ++asked;
        firstOf[rank] = counted;
        counted += steps(shard, place);
      }
    }
    long[] counts = new long[Math.multiplyExact(counted, LabelRate.COUNTS)];
    while (answers.hasNext()) {
      PacketReader reader = new PacketReader(answers.next()._2());
      while (reader.hasNext()) {
        int at = (firstOf[reader.integer()] + reader.integer()) * LabelRate.COUNTS;
        for (int i = 0; i < LabelRate.COUNTS; i++) {
          counts[at + i] = reader.number();
        }
      }
    }
    double[] rates = new double[Math.multiplyExact(asked, RATES)];
    for (int rank = 0; rank < order.length; rank++) {
      int place = order[rank];
      int steps = indexOf[place] > 0 ? steps(shard, place) : 0;
      for (int fold = 0; steps > 0 && fold < RATES; fold++) {
        double rate = shard.rates.plan().prior();
        for (int step = steps - 1; step >= 0; step--) {
          rate = LabelRate.of(counts, (firstOf[rank] + step) * LabelRate.COUNTS, fold, rate);
        }
        rates[(indexOf[place] - 1) * RATES + fold] = rate;
      }
    }
    return new ContainedRates(indexOf, rates);
  }

  /** Number of values on the path of contained values. */
  private static int steps(MergedShard shard, int place) {
    int[] contained = shard.rates.plan().contained();
    int steps = 0;
    for (int m = contained[shard.fieldOf[place]]; m >= 0; m = contained[m]) {
      steps++;
    }
    return steps;
  }
}
