package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.conf.UserError;
import org.junit.jupiter.api.Test;

class RepeatedRowsTest {
  @Test
  void moreEqualRowsThanATaskCanCompareAreRefusedWithARemedy() {
    assertThat(RepeatedRows.longer(1 << 29)).isEqualTo(1 << 30);
    assertThatThrownBy(() -> RepeatedRows.longer(1 << 30))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "more than 1,073,741,824 rows are equal, or the source has too many rows: replace equal"
                + " rows by one row with their number as weight, or read fewer rows");
  }
}
