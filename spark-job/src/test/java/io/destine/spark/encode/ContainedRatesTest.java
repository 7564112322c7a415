package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.CrossValue;
import io.destine.feature.LabelRate;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

class ContainedRatesTest {
  private static final double PRIOR = 0.3;
  private static final int VALUES = 30;

  /** Crosses of two, three and four columns; each contains the one before. */
  private static final ShardRates.Plan PLAN =
      new ShardRates.Plan(
          new boolean[] {true, true, true},
          new int[] {-1, 0, 1},
          new int[][] {null, {0, 1}, {0, 1, 2}},
          PRIOR,
          false);

  private static final IdBounds BOUNDS =
      new IdBounds(1, new long[] {Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE});

  /** A value of field m: m + 2 parts. */
  private static CrossValue value(int m, int number) {
    CrossValue value = new CrossValue();
    for (int part = 0; part < m + 2; part++) {
      byte[] bytes = (part + "-" + number).getBytes(StandardCharsets.UTF_8);
      value.add(bytes, 0, bytes.length);
    }
    return value;
  }

  /** [COUNTS] rows and positive rows of a value by fold. */
  private static long[] counts(int m, int number) {
    long[] counts = new long[LabelRate.COUNTS];
    for (int fold = 0; fold < LabelRate.FOLDS; fold++) {
      counts[2 * fold] = 50 + 7 * number + fold;
      counts[2 * fold + 1] = (number * (m + 3) + fold) % 50;
    }
    return counts;
  }

  /** The values of every second number, beginning with this one. */
  private static Tuple2<Integer, byte[]> packet(int first) {
    PacketWriter packet = new PacketWriter();
    packet.number(first);
    packet.number(0);
    packet.number(0);
    for (int number = first; number < VALUES; number += 2) {
      for (int m = 0; m < 3; m++) {
        packet.number(m);
        packet.number(number);
        packet.number(1);
        packet.number(0);
        packet.array(value(m, number).bytes(), 0, value(m, number).length());
        ShardRates.write(packet, counts(m, number), 0);
      }
    }
    return new Tuple2<>(0, packet.toBytes());
  }

  private static MergedShard shard(int... packets) {
    List<Tuple2<Integer, byte[]>> all =
        Arrays.stream(packets).mapToObj(ContainedRatesTest::packet).toList();
    return MergedShard.of(0, all.iterator(), 0, null, PLAN).next();
  }

  private static int place(MergedShard shard, int m, int number) {
    CrossValue value = value(m, number);
    return shard.find(shard.order(), m, value.bytes(), 0, value.length());
  }

  /** Packets arrive in another order when a lost shard is merged again. */
  @Test
  void aShardThatIsMergedAgainUnderstandsTheAnswersToItsEarlierQuestions() {
    MergedShard asked = shard(0, 1);
    MergedShard again = shard(1, 0);
    assertThat(place(again, 2, 0)).isNotEqualTo(place(asked, 2, 0));
    List<Tuple2<Integer, byte[]>> answers = new ArrayList<>();
    ContainedRates.answers(asked, ContainedRates.questions(asked, BOUNDS, 1), 1)
        .forEachRemaining(answers::add);
    for (MergedShard shard : List.of(asked, again)) {
      ContainedRates rates = ContainedRates.of(shard, BOUNDS, answers.iterator());
      for (int number = 0; number < VALUES; number++) {
        for (int fold = 0; fold <= LabelRate.FOLDS; fold++) {
          double two = LabelRate.of(counts(0, number), 0, fold, PRIOR);
          double three = LabelRate.of(counts(1, number), 0, fold, two);
          assertThat(rates.rate(place(shard, 0, number), fold, PRIOR)).isEqualTo(PRIOR);
          assertThat(rates.rate(place(shard, 1, number), fold, PRIOR)).isEqualTo(two);
          assertThat(rates.rate(place(shard, 2, number), fold, PRIOR)).isEqualTo(three);
        }
      }
    }
  }
}
