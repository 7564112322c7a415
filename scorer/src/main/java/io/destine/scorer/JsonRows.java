package io.destine.scorer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One JSON object a line; empty lines are left out. */
final class JsonRows implements RowFormat {
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  private final BufferedReader in;
  private final Writer out;

  JsonRows(BufferedReader in, Writer out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public List<ScoredRow> read(int most) throws IOException {
    List<ScoredRow> rows = new ArrayList<>();
    while (rows.size() < most && (rows.isEmpty() || in.ready())) {
      String line = in.readLine();
      if (line == null) {
        break;
      }
      if (!line.isBlank()) {
        rows.add(row(line));
      }
    }
    return rows;
  }

  private static ScoredRow row(String line) {
    try {
      Map<String, Object> values = JSON.readValue(line, OBJECT);
      if (values == null || values.containsKey(PROBABILITY) || values.containsKey(REASON)) {
        return new ScoredRow(
            null,
            values == null
                ? "the line must be a JSON object, got null"
                : "the row has a value of the name \"probability\" or \"probability_reason\"");
      }
      return new ScoredRow(values, null);
    } catch (JsonProcessingException e) {
      return new ScoredRow(null, "the line must be a JSON object: " + e.getOriginalMessage());
    }
  }

  @Override
  public void write(ScoredRow row, Double probability, String reason) throws IOException {
    Map<String, Object> values =
        row.values() == null ? new LinkedHashMap<>() : new LinkedHashMap<>(row.values());
    values.put(PROBABILITY, probability);
    if (reason != null) {
      values.put(REASON, reason);
    }
    out.write(JSON.writeValueAsString(values));
    out.write('\n');
  }
}
