package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

class FittedFieldTest {
  private static final FieldSpec PRICE = FieldSpec.numeric("price", Transform.LINEAR);

  @Test
  void aLogSquaredBucketIsTheFloorOfTheSquaredLogarithmAboveTwo() {
    FittedField field = FittedField.of(FieldSpec.numeric("n", Transform.LOG_SQUARED));
    for (double x : new double[] {2.0001, 3, 7, 100, 12345, 1e9}) {
      int expected = (int) Math.floor(Math.pow(Math.log(x), 2));
      assertThat(field.value(x)).as("x = " + x).isEqualTo(Integer.toString(expected));
    }
  }

  @Test
  void numbersUpToTwoAreBucketsOfTheirOwn() {
    FittedField field = FittedField.of(FieldSpec.numeric("n", Transform.LOG_SQUARED));
    assertThat(List.of(field.value(2), field.value("1"), field.value(0.5), field.value("-1")))
        .containsExactly("=2", "=1", "=0", "=-1");
    assertThat(field.value(3)).as("floor(ln(3)^2) = 1, but not the bucket of 1").isEqualTo("1");
    assertThat(field.value("")).isNull();
    assertThat(field.value(Double.NaN)).isNull();
  }

  @Test
  void aQuantileBucketCountsTheCutPointsBelow() {
    double[] cuts = {-1, 0.5, 10, 11};
    FittedField field = FittedField.quantile(FieldSpec.quantile("n", 5), cuts);
    for (double x : new double[] {-5, -1, -0.5, 0.5, 0.6, 10, 10.5, 11, 99}) {
      int below = 0;
      for (double cut : cuts) {
        below += cut < x ? 1 : 0;
      }
      assertThat(field.value(x)).as("x = " + x).isEqualTo(Integer.toString(below));
    }
    assertThatThrownBy(() -> FittedField.quantile(FieldSpec.quantile("n", 5), new double[] {1, 1}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field n: cuts must be ascending numbers, got 1.0");
  }

  @Test
  void aLinearNumberIsStandardisedAndAMissingOneIsTheMean() {
    FittedField field = FittedField.linear(PRICE, 10, 4);
    assertThat(field.standardised("16")).isEqualTo(1.5f);
    assertThat(field.standardised(null)).isZero();
  }

  @Test
  void aNumberFarFromThoseOfTheFittedRowsIsLimited() {
    FittedField field = FittedField.linear(PRICE, 10, 4);
    assertThat(field.standardised(10 + 4 * 0x1p20)).isEqualTo(0x1p20f);
    for (double far : new double[] {1e9, 1e300, Double.MAX_VALUE}) {
      assertThat(field.standardised(far)).isEqualTo(0x1p20f);
      assertThat(field.standardised(-far)).isEqualTo(-0x1p20f);
    }
  }

  @Test
  void aNumberHasOneTextWhateverItsType() {
    FittedField field = FittedField.of(FieldSpec.numeric("n", Transform.NONE));
    for (Object three : List.of(3, 3L, 3.0, 3f, "3", " 3.00", new BigDecimal("3.0"))) {
      assertThat(field.value(three)).as(three.getClass().getName()).isEqualTo("3");
    }
    assertThat(field.value(0.1)).isEqualTo(field.value("0.1")).isEqualTo("0.1");
  }

  @Test
  void whatIsNoNumberIsRefusedByName() {
    for (Object bad : List.of("abc", "1e999", "3d", "0x1p3f", Double.POSITIVE_INFINITY)) {
      assertThatThrownBy(() -> RawValues.number(PRICE, bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("field price: value must be a finite number, got " + bad);
    }
  }

  @Test
  void fittedFieldsReadBackFromJsonToTheSameBits() {
    FittedFields fields =
        new FittedFields(
            List.of(
                FittedField.of(FieldSpec.categorical("user")),
                FittedField.quantile(FieldSpec.quantile("q", 3), new double[] {0.1, 1 / 3.0}),
                FittedField.linear(PRICE, Math.PI, 1e-7),
                FittedField.of(FieldSpec.vector("v", 9)),
                FittedField.of(FieldSpec.categorical("site").withHashBuckets(1000)),
                FittedField.of(new FieldSpec("tags", "t", FieldKind.MULTI, null, 20, ";", 1))));
    FittedFields again = FittedFields.ofJson(fields.toJson());
    assertThat(again.specs()).isEqualTo(fields.specs());
    assertThat(again.fields().get(1).cuts()).containsExactly(0.1, 1 / 3.0);
    assertThat(again.fields().get(2).mean()).isEqualTo(Math.PI);
    assertThat(again.fields().get(2).std()).isCloseTo(1e-7, within(0.0));
    assertThat(again.toJson()).isEqualTo(fields.toJson());
    assertThat(again.hashBuckets()).containsExactly(0, 0, 0, 0, 1000, 0);
    assertThat(fields.toJson().split("hash_buckets", -1)).as("in one field only").hasSize(2);
  }

  @Test
  void aSettingThatTheProgramDoesNotKnowIsRefusedByName() {
    String json = new FittedFields(List.of(FittedField.of(FieldSpec.categorical("user")))).toJson();
    assertThatThrownBy(
            () -> FittedFields.ofJson(json.replace("\"length\"", "\"lower\" : true, \"length\"")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "field user: lower is unknown to this program: a newer version wrote the fields; use"
                + " that version");
  }

  @Test
  void aFieldRefusesSettingsThatDoNotGoTogether() {
    assertThatThrownBy(() -> FieldSpec.quantile("n", 1))
        .hasMessage("field n: buckets must be at least 2, got 1");
    assertThatThrownBy(() -> FieldSpec.vector("n", 0))
        .hasMessage("field n: length must be at least 1, got 0");
    assertThatThrownBy(
            () -> new FieldSpec("n", null, FieldKind.MULTI, Transform.LINEAR, 20, "|", 1))
        .hasMessage("field n: transform must be left out of a multi field, got linear");
    assertThatThrownBy(() -> FieldSpec.vector("n", 2).withHashBuckets(9))
        .hasMessage("field n: hash-buckets must be left out of a vector field, got 9");
    assertThatThrownBy(() -> FieldSpec.numeric("n", Transform.LOG_SQUARED).withHashBuckets(9))
        .hasMessage("field n: hash-buckets must be left out of a log-squared field, got 9");
    assertThatThrownBy(() -> FieldSpec.categorical("n").withHashBuckets((1 << 30) + 1))
        .hasMessage("field n: hash-buckets must be from 1 to 1073741824, got 1073741825");
  }
}
