package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.conf.UserError;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestFormatTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '!',
      value = {
        "{\"format_version\": | is damaged: Unexpected end-of-input",
        "{\"format_version\": 1, \"fields\": [{\"kind\": \"nothing\"}]} | belongs to an encoded",
        "{} | is damaged: it has no format_version",
        "!! | is damaged: it has no format_version",
        "CURRENT | is damaged: No enum constant",
      })
  void aManifestThatCannotBeReadIsNamedInOneLine(String json, String line) {
    String current =
        "{\"format_version\": "
            + ManifestFormat.VERSION
            + ", \"fields\": [{\"kind\": \"nothing\"}]}";
    String text = json.equals("CURRENT") ? current : json;
    assertThatThrownBy(() -> ManifestFormat.read(text, "data/manifest.json"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("data/manifest.json " + line);
  }
}
