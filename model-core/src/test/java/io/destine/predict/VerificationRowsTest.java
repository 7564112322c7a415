package io.destine.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.DatePart;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyBuilder;
import io.destine.kernel.KernelChoice;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.param.Parameters;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerificationRowsTest {
  @Test
  void aTimeHasOnlyThoseSharedValuesThatArePartsOfTimes() {
    FittedFields fields =
        new FittedFields(
            List.of(
                FittedField.of(FieldSpec.part("weekday", "at", DatePart.WEEKDAY)),
                FittedField.of(FieldSpec.multi("open").sharing("weekday"))));
    VocabularyBuilder values = Vocabulary.builder(List.of("weekday", "open"), 1).reserve(0);
    List.of("mon", "holiday", "friday").forEach(day -> values.add(0, day));
    Vocabulary shared =
        new Vocabulary(
            List.of("weekday", "open"), 1, new int[2], new int[2], values.build().shards());
    FeatureEncoder encoder = new FeatureEncoder(fields, shared);
    Destine network =
        new Destine(
            ModelConfig.interaction().embeddingDim(2).heads(1).headDim(2).layers(1).build(),
            fields.layout());
    VerificationRows rows =
        VerificationRows.of(
            encoder,
            new NetworkKernels(network, KernelChoice.AUTO).forward(),
            Parameters.initial(
                network.layout(), Precision.FLOAT32, encoder.vocabulary().size(), 3));
    assertThat(rows.rows())
        .extracting(row -> row.get("at"))
        .contains("2024-01-05 00:00:00")
        .allMatch(time -> time == null || time.equals("2024-01-05 00:00:00"));
    assertThat(rows.rows().toString()).contains("holiday");
  }
}
