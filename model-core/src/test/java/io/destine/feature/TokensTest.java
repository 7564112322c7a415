package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokensTest {
  private static List<String> tokens(String text, int ngrams) {
    List<String> tokens = new ArrayList<>();
    Tokens.add(text, ngrams, tokens);
    return tokens;
  }

  @Test
  void wordsAreRunsOfLettersAndDigits() {
    assertThat(tokens("Toy Story 2 (1999)", 0)).containsExactly("toy", "story", "2", "1999");
    assertThat(tokens(" - , ", 0)).isEmpty();
    assertThat(tokens("a,b", 0)).containsExactly("a", "b");
  }

  @Test
  void caseAccentsAndFormsDoNotCount() {
    assertThat(tokens("Amélie AMELIE ame\u0301lie", 0)).containsOnly("amelie").hasSize(3);
    assertThat(tokens("\uFF34\uFF4F\uFF59 \u24C9oy \uFB01n", 0))
        .containsExactly("toy", "toy", "fin");
    // Two code units are one letter.
    assertThat(tokens("\uD835\uDC00b", 0)).containsExactly("ab");
  }

  @Test
  void partsOfWordsHaveTheirEnds() {
    assertThat(tokens("story", 3)).containsExactly("<st", "sto", "tor", "ory", "ry>");
    assertThat(tokens("ab c", 5)).containsExactly("<ab>", "<c>");
    assertThat(tokens("\u6771\u4EAC\u90FD", 2))
        .containsExactly("<\u6771", "\u6771\u4EAC", "\u4EAC\u90FD", "\u90FD>");
  }

  @Test
  void aTextFieldHasTheTokensOfItsTexts() {
    FieldSpec title = FieldSpec.text("title");
    assertThat(RawValues.texts(title, "Heat | 1995")).containsExactly("heat", "1995");
    assertThat(RawValues.texts(title, List.of("Heat", "of the night")))
        .containsExactly("heat", "of", "the", "night");
    assertThat(RawValues.texts(title, null)).isEmpty();
    assertThat(RawValues.texts(title.withNgrams(4), "up")).containsExactly("<up>");
  }
}
