package io.destine.spark.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;

/**
 * Writes HTML that is also well-formed XML, sequentially. All texts and attribute values are
 * escaped here and nowhere else.
 */
final class Markup {
  /** Elements after which a line may end without a visible space. */
  private static final Set<String> LINES = Set.of("head", "header", "section", "figure", "tr");

  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Opens an element.
   *
   * @param attributes names and values in turn
   */
  Markup open(String tag, String... attributes) {
    start(tag, attributes);
    out.append('>');
    open.push(tag);
    return this;
  }

  /** Closes the element opened last. */
  Markup close() {
    String tag = open.pop();
    out.append("</").append(tag).append('>');
    if (LINES.contains(tag)) {
      out.append('\n');
    }
    return this;
  }

  /** Writes an element that contains only text. */
  Markup leaf(String tag, String text, String... attributes) {
    return open(tag, attributes).text(text).close();
  }

  /** Writes a name and a value of a list of facts, unless the value is null. */
  Markup fact(String name, Object value) {
    return value == null ? this : leaf("dt", name).leaf("dd", value.toString());
  }

  /**
   * Writes an element without content: an SVG element, or one that HTML never closes, such as meta.
   */
  Markup empty(String tag, String... attributes) {
    start(tag, attributes);
    out.append("/>");
    return this;
  }

  Markup text(String text) {
    out.append(escape(text));
    return this;
  }

  /** Opens a section with its heading and, if not null, an explanatory line. */
  Markup openSection(String title, String note) {
    open("section").leaf("h2", title);
    return note == null ? this : leaf("p", note, "class", "note");
  }

  private void start(String tag, String... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      out.append(escape(attributes[i + 1])).append('"');
    }
  }

  /** Escapes text for markup; characters that XML forbids become U+FFFD. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isXml(c) ? c : 0xFFFD);
              }
            });
    return escaped.toString();
  }

  private static boolean isXml(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c < 0xD800)
        || (c > 0xDFFF && c < 0xFFFE)
        || c > 0xFFFF;
  }

  /**
   * The markup so far.
   *
   * @throws IllegalStateException if an element is still open
   */
  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("page: every element must be closed, got " + open);
    }
    return out.toString();
  }
}
