package io.destine.predict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.ModelFormatException;
import io.destine.feature.BatchBuilder;
import io.destine.feature.CrossValue;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.Transform;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyShard;
import io.destine.kernel.Forward;
import io.destine.metric.Logits;
import io.destine.param.Parameters;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Rows of raw values with the probabilities that a model gives them, stored in the model, so that a
 * scorer can check that encoder and network give the same results as where the model was made. At
 * least one row has no values, and one row has texts that are not in the vocabulary.
 *
 * @param rows values by column
 * @param probabilities [rows]
 * @param kernel name of the kernel that computed them
 */
public record VerificationRows(
    List<Map<String, Object>> rows, double[] probabilities, String kernel) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ND4J = "nd4j";
  private static final int COUNT = 8;
  private static final int WITHOUT_VALUES = 6;
  private static final int UNKNOWN = 7;
  private static final int VALUES_OF_A_FIELD = 5;
  private static final double[] NUMBERS = {0, 1, 3, 20.5, 400, -1, 0, 1e6};

  private record Stored(List<Map<String, Object>> rows, double[] probabilities, String kernel) {}

  /** Creates rows from values of the vocabulary, with the probabilities that a model gives them. */
  public static VerificationRows of(
      FeatureEncoder encoder, Forward forward, Parameters parameters) {
    List<Map<String, Object>> rows = rows(encoder);
    return new VerificationRows(
        rows, probabilities(rows, encoder, forward, parameters), forward.name());
  }

  private static double[] probabilities(
      List<Map<String, Object>> rows,
      FeatureEncoder encoder,
      Forward forward,
      Parameters parameters) {
    BatchBuilder batch = encoder.newBatch();
    for (Map<String, Object> row : rows) {
      encoder.encode(encoder.record(row), batch);
      batch.endRow(0, 1, 0);
    }
    double[] logits = new double[rows.size()];
    forward.logits(parameters, batch.build(0), logits);
    for (int n = 0; n < logits.length; n++) {
      logits[n] = Logits.probability(logits[n]);
    }
    return logits;
  }

  private static List<Map<String, Object>> rows(FeatureEncoder encoder) {
    List<FittedField> fields = encoder.fields().fields();
    List<List<String>> known = known(encoder.vocabulary(), fields.size());
    int inputs = encoder.fields().inputs().size();
    int firstCross = encoder.fields().firstDerived();
    int[][] crosses = encoder.fields().crosses();
    List<List<String>> keys =
        IntStream.range(0, encoder.fields().tables().size())
            .mapToObj(t -> encoder.tables().keys(t, VALUES_OF_A_FIELD))
            .toList();
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int r = 0; r < COUNT; r++) {
      Map<String, Object> row = new LinkedHashMap<>();
      for (int m = 0; m < inputs && r != WITHOUT_VALUES; m++) {
        FieldSpec spec = fields.get(m).spec();
        if (spec.part() == null) {
          row.put(spec.column(), value(fields.get(m), known.get(encoder.vocabulary().owner(m)), r));
        } else if (r != UNKNOWN) {
          // Values of fields that share the ids need not be parts of a time.
          List<String> parts = known.get(m).stream().filter(spec.part()::has).toList();
          if (!parts.isEmpty()) {
            // Fields of the same date or time share a column: the first determines the time.
            row.putIfAbsent(spec.column(), spec.part().example(parts.get(r % parts.size())));
          }
        }
      }
      for (int c = 0; c < crosses.length && r != WITHOUT_VALUES; c++) {
        putParts(row, fields, crosses[c], known.get(firstCross + c), r);
      }
      for (int t = 0; t < keys.size() && r != WITHOUT_VALUES; t++) {
        row.put(encoder.fields().tables().get(t).key(), text(keys.get(t), r));
      }
      rows.add(encodes(encoder, row) ? row : Map.of());
    }
    return rows;
  }

  /** Sets the categorical parts of a cross to values whose combination is in the vocabulary. */
  private static void putParts(
      Map<String, Object> row, List<FittedField> fields, int[] parts, List<String> known, int r) {
    if (known.isEmpty()) {
      return;
    }
    List<String> values = CrossValue.parts(known.get(r % known.size()));
    for (int i = 0; i < parts.length; i++) {
      FieldSpec spec = fields.get(parts[i]).spec();
      if (spec.kind() == FieldKind.CATEGORICAL && !spec.hashed() && spec.part() == null) {
        row.put(spec.column(), values.get(i));
      }
    }
  }

  /**
   * Whether the row can be encoded; false if only one of two fields with the same column can read
   * the value.
   */
  private static boolean encodes(FeatureEncoder encoder, Map<String, Object> row) {
    try {
      encoder.encode(encoder.record(row), encoder.newBatch());
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Some values of each field, the first ones in order of their hashes. */
  private static List<List<String>> known(Vocabulary vocabulary, int fields) {
    List<List<String>> known = new ArrayList<>();
    for (int m = 0; m < fields; m++) {
      known.add(new ArrayList<>());
    }
    int open = fields;
    for (VocabularyShard shard : vocabulary.shards()) {
      for (int i = 0; i < shard.count() && open > 0; i++) {
        List<String> of = known.get(shard.field(i));
        if (of.size() < VALUES_OF_A_FIELD) {
          of.add(new String(shard.value(i), StandardCharsets.UTF_8));
          open -= of.size() == VALUES_OF_A_FIELD ? 1 : 0;
        }
      }
    }
    return known;
  }

  private static Object value(FittedField field, List<String> known, int r) {
    FieldSpec spec = field.spec();
    if (spec.kind() == FieldKind.VECTOR) {
      List<Double> vector = new ArrayList<>();
      for (int i = 0; i < spec.length(); i++) {
        vector.add(((r + 1) * (i + 1) % 7 - 3) / 4.0);
      }
      return vector;
    }
    if (spec.kind() == FieldKind.MULTI) {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < r % 4; i++) {
        values.add(text(known, r + i));
      }
      return values;
    }
    if (spec.kind() == FieldKind.TEXT) {
      return r % 4 == 0 ? null : text(known, r) + " " + text(known, r + 1);
    }
    if (spec.kind() == FieldKind.CATEGORICAL) {
      return text(known, r);
    }
    return number(field, known, r);
  }

  private static String text(List<String> known, int r) {
    return r == UNKNOWN || known.isEmpty() ? "unknown " + r : known.get(r % known.size());
  }

  private static Object number(FittedField field, List<String> known, int r) {
    if (field.spec().transform() == Transform.LINEAR) {
      return field.mean() + (r - 3) * field.std() / 2;
    }
    if (field.spec().transform() == Transform.QUANTILE && field.cuts().length > 0) {
      return field.cuts()[r * field.cuts().length / COUNT];
    }
    if (field.spec().transform() == Transform.NONE && r != UNKNOWN && !known.isEmpty()) {
      return Double.valueOf(known.get(r % known.size()));
    }
    return NUMBERS[r];
  }

  /**
   * Reads the text that {@link #toJson} wrote.
   *
   * @throws ModelFormatException when the text has a different format
   */
  public static VerificationRows ofJson(String text) {
    try {
      Stored stored = JSON.readValue(text, new TypeReference<Stored>() {});
      return new VerificationRows(stored.rows(), stored.probabilities(), stored.kernel());
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(
          "verification rows must be JSON, got " + e.getOriginalMessage(), e);
    }
  }

  /** The rows as JSON. */
  public String toJson() {
    try {
      return JSON.writerWithDefaultPrettyPrinter()
          .writeValueAsString(new Stored(rows, probabilities, kernel));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("rows of texts and numbers must be JSON, got " + e, e);
    }
  }

  /**
   * Recomputes the probabilities. They must be bit-identical, unless exactly one side uses the ND4J
   * kernel: then a difference of one millionth is allowed.
   *
   * @throws IllegalStateException when one differs
   */
  void verify(FeatureEncoder encoder, Forward forward, Parameters parameters) {
    double[] found = probabilities(rows, encoder, forward, parameters);
    double tolerance = kernel.equals(ND4J) == forward.name().equals(ND4J) ? 0 : 1e-6;
    for (int n = 0; n < found.length; n++) {
      if (!(Math.abs(found[n] - probabilities[n]) <= tolerance)) {
        throw new IllegalStateException(
            String.format(
                "verification row %d of the model: probability must be %s, got %s",
                n, probabilities[n], found[n]));
      }
    }
  }
}
