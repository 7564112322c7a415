package io.destine.spark.compat;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.conf.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparkVersionTest {
  @ParameterizedTest
  @ValueSource(strings = {"4.0.0", "4.0.0-preview2", "4.0.0.1"})
  void theVersionWithoutParametersOfOthersIsRefused(String version) {
    assertThatThrownBy(() -> SparkVersion.check(version))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Spark "
                + version
                + " cannot run this program: its class Param breaks all parameters outside of Spark"
                + " (SPARK-52259); use Spark 4.0.1 or later");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3.5.5", "4.0.1", "4.0.10", "4.1.0", "4.2.0-SNAPSHOT", "14.0.0"})
  void othersAreNot(String version) {
    assertThatCode(() -> SparkVersion.check(version)).doesNotThrowAnyException();
  }

  @Test
  void theVersionOnTheClassPathIsKnown() {
    assertThatCode(SparkVersion::check).doesNotThrowAnyException();
  }
}
