package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.conf.Setting;
import io.destine.spark.conf.Settings;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.ml.param.Param;
import org.junit.jupiter.api.Test;

class SettingParamsTest {
  /** Settings whose defaults follow from others or from the rows. */
  private static final Set<String> UNSET =
      Set.of("train.blocks-per-step", "train.epsilon", "train.embedding-l2");

  @Test
  void everySettingOfNetworkTrainingAndVocabularyIsAParameterWithItsDefault() {
    Set<String> names = new HashSet<>();
    DestineClassifier classifier = new DestineClassifier();
    for (Setting setting : Settings.all()) {
      String key = setting.key();
      if (List.of("model", "train", "vocabulary").contains(key.split("\\.")[0])) {
        SettingParam param = SettingParam.of(key);
        assertThat(names.add(param.name())).as(key).isTrue();
        assertThat(classifier.hasParam(param.name())).as(key).isTrue();
        assertThat(classifier.getParam(param.name()).doc()).contains(setting.meaning());
        Param<?> declared = classifier.getParam(param.name());
        if (UNSET.contains(key)) {
          assertThat(classifier.isDefined(declared)).as(key).isFalse();
        } else if (key.equals("model.deep")) {
          assertThat(classifier.getDeep()).containsExactly(128, 64);
        } else {
          assertThat(classifier.getOrDefault(declared).toString())
              .as(key)
              .isEqualTo(setting.defaultValue());
        }
      }
    }
    assertThat(names).contains("embeddingDim", "learningRate", "minCount", "batchNorm", "clipNorm");
  }
}
