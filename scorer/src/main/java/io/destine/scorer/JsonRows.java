package io.destine.scorer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.predict.RowExplanation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One JSON object per line, which is written unchanged with the probability, or null and the
 * reason, added at its end. A refused line is replaced by an object with only these two values; an
 * empty line is written unchanged.
 */
final class JsonRows implements RowFormat {
  private static final String ATTENTION = "attention";
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private final BufferedReader in;
  private final Writer out;
  private final Set<String> added;

  /**
   * Rows of JSON.
   *
   * @param attention whether rows are written with attention weights
   */
  JsonRows(ByteReader in, Writer out, boolean attention) {
    this.in = in;
    this.out = out;
    added = attention ? Set.of(PROBABILITY, REASON, ATTENTION) : Set.of(PROBABILITY, REASON);
  }

  @Override
  public ScoredRow next() throws IOException {
    String line = in.readLine();
    if (line == null) {
      return null;
    }
    return line.isBlank() ? ScoredRow.blank(line) : row(line);
  }

  private ScoredRow row(String line) {
    List<String> source = List.of(line);
    Map<String, Object> values;
    try {
      values = JSON.readValue(line.getBytes(StandardCharsets.ISO_8859_1), OBJECT);
    } catch (IOException e) {
      String why = e instanceof JsonProcessingException j ? j.getOriginalMessage() : e.getMessage();
      return refused(source, "the line must be a JSON object: " + why);
    }
    if (values == null) {
      return refused(source, "the line must be a JSON object, got null");
    }
    for (String name : added) {
      if (values.containsKey(name)) {
        return refused(source, "the row already has a value named \"" + name + "\"; rename it");
      }
    }
    return new ScoredRow(source, values, null);
  }

  private static ScoredRow refused(List<String> source, String reason) {
    return new ScoredRow(source, null, reason);
  }

  @Override
  public void write(
      ScoredRow row, Double probability, String reason, List<RowExplanation.Head> attention)
      throws IOException {
    String line = row.source().get(0);
    if (!row.isBlank()) {
      begin(line, row.values());
      if (attention != null) {
        add(ATTENTION, attention);
        out.write(',');
      }
      add(PROBABILITY, probability);
      if (reason != null) {
        out.write(',');
        add(REASON, reason);
      }
      line = "}";
    }
    out.write(line);
    out.write('\n');
  }

  /**
   * Writes the object up to its closing brace, or the start of a new object if the row was refused.
   */
  private void begin(String line, Map<String, Object> values) throws IOException {
    if (values == null) {
      out.write('{');
      return;
    }
    out.write(line, 0, line.lastIndexOf('}'));
    if (!values.isEmpty()) {
      out.write(',');
    }
  }

  private void add(String name, Object value) throws IOException {
    out.write('"');
    out.write(name);
    out.write("\":");
    out.write(ByteReader.bytes(JSON.writeValueAsString(value)));
  }
}
