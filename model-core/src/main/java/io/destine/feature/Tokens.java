package io.destine.feature;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;

/**
 * Splits texts into words or parts of words. Texts are converted to lower case, without accents and
 * in compatible forms (Unicode NFKD), so that É, é and e are one letter. A word is a maximal run of
 * letters and digits. Its parts of n characters are the character n-grams of the word enclosed in
 * {@code <} and {@code >}, or the whole enclosed word if it is shorter. For languages without
 * spaces between words, parts work and whole words do not.
 */
public final class Tokens {
  private Tokens() {}

  /**
   * Adds the words of a text, or their character n-grams, in order.
   *
   * @param ngrams length of an n-gram; 0 for whole words
   */
  public static void add(String text, int ngrams, List<String> into) {
    String folded = folded(text);
    int length = folded.length();
    int begin = -1;
    for (int at = 0; at <= length; ) {
      int c = at < length ? folded.codePointAt(at) : ' ';
      boolean part = Character.isLetterOrDigit(c);
      if (part && begin < 0) {
        begin = at;
      } else if (!part && begin >= 0) {
        addWord(folded.substring(begin, at), ngrams, into);
        begin = -1;
      }
      at += Character.charCount(c);
    }
  }

  private static void addWord(String word, int ngrams, List<String> into) {
    if (ngrams == 0) {
      into.add(word);
      return;
    }
    int[] characters = ("<" + word + ">").codePoints().toArray();
    int size = Math.min(ngrams, characters.length);
    for (int from = 0; from + size <= characters.length; from++) {
      into.add(new String(characters, from, size));
    }
  }

  private static String folded(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    boolean ascii = true;
    for (int i = 0; i < lower.length() && ascii; i++) {
      ascii = lower.charAt(i) < 0x80;
    }
    if (ascii) {
      return lower;
    }
    String apart = Normalizer.normalize(lower, Normalizer.Form.NFKD);
    StringBuilder kept = new StringBuilder(apart.length());
    apart
        .codePoints()
        .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
        .forEach(kept::appendCodePoint);
    // A compatible form, such as that of a circled letter, may be in upper case.
    return kept.toString().toLowerCase(Locale.ROOT);
  }
}
