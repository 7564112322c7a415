package io.destine.spark.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsecutivePartitionsTest {
  @ParameterizedTest
  @CsvSource({"7, 3, 3", "7, 1, 1", "7, 7, 7", "3, 7, 3"})
  void rowsKeepTheirOrder(int partitions, int most, int left) {
    Dataset<Row> merged =
        ConsecutivePartitions.merged(
            SharedSpark.session().range(0, 100, 1, partitions).toDF(), most);
    assertThat(merged.toJavaRDD().getNumPartitions()).isEqualTo(left);
    assertThat(merged.as(Encoders.LONG()).collectAsList())
        .containsExactlyElementsOf(LongStream.range(0, 100).boxed().toList());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void partitionsWithoutRowsAreNoEnd(int most) {
    Dataset<Row> merged =
        ConsecutivePartitions.merged(
            SharedSpark.session().range(0, 100, 1, 10).filter("id >= 35 and id < 48").toDF(), most);
    assertThat(merged.as(Encoders.LONG()).collectAsList())
        .containsExactlyElementsOf(LongStream.range(35, 48).boxed().toList());
  }

  @Test
  void rowsAfterAShuffleKeepTheirOrder() {
    Dataset<Row> sorted =
        SharedSpark.session().range(0, 50, 1, 4).toDF().orderBy(functions.desc("id"));
    List<Long> ids = ConsecutivePartitions.merged(sorted, 3).as(Encoders.LONG()).collectAsList();
    assertThat(ids)
        .containsExactlyElementsOf(LongStream.iterate(49, n -> n - 1).limit(50).boxed().toList());
  }
}
