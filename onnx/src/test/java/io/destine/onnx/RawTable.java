package io.destine.onnx;

import io.destine.feature.BatchBuilder;
import io.destine.feature.CrossValue;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.LabelRate;
import io.destine.feature.Transform;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Random raw rows of fields of every kind, as a caller has them: known, unknown and missing texts,
 * lists and numbers, numbers at the edges of buckets.
 *
 * @param rows by row and field: a text, a list of texts, a double, floats, or null
 */
record RawTable(FittedFields fields, Vocabulary vocabulary, List<Object[]> rows) {
  private static final double[] CUTS = {-3.5, 0, 0.1, 2.5, 1e6};

  /** The fields: one is named like an output, one like a tensor, one has a name with a space. */
  static FittedFields allKinds(int hashBuckets) {
    FieldSpec user = FieldSpec.categorical("user");
    FieldSpec genres = FieldSpec.multi("genres");
    return new FittedFields(
        List.of(
            FittedField.of(user.withHashBuckets(hashBuckets)),
            FittedField.of(genres.withHashBuckets(hashBuckets)),
            FittedField.linear(FieldSpec.numeric("price", Transform.LINEAR), 17.25, 3.7),
            FittedField.of(FieldSpec.vector("image", 3)),
            FittedField.quantile(FieldSpec.quantile("age", 6), CUTS),
            FittedField.of(FieldSpec.numeric("clicks", Transform.LOG_SQUARED)),
            FittedField.of(FieldSpec.numeric("hour", Transform.NONE)),
            FittedField.of(FieldSpec.categorical("probability")),
            FittedField.of(FieldSpec.multi("embedding.weight")),
            FittedField.of(FieldSpec.categorical("a site"))));
  }

  /**
   * The fields with crosses of two, three and four of them, and rates of a field and of two
   * crosses, one of which contains the other.
   */
  static FittedFields withCrosses(int hashBuckets) {
    return allKinds(hashBuckets)
        .with(
            List.of(
                FieldSpec.cross(List.of("user", "age")),
                FieldSpec.cross(List.of("hour", "user", "a site")),
                FieldSpec.cross(List.of("clicks", "age")).withHashBuckets(hashBuckets),
                FieldSpec.cross(List.of("probability", "age", "user", "clicks")),
                FieldSpec.rate("age"),
                FieldSpec.rate("user x age"),
                FieldSpec.rate("probability x age x user x clicks")));
  }

