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
  private final String probability;
  private final String reason;
  private final boolean attention;

  /**
   * Rows of JSON.
   *
   * @param probability name of the value of the probability, null if rows are not written
   * @param attention whether rows are written with attention weights
   */
  JsonRows(ByteReader in, Writer out, String probability, boolean attention) {
    this.in = in;
    this.out = out;
    this.probability = probability;
    this.reason = probability == null ? null : RowFormat.reasonOf(probability);
    this.attention = attention;
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
    String present =
        values.containsKey(probability) ? probability : values.containsKey(reason) ? reason : null;
    if (present != null) {
      return refused(
          source, present(present) + "; rename it or choose another --probability-column");
    }
    if (attention && values.containsKey(ATTENTION)) {
      return refused(source, present(ATTENTION) + "; rename it");
    }
    return new ScoredRow(source, values, null);
  }

  private static String present(String name) {
    return "the row already has a value named \"" + name + "\"";
  }

  private static ScoredRow refused(List<String> source, String reason) {
    return new ScoredRow(source, null, reason);
  }

  @Override
  public void write(ScoredRow row, Double value, String why, List<RowExplanation.Head> weights)
      throws IOException {
    String line = row.source().get(0);
    if (!row.isBlank()) {
      begin(line, row.values());
      if (weights != null) {
        add(ATTENTION, weights);
        out.write(',');
      }
      add(probability, value);
      if (why != null) {
        out.write(',');
        add(reason, why);
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
    out.write(ByteReader.bytes(JSON.writeValueAsString(name)));
    out.write(':');
    out.write(ByteReader.bytes(JSON.writeValueAsString(value)));
  }
}
