package io.destine.spark.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;

class InternalRowsTest {
  private static final StructType SCHEMA =
      new StructType().add("name", "string").add("number", "int").add("list", "array<double>");

  @Test
  void rowsKeepTheirOrderTheirPartitionsAndTheirNulls() {
    Dataset<Row> table = table();
    assertThat(table.schema()).isEqualTo(SCHEMA);
    assertThat(table.toJavaRDD().getNumPartitions()).isEqualTo(3);
    assertThat(table.select("name", "number").collectAsList())
        .containsExactly(
            RowFactory.create("a", 1),
            RowFactory.create(null, 2),
            RowFactory.create("c", null),
            RowFactory.create("d", 4));
  }

  @Test
  void columnsAndRowsAreChosen() {
    assertThat(table().filter("number > 1").select("number").collectAsList())
        .containsExactly(RowFactory.create(2), RowFactory.create(4));
  }

  private static Dataset<Row> table() {
    JavaRDD<InternalRow> rows =
        SharedSpark.context()
            .parallelize(List.of(1, 2, 3, 4), 3)
            .map(
                n ->
                    new GenericInternalRow(
                        new Object[] {
                          n == 2 ? null : UTF8String.fromString(" abcd".substring(n, n + 1)),
                          n == 3 ? null : n,
                          null
                        }));
    return InternalRows.table(SharedSpark.session(), rows.rdd(), SCHEMA);
  }
}
