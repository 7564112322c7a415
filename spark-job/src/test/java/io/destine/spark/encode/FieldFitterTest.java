package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.Transform;
import io.destine.spark.SharedSpark;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;

class FieldFitterTest {
  private static final int PARTITIONS = 100;
  private static final List<FieldSpec> FIELDS = List.of(FieldSpec.numeric("age", Transform.LINEAR));

  private static SplitChunk row(int number) {
    Chunk chunk = new Chunk(0, 1);
    chunk.rows = 1;
    chunk.labels = new byte[1];
    chunk.linear[0] = new double[] {number};
    return new SplitChunk(chunk, 0, new long[] {number}, new byte[1], null);
  }

  private static FittedField fitted(JavaRDD<SplitChunk> rows) {
    return FieldFitter.fit(SharedSpark.session(), FIELDS, List.of(), rows).fields().get(0);
  }

  /** The numbers 0 to n - 1: a mean of (n - 1) / 2, a variance of (n^2 - 1) / 12. */
  @Test
  void theDriverReceivesFewSumsOfManyPartitions() {
    JavaSparkContext context = SharedSpark.context();
    List<Integer> numbers = IntStream.range(0, PARTITIONS).boxed().toList();
    int results =
        ResultTasks.of(
            context,
            () -> {
              FittedField field =
                  fitted(context.parallelize(numbers, PARTITIONS).map(FieldFitterTest::row));
              assertThat(field.mean()).isEqualTo((PARTITIONS - 1) / 2.0);
              assertThat(field.std())
                  .isCloseTo(Math.sqrt((PARTITIONS * PARTITIONS - 1) / 12.0), within(1e-12));
            });
    // Two jobs, each of which receives about twice the root of the number of partitions.
    assertThat(results).isBetween(2, 40);
  }

  @Test
  void withoutPartitionsTheMeanIsZero() {
    FittedField field = fitted(SharedSpark.context().<SplitChunk>emptyRDD());
    assertThat(field.mean()).isZero();
    assertThat(field.std()).isEqualTo(1);
  }
}
