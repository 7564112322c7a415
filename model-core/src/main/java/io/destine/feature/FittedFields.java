package io.destine.feature;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The M fields of a data set, fitted: those of the log in configured order, those of side tables in
 * the order of the tables, crosses of fields of the log, then the rates of fields and crosses;
 * stored next to the vocabulary as JSON.
 *
 * @param fields at least one, names distinct
 * @param tables side tables, names distinct
 */
public record FittedFields(List<FittedField> fields, List<SideTable> tables)
    implements Serializable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> KEYS =
      Set.of(
          "name",
          "column",
          "kind",
          "transform",
          "buckets",
          "separator",
          "length",
          "cuts",
          "mean",
          "std",
          "hash_buckets",
          "parts",
          "part",
          "table",
          "ngrams",
          "shares");

  private static final int CROSS = Integer.MAX_VALUE - 1;
  private static final int RATE = Integer.MAX_VALUE;

  public FittedFields {
    fields = List.copyOf(fields);
    tables = List.copyOf(tables);
    List<String> names = tables.stream().map(SideTable::name).toList();
    for (int m = 0; m < fields.size(); m++) {
      parts(fields, m);
      owner(fields, m);
      if (m > 0 && order(names, fields.get(m - 1)) > order(names, fields.get(m))) {
        throw new IllegalArgumentException(
            "fields must be in this order: fields of the log, fields of side tables in the order of"
                + " the tables, crosses, rates; got "
                + fields.get(m - 1).spec().name()
                + " before "
                + fields.get(m).spec().name());
      }
    }
  }

  /** Fields without side tables. */
  public FittedFields(List<FittedField> fields) {
    this(fields, List.of());
  }

  private static int order(List<String> tables, FittedField field) {
    FieldSpec spec = field.spec();
    if (spec.isRate()) {
      return RATE;
    } else if (spec.isCross()) {
      return CROSS;
    } else if (spec.table() == null) {
      return 0;
    }
    int table = tables.indexOf(spec.table());
    if (table < 0) {
      throw new IllegalArgumentException(
          "field " + spec.name() + ": no side table has the name " + spec.table());
    }
    return 1 + table;
  }

  /** The field that owns the ids of field m: itself, or the field whose ids it shares. */
  private static int owner(List<FittedField> fields, int m) {
    String shares = fields.get(m).spec().shares();
    if (shares == null) {
      return m;
    }
    for (int of = 0; of < m; of++) {
      FieldSpec spec = fields.get(of).spec();
      boolean fits = spec.kind() == FieldKind.CATEGORICAL || spec.kind() == FieldKind.MULTI;
      if (spec.name().equals(shares)
          && fits
          && spec.shares() == null
          && spec.parts().isEmpty()
          && !spec.hashed()) {
        return of;
      }
    }
    throw new IllegalArgumentException(
        String.format(
            "field %s: shares must name an earlier field of kind categorical or multi with a"
                + " vocabulary of its own, got %s",
            fields.get(m).spec().name(), shares));
  }

  /** [M] the field that owns the ids of each field: itself, or the field whose ids it shares. */
  public int[] owners() {
    return IntStream.range(0, fields.size()).map(m -> owner(fields, m)).toArray();
  }

  /** [parts] of cross or rate m by index. */
  private static int[] parts(List<FittedField> fields, int m) {
    FieldSpec derived = fields.get(m).spec();
    return derived.parts().stream().mapToInt(part -> part(fields, derived, part)).toArray();
  }

  private static int part(List<FittedField> fields, FieldSpec derived, String name) {
    for (int m = 0; m < fields.size(); m++) {
      FieldSpec spec = fields.get(m).spec();
      boolean fits = derived.isRate() ? !spec.hashed() : !spec.isCross();
      if (spec.name().equals(name)
          && fits
          && spec.table() == null
          && !spec.isRate()
          && spec.shape().kind() == FieldShape.Kind.ID) {
        return m;
      }
    }
    throw new IllegalArgumentException(
        String.format(
            "%s %s: each part must be a field of the log with one id per row%s, got %s",
            derived.isRate() ? "rate" : "cross",
            derived.name(),
            derived.isRate() ? " with a vocabulary" : "",
            name));
  }

  /** The fields of the log with a column: those before the fields of side tables. */
  public List<FieldSpec> inputs() {
    return specs().stream().filter(spec -> spec.parts().isEmpty() && spec.table() == null).toList();
  }

  /** The fields with a column, those of side tables included. */
  public List<FieldSpec> configured() {
    return specs().stream().filter(spec -> spec.parts().isEmpty()).toList();
  }

  /** Index of the first cross or rate, or M. */
  public int firstDerived() {
    return configured().size();
  }

  /** The values of a row of the log, in order: its own fields, then the keys of side tables. */
  public List<FieldSpec> ofLog() {
    return Stream.concat(inputs().stream(), tables.stream().map(SideTable::ofLog)).toList();
  }

  /** [fields] the fields of a side table, by index; for -1, those of the log. */
  public int[] ofTable(int table) {
    String name = table < 0 ? null : tables.get(table).name();
    return IntStream.range(0, fields.size())
        .filter(m -> Objects.equals(name, fields.get(m).spec().table()))
        .toArray();
  }

  /**
   * The layout of rows of the log as they are stored: without the fields of side tables, with the
   * numbers of their rows after the other ids.
   */
  public FieldLayout storedLayout() {
    return new FieldLayout(
        Stream.concat(
                specs().stream().filter(spec -> spec.table() == null),
                tables.stream().map(SideTable::ofLog))
            .map(FieldSpec::shape)
            .toList());
  }

  /**
   * The layout of the rows of a side table.
   *
   * @throws IllegalArgumentException when it has no field
   */
  public FieldLayout tableLayout(int table) {
    return layout(Arrays.stream(ofTable(table)).mapToObj(m -> fields.get(m).spec()).toList());
  }

  /** [crosses][parts] the fields that each cross combines, by index. */
  public int[][] crosses() {
    return derived(FieldSpec::isCross);
  }

  /** [rates] the field or cross of each, by index. */
  public int[] rates() {
    return Arrays.stream(derived(FieldSpec::isRate)).mapToInt(parts -> parts[0]).toArray();
  }

  /**
   * [rates] for the rate of a cross, the index of the rate of the largest cross whose parts are
   * some of its parts, the first of these; -1 without such a cross, and for rates of other fields.
   */
  public int[] containedRates() {
    int[] rates = rates();
    int[] contained = new int[rates.length];
    for (int i = 0; i < rates.length; i++) {
      contained[i] = -1;
      int most = 0;
      for (int j = 0; j < rates.length; j++) {
        FieldSpec other = fields.get(rates[j]).spec();
        if (other.parts().size() > most && fields.get(rates[i]).spec().contains(other)) {
          contained[i] = j;
          most = other.parts().size();
        }
      }
    }
    return contained;
  }

  private int[][] derived(Predicate<FieldSpec> which) {
    return IntStream.range(0, fields.size())
        .filter(m -> which.test(fields.get(m).spec()))
        .mapToObj(m -> parts(fields, m))
        .toArray(int[][]::new);
  }

  /** The same fields, followed by crosses and rates. */
  public FittedFields with(List<FieldSpec> derived) {
    return new FittedFields(
        Stream.concat(fields.stream(), derived.stream().map(FittedField::of)).toList(), tables);
  }

  /** The fields as configured. */
  public List<FieldSpec> specs() {
    return fields.stream().map(FittedField::spec).toList();
  }

  /** [M] hash buckets of each field, 0 for fields with a vocabulary. */
  public int[] hashBuckets() {
    return fields.stream().mapToInt(field -> field.spec().hashBuckets()).toArray();
  }

  /** The layout of encoded rows. */
  public FieldLayout layout() {
    return layout(specs());
  }

  /** The layout of encoded rows of the given fields. */
  public static FieldLayout layout(List<FieldSpec> specs) {
    return new FieldLayout(specs.stream().map(FieldSpec::shape).toList());
  }

  /** One JSON document; doubles are written so that reading restores the same bits. */
  public String toJson() {
    ObjectNode root = JSON.createObjectNode();
    if (!tables.isEmpty()) {
      ArrayNode sides = root.putArray("tables");
      for (SideTable table : tables) {
        sides
            .addObject()
            .put("name", table.name())
            .put("key", table.key())
            .put("column", table.column());
      }
    }
    ArrayNode array = root.putArray("fields");
    for (FittedField field : fields) {
      FieldSpec spec = field.spec();
      ObjectNode node = array.addObject();
      node.put("name", spec.name());
      node.put("column", spec.column());
      node.put("kind", spec.kind().key());
      node.put("transform", spec.transform().key());
      node.put("buckets", spec.buckets());
      node.put("separator", spec.separator());
      node.put("length", spec.length());
      if (spec.shares() != null) {
        node.put("shares", spec.shares());
      }
      if (spec.ngrams() > 0) {
        node.put("ngrams", spec.ngrams());
      }
      if (spec.hashed()) {
        node.put("hash_buckets", spec.hashBuckets());
      }
      if (!spec.parts().isEmpty()) {
        ArrayNode parts = node.putArray("parts");
        spec.parts().forEach(parts::add);
      }
      if (spec.part() != null) {
        node.put("part", spec.part().key());
      }
      if (spec.table() != null) {
        node.put("table", spec.table());
      }
      if (spec.transform() == Transform.QUANTILE) {
        ArrayNode cuts = node.putArray("cuts");
        for (double cut : field.cuts()) {
          cuts.add(cut);
        }
      } else if (spec.transform() == Transform.LINEAR) {
        node.put("mean", field.mean());
        node.put("std", field.std());
      }
    }
    return root.toPrettyString();
  }

  /**
   * Reads the output of {@link #toJson}.
   *
   * @throws IllegalArgumentException when the text has a different format
   */
  public static FittedFields ofJson(String json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("fields must be JSON, got " + e.getOriginalMessage(), e);
    }
    List<FittedField> fields = new ArrayList<>();
    for (JsonNode node : root.path("fields")) {
      requireKnown(node);
      FieldSpec spec =
          new FieldSpec(
              node.path("name").asText(),
              node.path("column").asText(),
              FieldKind.valueOf(constant(node.path("kind"))),
              Transform.valueOf(constant(node.path("transform"))),
              node.path("buckets").asInt(),
              node.path("separator").asText(),
              node.path("ngrams").asInt(),
              node.path("length").asInt(),
              node.path("hash_buckets").asInt(),
              parts(node.path("parts")),
              node.has("part") ? DatePart.valueOf(constant(node.path("part"))) : null,
              node.has("table") ? node.path("table").asText() : null,
              node.has("shares") ? node.path("shares").asText() : null);
      fields.add(fitted(spec, node));
    }
    if (fields.isEmpty()) {
      throw new IllegalArgumentException("fields must hold at least one field, got none");
    }
    List<SideTable> tables = new ArrayList<>();
    for (JsonNode node : root.path("tables")) {
      tables.add(
          new SideTable(
              node.path("name").asText(), node.path("key").asText(), node.path("column").asText()));
    }
    return new FittedFields(fields, tables);
  }

  private static List<String> parts(JsonNode array) {
    List<String> parts = new ArrayList<>();
    array.forEach(part -> parts.add(part.asText()));
    return parts;
  }

  /** Refuses unknown keys, since ids could depend on them. */
  private static void requireKnown(JsonNode field) {
    field
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(
                    "field "
                        + field.path("name").asText()
                        + ": "
                        + key
                        + " is unknown to this program: a newer version wrote the fields; use that"
                        + " version");
              }
            });
  }

  private static FittedField fitted(FieldSpec spec, JsonNode node) {
    return switch (spec.transform()) {
      case QUANTILE -> {
        double[] cuts = new double[node.path("cuts").size()];
        for (int i = 0; i < cuts.length; i++) {
          cuts[i] = node.path("cuts").get(i).asDouble();
        }
        yield FittedField.quantile(spec, cuts);
      }
      case LINEAR ->
          FittedField.linear(spec, node.path("mean").asDouble(), node.path("std").asDouble());
      default -> FittedField.of(spec);
    };
  }

  private static String constant(JsonNode node) {
    return node.asText().toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
