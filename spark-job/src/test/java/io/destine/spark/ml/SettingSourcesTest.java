package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.conf.Setting;
import io.destine.spark.conf.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettingSourcesTest {
  @Test
  void sourcesAreThoseOfTheSettings() throws IOException {
    assertThat(words(Files.readString(SettingSources.params())))
        .isEqualTo(words(SettingSources.paramsText()));
    assertThat(words(Files.readString(SettingSources.setters())))
        .isEqualTo(words(SettingSources.settersText()));
  }

  private static String words(String text) {
    return text.replaceAll("\\s", "");
  }

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
        if (!setting.defaultValue().isEmpty() && !setting.defaultValue().equals("[]")) {
          assertThat(classifier.getOrDefault(classifier.getParam(param.name())).toString())
              .as(key)
              .isEqualTo(setting.defaultValue());
        }
      }
    }
    assertThat(names).contains("embeddingDim", "learningRate", "minCount", "batchNorm", "clipNorm");
  }
}
