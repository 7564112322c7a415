package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.spark.source.SourceValues;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;

class RowEncoderTest {
  private static final FittedFields FIELDS =
      new FittedFields(
          List.of(
              FittedField.of(FieldSpec.categorical("user")),
              FittedField.of(FieldSpec.vector("image", 2))));

  /** 0 missing, 1 OOV, 2 u, 3 v. */
  private static final Vocabulary VOCABULARY =
      Vocabulary.builder(List.of("user", "image"), 1).reserve(0).add(0, "u").add(0, "v").build();

  private static RowEncoder encoder(int... columns) {
    return new RowEncoder(
        new FeatureEncoder(FIELDS, VOCABULARY), columns, SourceValues.in(ZoneOffset.UTC));
  }

  @Test
  void fieldsAreReadFromTheirColumns() {
    RowEncoder encoder = encoder(2, 0);
    encoder.add(RowFactory.create("0.5|3", "other", "u"));
    EncodedBatch batch = encoder.build();
    assertThat(batch.ids()).containsExactly(2);
    assertThat(batch.dense()).containsExactly(0.5f, 3);
    assertThat(batch.labels()).containsExactly(0);
    assertThat(batch.weights()).isNull();
    assertThat(batch.groups()).isNull();
  }

  @Test
  void aBatchHoldsTheRowsSinceTheLastOne() {
    RowEncoder encoder = encoder(0, 1);
    encoder.add(RowFactory.create("u", "1|2"));
    assertThat(encoder.build().rows()).isEqualTo(1);
    assertThat(encoder.rows()).isZero();
    encoder.add(RowFactory.create("v", "3|4"));
    encoder.add(RowFactory.create(null, "5|6"));
    assertThat(encoder.build().ids()).containsExactly(3, 0);
  }

  @Test
  void aRowThatCannotBeEncodedLeavesTheOthersAsTheyAre() {
    RowEncoder encoder = encoder(0, 1);
    encoder.add(RowFactory.create("u", "1|2"));
    assertThatThrownBy(() -> encoder.add(RowFactory.create("v", "1|two")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("image");
    encoder.add(RowFactory.create("v", "3|4"));
    EncodedBatch batch = encoder.build();
    assertThat(batch.ids()).containsExactly(2, 3);
    assertThat(batch.dense()).containsExactly(1, 2, 3, 4);
  }
}
