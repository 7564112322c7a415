package io.destine.spark.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.feature.FieldSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The HOCON configuration for training on a click log. */
public final class ClickLogConfig {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The first line, which marks a file as written by generate. */
  public static final String HEAD = "# Written by generate, for the command train.";

  /** Minimum number of days for a split by date: the last two are for validation and test. */
  private static final int DAYS_TO_SPLIT = 3;

  private ClickLogConfig() {}

  /**
   * The text of the file.
   *
   * @param source path of the click log; its glob characters are escaped in the text
   * @param format of its files
   * @param items path of the table of items; empty if there is none
   * @param model path of the model to train
   */
  public static String text(
      ClickLog log, String source, String format, Optional<String> items, String model) {
    String header = format.equals("csv") ? ", header = true" : "";
    return String.format(
        """
        %s
        source { path = %s, format = %s%s }
        label = %s
        fields = [
        %s
        ]
        %s%s
        output { model = %s }
        """,
        HEAD,
        path(source),
        format,
        header,
        quoted(log.label()),
        fields(log.ofRows()),
        items
            .map(
                table ->
                    String.format(
                        """
                        tables.item {
                          path = %s, format = %s%s
                          key = %s
                          fields = [
                        %s
                          ]
                        }
                        """,
                        path(table), format, header, ClickLog.ITEM, fields(log.ofItems())))
            .orElse(""),
        split(log),
        quoted(model));
  }

  private static String path(String path) {
    return quoted(path.replaceAll("[\\\\\\[\\]{}*?]", "\\\\$0"));
  }

  private static String fields(List<GeneratedField> fields) {
    return fields.stream()
        .map(field -> "  " + field(field.spec()))
        .collect(Collectors.joining("\n"));
  }

  private static String field(FieldSpec field) {
    String name = "{ name = " + quoted(field.name());
    return switch (field.kind()) {
      case CATEGORICAL -> name + " }";
      case NUMERIC -> name + ", kind = numeric, transform = " + field.transform().key() + " }";
      case TEXT -> name + ", kind = text }";
      case MULTI -> name + ", kind = multi, separator = " + quoted(field.separator()) + " }";
      case VECTOR ->
          String.format(
              Locale.ROOT,
              "%s, kind = vector, length = %d, separator = %s }",
              name,
              field.length(),
              quoted(field.separator()));
    };
  }

  private static String split(ClickLog log) {
    if (log.days() < DAYS_TO_SPLIT) {
      return "split { train = 0.8, validation = 0.1, test = 0.1, seed = 1 }";
    }
    return String.format(
        "split { by-date { column = %s, validation-from = \"%s\", test-from = \"%s\" } }",
        ClickLog.DAY,
        ClickLog.FIRST_DAY.plusDays(log.days() - 2L),
        ClickLog.FIRST_DAY.plusDays(log.days() - 1L));
  }

  private static String quoted(String text) {
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a text must be JSON, got " + text, e);
    }
  }
}
