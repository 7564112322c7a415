package io.destine.spark.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SparkVersionTest {
  @ParameterizedTest
  @ValueSource(strings = {"4.0.0", "4.0.0-preview2", "4.0.0.1"})
  void theVersionWithoutParametersOfOthersIsRefused(String version) {
    SparkVersion here = new SparkVersion(version, "2.13.16");
    assertThatThrownBy(() -> SparkVersion.check(new SparkVersion("4.2.0", "2.13"), here))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "Spark "
                + version
                + " cannot run this program: its class Param breaks all parameters outside of Spark"
                + " (SPARK-52259); use Spark 4.0.1 or later");
  }

  @ParameterizedTest
  @CsvSource({
    "3.5.5, 2.12, 3.5.5, 2.12.18",
    "3.5.5, 2.12, 3.5.0-amzn-1, 2.12.17",
    "3.5.6, 2.13, 3.5.7, 2.13.8",
    "4.2.0, 2.13, 4.0.1, 2.13.16",
    "4.2.0, 2.13, 4.0.10, 2.13.16",
    "4.2.0, 2.13, 4.2.0-SNAPSHOT, 2.13.18",
    "4.2.0, 2.13, 4.10.0, 2.13",
  })
  void othersAreNot(String spark, String scala, String sparkHere, String scalaHere) {
    SparkVersion built = new SparkVersion(spark, scala);
    assertThatCode(() -> SparkVersion.check(built, new SparkVersion(sparkHere, scalaHere)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "3.5.5, 2.12, 3.5.6, 2.13.8",
    "3.5.6, 2.13, 4.2.0, 2.13.18",
    "4.2.0, 2.13, 3.5.6, 2.13.8",
    "4.2.0, 2.13, 3.5.5, 2.12.18",
    "4.2.0, 2.13, 14.0.0, 2.13.18",
    "4.2.0, 2.13, 4.2.0, 2.1",
  })
  void aJarIsForTheSparkAndTheScalaThatItIsBuiltFor(
      String spark, String scala, String sparkHere, String scalaHere) {
    SparkVersion built = new SparkVersion(spark, scala);
    assertThatThrownBy(() -> SparkVersion.check(built, new SparkVersion(sparkHere, scalaHere)))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "this jar is built for Spark " + spark + " with Scala " + scala + " and cannot run on ")
        .hasMessageContaining(" on Spark " + sparkHere + " with Scala 2.");
  }

  @Test
  void aHadoopThatCannotRunOnThisJavaIsOneLine() {
    SparkVersion here = new SparkVersion("3.5.5", "2.12.18");
    UnsupportedOperationException refused =
        new UnsupportedOperationException("getSubject is not supported");
    assertThatThrownBy(
            () ->
                SparkVersion.checkJava(
                    here,
                    () -> {
                      throw refused;
                    }))
        .isInstanceOf(UserError.class)
        .hasCause(refused)
        .hasMessageStartingWith(
            "Spark 3.5.5 cannot run on Java " + Runtime.version().feature() + ": its Hadoop");
    assertThatCode(
            () ->
                SparkVersion.checkJava(
                    here,
                    () -> {
                      throw new IOException("no ticket");
                    }))
        .doesNotThrowAnyException();
  }

  @Test
  void theVersionOnTheClassPathIsTheOneOfTheBuild() {
    assertThatCode(SparkVersion::check).doesNotThrowAnyException();
    assertThat(SparkVersion.built().spark()).isEqualTo(SparkVersion.here().spark());
    assertThat(SparkVersion.here().scala()).startsWith(SparkVersion.built().scala());
  }
}
