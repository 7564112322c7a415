package io.destine.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SharedSparkTest {
  @Test
  void theSharedSessionRunsTasksAndSql() {
    int sum = SharedSpark.context().parallelize(List.of(1, 2, 3, 4), 2).reduce(Integer::sum);
    assertThat(sum).isEqualTo(10);
    assertThat(SharedSpark.session().range(7).count()).isEqualTo(7);
  }

  @Test
  void eachTestJvmHasItsOwnWarehouse() {
    assertThat(SharedSpark.session().conf().get("spark.sql.warehouse.dir"))
        .matches(".*/spark-warehouse-(spark-[^/]+)?fork[1-9]");
  }
}