  static RawTable of(FittedFields fields, int oovBuckets, int count, long seed) {
    List<String> names = fields.specs().stream().map(FieldSpec::name).toList();
    VocabularyBuilder builder = Vocabulary.builder(names, oovBuckets);
    Set<Integer> rated = Arrays.stream(fields.rates()).boxed().collect(Collectors.toSet());
    for (int m = 0; m < names.size(); m++) {
      FieldSpec spec = fields.specs().get(m);
      if (spec.hasIds()) {
        builder.reserve(m, spec.hashBuckets());
      }
    }
    for (int m = 0; m < names.size(); m++) {
      FieldSpec spec = fields.specs().get(m);
      if (spec.hasIds() && !spec.hashed()) {
        for (String value : spec.isCross() ? crossed(fields, m) : values(spec)) {
          builder.add(m, value);
          if (rated.contains(m)) {
            builder.rate(value.hashCode() & (LabelRate.BUCKETS - 1));
          }
        }
      }
    }
    Random random = new Random(seed);
    List<Object[]> rows = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      rows.add(fields.inputs().stream().map(spec -> raw(spec, random)).toArray());
    }
    return new RawTable(fields, builder.build(), rows);
  }

  /** Values of a cross: known ones of its parts, and missing ones, in many combinations. */
  private static Set<String> crossed(FittedFields fields, int m) {
    int[] parts = fields.crosses()[m - fields.inputs().size()];
    Random random = new Random(m);
    Set<String> values = new LinkedHashSet<>();
    CrossValue cross = new CrossValue();
    for (int i = 0; i < 60; i++) {
      cross.clear();
      for (int part : parts) {
        FieldSpec spec = fields.specs().get(part);
        List<String> known = values(spec);
        if (random.nextInt(6) == 0) {
          cross.addMissing();
        } else if (spec.hashed()) {
          cross.add(random.nextInt(spec.hashBuckets()));
        } else {
          byte[] value = known.get(random.nextInt(known.size())).getBytes(StandardCharsets.UTF_8);
          cross.add(value, 0, value.length);
        }
      }
      values.add(new String(cross.bytes(), 0, cross.length(), StandardCharsets.UTF_8));
    }
    return values;
  }

  private static List<String> values(FieldSpec spec) {
    return switch (spec.transform()) {
      case QUANTILE -> List.of("5", "0", "2", "3", "1");
      case LOG_SQUARED ->
          List.of("=2", "=1", "=0", "=-1", "=-7", "0", "1", "2", "5", "30", "190", "=-1.0E20");
      default ->
          spec.name().equals("hour")
              ? List.of(
                  "0", "1", "-1", "0.1", "23", "1.0E20", "9007199254740993", "text", "4.9E-324")
              : List.of("v1", "v2", "v3", "Ünï ← ok", "\uD83D\uDE00", " ", "v1|v2", "0");
    };
  }

  private static Object raw(FieldSpec spec, Random random) {
    return switch (spec.kind()) {
      case CATEGORICAL -> text(random);
      case MULTI, TEXT -> random.ints(random.nextInt(5), 0, 1).mapToObj(i -> text(random)).toList();
      case VECTOR ->
          random.nextInt(10) == 0
              ? null
              : new float[] {
                (float) random.nextGaussian(), (float) random.nextGaussian(), random.nextFloat()
              };
      case NUMERIC -> spec.transform() == Transform.LINEAR ? price(random) : number(random);
    };
  }

  private static String text(Random random) {
    // None beyond U+FFFF: ONNX Runtime's Java gives them to a graph in other bytes than UTF-8.
    String[] texts = {"", "v1", "v2", "v3", "Ünï ← ok", " ", "v1|v2", "0", "new", "V1", "other"};
    return texts[random.nextInt(texts.length)];
  }

  private static double price(Random random) {
    return random.nextInt(8) == 0 ? Double.NaN : 17 + 4 * random.nextGaussian();
  }

  private static double number(Random random) {
    double edge = CUTS[random.nextInt(CUTS.length)];
    return switch (random.nextInt(8)) {
      case 0 -> Double.NaN;
      case 1 -> edge;
      case 2 -> random.nextBoolean() ? Math.nextUp(edge) : Math.nextDown(edge);
      case 3 -> random.nextInt(7) - 3;
      case 4 -> 10 * random.nextGaussian();
      case 5 -> Math.exp(20 * random.nextDouble());
      case 6 -> random.nextBoolean() ? -0.0 : 1e20 * (random.nextInt(3) - 1);
      default -> random.nextInt(30) / 10.0;
    };
  }

  /** The rows as the encoder makes them. */
  EncodedBatch encoded() {
    FeatureEncoder encoder = new FeatureEncoder(fields, vocabulary);
    BatchBuilder builder = new BatchBuilder(encoder.layout());
    for (Object[] row : rows) {
      encoder.encode(m -> row[m], builder);
      builder.endRow(0, 1, 0);
    }
    return builder.build(0);
  }

  /** The rows as the inputs of a graph take them. */
  Map<String, Object> feed(List<GraphInput> inputs) {
    EncodedBatch encoded = encoded();
    Map<String, Object> feed = new HashMap<>();
    List<String> names = fields.specs().stream().map(FieldSpec::name).toList();
    for (GraphInput input : inputs) {
      feed.put(input.name(), column(names.indexOf(input.field()), input.takes(), encoded));
    }
    return feed;
  }

  private Object column(int m, GraphInput.Takes takes, EncodedBatch encoded) {
    int n = rows.size();
    int column = fields.layout().column(m);
    return switch (takes) {
      case TEXT -> rows.stream().map(row -> (String) row[m]).toArray(String[]::new);
      case TEXTS -> {
        String[][] texts = new String[n][longest(m)];
        for (int r = 0; r < n; r++) {
          Arrays.fill(texts[r], "");
          List<?> list = (List<?>) rows.get(r)[m];
          for (int k = 0; k < list.size(); k++) {
            texts[r][k] = (String) list.get(k);
          }
        }
        yield texts;
      }
      case NUMBER -> rows.stream().mapToDouble(row -> (double) row[m]).toArray();
      case VECTOR -> {
        float[][] vectors = new float[n][];
        for (int r = 0; r < n; r++) {
          Object raw = rows.get(r)[m];
          vectors[r] = raw == null ? new float[3] : (float[]) raw;
        }
        yield vectors;
      }
      case ID -> {
        long[] ids = new long[n];
        Arrays.setAll(ids, r -> encoded.ids()[r * fields.layout().singles() + column]);
        yield ids;
      }
      case IDS -> {
        long[][] ids = new long[n][longest(m)];
        for (int r = 0; r < n; r++) {
          int list = r * fields.layout().multis() + column;
          int from = encoded.multiOffsets()[list];
          Arrays.fill(ids[r], -1);
          for (int i = from; i < encoded.multiOffsets()[list + 1]; i++) {
            ids[r][i - from] = encoded.multiIds()[i];
          }
        }
        yield ids;
      }
      case FLOATS -> throw new IllegalArgumentException("no field");
    };
  }

  /** K: 1 at least, since ONNX Runtime's Java takes no empty arrays. */
  private int longest(int m) {
    return rows.stream()
        .mapToInt(row -> Math.max(1, ((List<?>) row[m]).size()))
        .max()
        .orElseThrow();
  }
}
