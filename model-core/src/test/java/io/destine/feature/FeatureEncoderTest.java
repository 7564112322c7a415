package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FeatureEncoderTest {
  private static final FittedFields FIELDS =
      new FittedFields(
          List.of(
              FittedField.linear(FieldSpec.numeric("price", Transform.LINEAR), 1, 2),
              FittedField.of(FieldSpec.categorical("user")),
              FittedField.of(FieldSpec.multi("tags")),
              FittedField.of(FieldSpec.vector("image", 2)),
              FittedField.of(FieldSpec.numeric("age", Transform.LOG_SQUARED))));

  /**
   * user: 0 missing, 1 oov, 2 u; tags: 3 missing, 4 oov, 5 x, 6 y; age: 7 missing, 8 oov, 9 "=1".
   */
  private static final Vocabulary VOCABULARY =
      Vocabulary.builder(List.of("price", "user", "tags", "image", "age"), 1)
          .reserve(1)
          .add(1, "u")
          .reserve(2)
          .add(2, "x")
          .add(2, "y")
          .reserve(4)
          .add(4, "=1")
          .build();

  @SafeVarargs
  private static EncodedBatch encode(Map<String, Object>... records) {
    FeatureEncoder encoder = new FeatureEncoder(FIELDS, VOCABULARY);
    BatchBuilder builder = new BatchBuilder(encoder.layout());
    for (Map<String, Object> record : records) {
      encoder.encode(RawRecord.ofColumns(FIELDS.specs(), record), builder);
      builder.endRow(1, 1, 0);
    }
    return builder.build(4);
  }

  @Test
  void everyKindOfFieldFillsItsOwnPartOfTheRow() {
    EncodedBatch batch =
        encode(
            Map.of("price", 5, "user", "u", "tags", "x|y|new", "image", "0.5|1", "age", 1),
            Map.of("price", "3", "tags", List.of("y"), "image", new double[] {2, 3}, "age", 50));
    assertThat(batch.ids()).containsExactly(2, 9, 0, 8);
    assertThat(batch.multiOffsets()).containsExactly(0, 3, 4);
    assertThat(batch.multiIds()).containsExactly(5, 6, 4, 6);
    assertThat(batch.dense()).containsExactly(2, 0.5f, 1, 1, 2, 3);
    assertThat(batch.partition()).isEqualTo(4);
    assertThat(batch.weights()).isNull();
    assertThat(batch.groups()).isNull();
  }

  @Test
  void missingValuesHaveTheirOwnIdTheMeanOrZeros() {
    EncodedBatch batch = encode(Map.of("user", ""));
    assertThat(batch.ids()).containsExactly(0, 7);
    assertThat(batch.multiIds()).containsExactly(3);
    assertThat(batch.dense()).containsExactly(0, 0, 0);
  }

  @Test
  void aRowThatFailsLeavesNoTraceInTheBuilder() {
    FeatureEncoder encoder = new FeatureEncoder(FIELDS, VOCABULARY);
    BatchBuilder builder = new BatchBuilder(encoder.layout());
    RawRecord bad =
        RawRecord.ofColumns(
            FIELDS.specs(), Map.of("price", 1, "user", "u", "tags", "x|y", "image", "1"));
    assertThatThrownBy(() -> encoder.encode(bad, builder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field image: value must be a vector of 2 numbers, got 1");
    encoder.encode(RawRecord.ofColumns(FIELDS.specs(), Map.of("tags", "y")), builder);
    builder.endRow(0, 0.5f, 9);
    EncodedBatch batch = builder.build(0);
    assertThat(batch.rows()).isEqualTo(1);
    assertThat(batch.multiIds()).containsExactly(6);
    assertThat(batch.weights()).containsExactly(0.5f);
    assertThat(batch.groups()).containsExactly(9);
  }

  /**
   * More values than the initial memory for lookups holds; known, unknown and missing values
   * alternate.
   */
  @Test
  void aRowOfManyFieldsHasTheIdThatTheVocabularyGivesEachValue() {
    int count = 70;
    List<String> names = IntStream.range(0, count).mapToObj(m -> "f" + m).toList();
    VocabularyBuilder builder = Vocabulary.builder(names, 3);
    for (int m = 0; m < count; m++) {
      builder.reserve(m).add(m, "v").add(m, "\u00e9" + m).add(m, "a longer value " + m);
    }
    Vocabulary vocabulary = builder.build();
    FittedFields fields =
        new FittedFields(
            names.stream().map(name -> FittedField.of(FieldSpec.categorical(name))).toList());
    FeatureEncoder encoder = new FeatureEncoder(fields, vocabulary);
    BatchBuilder rows = new BatchBuilder(encoder.layout());
    for (int n = 0; n < 5; n++) {
      int row = n;
      encoder.encode(m -> value(row, m), rows);
      rows.endRow(0, 1, 0);
    }
    int[] ids = rows.build(0).ids();
    for (int n = 0; n < 5; n++) {
      for (int m = 0; m < count; m++) {
        int id = ids[n * count + m];
        assertThat(id).isEqualTo(vocabulary.id(m, value(n, m)));
        Vocabulary.Entry entry = vocabulary.entry(id);
        assertThat(entry.field()).isEqualTo("f" + m);
        assertThat(entry.value()).isEqualTo((n + m) % 5 < 3 ? value(n, m) : null);
        assertThat(entry.use() == Vocabulary.Use.MISSING).isEqualTo((n + m) % 5 == 4);
      }
    }
  }

  private static String value(int row, int m) {
    return switch ((row + m) % 5) {
      case 0 -> "v";
      case 1 -> "\u00e9" + m;
      case 2 -> "a longer value " + m;
      case 3 -> "unknown";
      default -> null;
    };
  }

  @Test
  void aRowOfTheWrongShapeIsRefused() {
    BatchBuilder builder = new BatchBuilder(FieldLayout.ofIds(2));
    builder.id(1);
    assertThatThrownBy(() -> builder.endRow(0, 1, 0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("row 0: numbers must be 2 ids, 0 lists and 0 floats, got 1, 0 and 0");
  }

  @Test
  void theVocabularyOfOtherFieldsIsRefused() {
    FittedFields one = new FittedFields(List.of(FittedField.of(FieldSpec.categorical("user"))));
    assertThatThrownBy(() -> new FeatureEncoder(one, VOCABULARY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vocabulary: fields must be [user], got [price, user, tags, image, age]");
  }

  /** user: 0 missing, 1-7 buckets; tags: 8 missing, 9-19; age: 20, 21-25. */
  @Test
  void fieldsWithHashBucketsHaveIdsWithoutAVocabulary() {
    FittedFields fields =
        new FittedFields(
            List.of(
                FittedField.of(FieldSpec.categorical("user").withHashBuckets(7)),
                FittedField.of(FieldSpec.multi("tags").withHashBuckets(11)),
                FittedField.of(FieldSpec.numeric("age", Transform.NONE).withHashBuckets(5))));
    List<String> names = List.of("user", "tags", "age");
    FeatureEncoder encoder =
        new FeatureEncoder(
            fields,
            Vocabulary.builder(names, 1).reserve(0, 7).reserve(1, 11).reserve(2, 5).build());
    BatchBuilder builder = new BatchBuilder(encoder.layout());
    encoder.encode(
        RawRecord.ofColumns(fields.specs(), Map.of("user", "u", "tags", "x|y", "age", 3.0)),
        builder);
    builder.endRow(1, 1, 0);
    encoder.encode(RawRecord.ofColumns(fields.specs(), Map.of()), builder);
    builder.endRow(0, 1, 0);
    EncodedBatch batch = builder.build(0);
    assertThat(batch.ids()).containsExactly(1 + bucket(0, "u", 7), 21 + bucket(2, "3", 5), 0, 20);
    assertThat(batch.multiIds()).containsExactly(9 + bucket(1, "x", 11), 9 + bucket(1, "y", 11), 8);

    Vocabulary other =
        Vocabulary.builder(names, 1).reserve(0, 8).reserve(1, 11).reserve(2, 5).build();
    assertThatThrownBy(() -> new FeatureEncoder(fields, other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vocabulary: hash buckets of field user must be 7, got 8");
  }

  private static int bucket(int m, String value, int buckets) {
    return (int) ((ByteHash.of(m, value) >>> 32) % buckets);
  }

  @Test
  void contentHashesAreThoseOfTheValueWhateverItsTypeAndTellValuesApart() {
    List<FieldSpec> specs = FIELDS.specs();
    long number = RecordHash.of(specs, record(3, "u", "x|y"));
    assertThat(RecordHash.of(specs, record("3.0", "u", List.of("x", "y")))).isEqualTo(number);
    long[] others = {
      RecordHash.of(specs, record(4, "u", "x|y")),
      RecordHash.of(specs, record(3, null, "x|y")),
      RecordHash.of(specs, record(3, "u", "y|x")),
      RecordHash.of(specs, record(null, "u", "x|y"))
    };
    assertThat(Arrays.stream(others).distinct().count()).isEqualTo(4);
    assertThat(others).doesNotContain(number);
  }

  private static RawRecord record(Object price, Object user, Object tags) {
    return m ->
        switch (m) {
          case 0 -> price;
          case 1 -> user;
          case 2 -> tags;
          default -> null;
        };
  }

  @Test
  void theByteHashIsTheDocumentedFormula() {
    byte[] bytes = {1, 2, 3, 4, 5, 6, 7, 8, -1};
    long seed = 42;
    long h = mix(seed + 9);
    h = mix(h ^ 0x0807060504030201L) * 5 + 0x52dce729L;
    h = mix(h ^ 0xFFL) * 5 + 0x52dce729L;
    assertThat(ByteHash.of(seed, bytes, 0, 9)).isEqualTo(mix(h));
  }

  /** SplitMix64's finaliser as published. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Crosses of a text, a bucket and a field with hash buckets, the last one hashed itself. */
  private static final FittedFields CROSSED =
      new FittedFields(
              List.of(
                  FittedField.of(FieldSpec.categorical("user")),
                  FittedField.quantile(FieldSpec.quantile("age", 2), new double[] {10}),
                  FittedField.of(FieldSpec.categorical("page").withHashBuckets(5))))
          .with(
              List.of(
                  FieldSpec.cross(List.of("user", "age")),
                  FieldSpec.cross(List.of("age", "page")),
                  FieldSpec.cross(List.of("user", "page")).withHashBuckets(4)));

  @Test
  void aCrossHasTheIdOfItsPartsTogether() {
    String below = CROSSED.fields().get(1).value(3);
    String above = CROSSED.fields().get(1).value(11);
    int page = Vocabulary.bucket(ByteHash.of(2, "p"), 5);
    Vocabulary vocabulary =
        Vocabulary.builder(
                List.of("user", "age", "page", "user x age", "age x page", "user x page"), 1)
            .reserve(0)
            .add(0, "u")
            .reserve(1)
            .reserve(2, 5)
            .reserve(3)
            .add(3, "u\u001f" + below)
            .add(3, "\u001bm\u001f" + above)
            .reserve(4)
            .add(4, below + "\u001f" + page)
            .add(4, below + "\u001f\u001bm")
            .reserve(5, 4)
            .build();
    FeatureEncoder encoder = new FeatureEncoder(CROSSED, vocabulary);
    BatchBuilder builder = new BatchBuilder(encoder.layout());
    for (Map<String, ?> row :
        List.of(
            Map.of("user", "u", "age", 3, "page", "p"),
            Map.of("age", 99),
            Map.of("age", 1),
            Map.of("user", "u", "age", 99))) {
      encoder.encode(RawRecord.ofColumns(CROSSED.inputs(), row), builder);
      builder.endRow(1, 1, 0);
    }
    EncodedBatch batch = builder.build(0);
    int[] ids = batch.ids();
    int known = vocabulary.id(3, "u\u001f" + below);
    int knownMissing = vocabulary.id(3, "\u001bm\u001f" + above);
    int oov = vocabulary.missing(3) + 1;
    assertThat(new int[] {ids[3], ids[9], ids[15], ids[21]})
        .containsExactly(known, knownMissing, oov, oov);
    assertThat(new int[] {ids[4], ids[16]})
        .containsExactly(
            vocabulary.id(4, below + "\u001f" + page), vocabulary.id(4, below + "\u001f\u001bm"));
    assertThat(ids[5])
        .isEqualTo(
            vocabulary.missing(5) + 1 + Vocabulary.bucket(ByteHash.of(5, "u\u001f" + page), 4));
  }

  @Test
  void crossesComeBackFromJsonAndFollowTheirParts() {
    FittedFields back = FittedFields.ofJson(CROSSED.toJson());
    assertThat(back.specs()).isEqualTo(CROSSED.specs());
    assertThat(back.inputs()).extracting(FieldSpec::name).containsExactly("user", "age", "page");
    assertThat(back.crosses()).isDeepEqualTo(new int[][] {{0, 1}, {1, 2}, {0, 2}});
  }

  @Test
  void partsMustBeFieldsOfOneId() {
    for (String part : List.of("price", "tags", "image", "elsewhere")) {
      assertThatThrownBy(() -> FIELDS.with(List.of(FieldSpec.cross(List.of("user", part)))))
          .hasMessage(
              "cross user x "
                  + part
                  + ": each part must be a field of the log with one id per row, got "
                  + part);
    }
    assertThatThrownBy(() -> FieldSpec.cross(List.of("user")))
        .hasMessageContaining("of 2 to 4 fields");
    assertThatThrownBy(() -> FieldSpec.cross(List.of("user", "user")))
        .hasMessageContaining("of different fields");
  }
}
