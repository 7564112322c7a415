package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DerivedIdsTest {
  private static final FittedFields FIELDS =
      new FittedFields(
              List.of(
                  FittedField.of(FieldSpec.categorical("a")),
                  FittedField.of(FieldSpec.categorical("b")),
                  FittedField.of(FieldSpec.categorical("c"))))
          .with(
              List.of(
                  FieldSpec.cross(List.of("a", "b", "c")),
                  FieldSpec.cross(List.of("b", "a")),
                  FieldSpec.rate("c"),
                  FieldSpec.rate("a x b x c"),
                  FieldSpec.rate("b x a")));

  private static final Vocabulary VOCABULARY = vocabulary();

  private static Vocabulary vocabulary() {
    List<String> names = FIELDS.specs().stream().map(FieldSpec::name).toList();
    VocabularyBuilder builder = Vocabulary.builder(names, 1);
    for (int m = 0; m < names.size(); m++) {
      builder.reserve(m, FIELDS.specs().get(m).hashBuckets());
    }
    for (String value : List.of("1", "2", "3")) {
      builder.add(0, value).add(1, value).add(2, value).rate(10 + Integer.parseInt(value));
    }
    return builder
        .add(3, cross("1", "1", "1"))
        .rate(1)
        .add(3, cross("2", "1", "1"))
        .rate(2)
        .add(4, cross("1", "1"))
        .rate(3)
        .add(4, cross("1", "2"))
        .rate(4)
        .build();
  }

  private static String cross(String... parts) {
    return String.join("\u001F", parts);
  }

  private static int[] encode(String a, String b, String c) {
    FeatureEncoder encoder = new FeatureEncoder(FIELDS, VOCABULARY);
    BatchBuilder builder = encoder.newBatch();
    encoder.encode(m -> List.of(a, b, c).get(m), builder);
    builder.endRow(0, 1, 0);
    return builder.build(0).ids();
  }

  /** Buckets of the rates of c, of a x b x c, and of b x a. */
  private static List<Integer> buckets(int[] ids) {
    return List.of(
        ids[5] - VOCABULARY.missing(5) - 1,
        ids[6] - VOCABULARY.missing(6) - 1,
        ids[7] - VOCABULARY.missing(7) - 1);
  }

  @Test
  void theRateOfAValueWithoutAnIdIsThatOfTheCrossThatItContains() {
    Map.of(
            encode("1", "1", "1"), List.of(11, 1, 3),
            encode("1", "1", "2"), List.of(12, 3, 3),
            encode("2", "1", "3"), List.of(13, 4, 4),
            encode("3", "1", "new"), List.of(32, 32, 32),
            encode("2", "1", "1"), List.of(11, 2, 4))
        .forEach((ids, expected) -> assertThat(buckets(ids)).isEqualTo(expected));
  }

  @Test
  void nothingIsDerivedFromARate() {
    int[] ids = encode("1", "1", "1");
    ids[7] = VOCABULARY.missing(7) + 1 + 50;
    int[] expected = ids.clone();
    new DerivedIds(FIELDS, VOCABULARY).follow(7, ids);
    assertThat(ids).isEqualTo(expected);
  }

  @Test
  void aChangedIdChangesItsCrossesAndTheRatesThatDependOnThem() {
    DerivedIds derived = new DerivedIds(FIELDS, VOCABULARY);
    List<String> values = List.of("1", "2", "3");
    for (String a : values) {
      for (String b : values) {
        for (String c : values) {
          for (String other : values) {
            int[] ids = encode(a, b, c);
            ids[0] = VOCABULARY.id(0, other);
            derived.follow(0, ids);
            assertThat(ids).isEqualTo(encode(other, b, c));
          }
        }
      }
    }
  }
}
