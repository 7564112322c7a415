package io.destine.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VocabularyTest {
  private static final List<String> FIELDS = List.of("user", "price", "item");

  private static VocabularyBuilder reserved() {
    return Vocabulary.builder(FIELDS, 3).reserve(0).reserve(2);
  }

  @Test
  void everyKnownValueHasTheIdThatAHashMapGivesIt() {
    Random random = new Random(7);
    VocabularyBuilder builder = reserved();
    Map<String, Integer> oracle = new HashMap<>();
    String[] alphabet = {"a", "b", "ß", "語", "😀", "0"};
    while (oracle.size() < 60_000) {
      int m = random.nextBoolean() ? 0 : 2;
      StringBuilder value = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        value.append(alphabet[random.nextInt(alphabet.length)]);
      }
      if (!oracle.containsKey(m + ":" + value)) {
        oracle.put(m + ":" + value, builder.size());
        builder.add(m, value.toString());
      }
    }
    Vocabulary vocabulary = builder.build();
    assertThat(vocabulary.size()).isEqualTo(8 + oracle.size());
    oracle.forEach(
        (key, id) -> {
          int m = key.charAt(0) - '0';
          String value = key.substring(2);
          assertThat(vocabulary.id(m, value)).isEqualTo(id);
          assertThat(vocabulary.knows(m, value)).isTrue();
          assertThat(vocabulary.entry(id))
              .isEqualTo(new Vocabulary.Entry(FIELDS.get(m), Vocabulary.Use.VALUE, value));
        });
  }

  @Test
  void aFieldWithoutIdsHasNoIdForAnyValue() {
    Vocabulary vocabulary = reserved().add(0, "anna").build();
    assertThatThrownBy(() -> vocabulary.id(1, "9.99"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field price has no ids");
    assertThatThrownBy(() -> vocabulary.id(1, null)).hasMessage("field price has no ids");
    assertThat(vocabulary.knows(1, "9.99")).isFalse();
    assertThat(vocabulary.missing(1)).isEqualTo(-1);
  }

  @Test
  void valuesWhoseHashesShareASlotAreToldApart() {
    List<String> colliding = new ArrayList<>();
    for (int i = 0; colliding.size() < 12; i++) {
      byte[] bytes = ("v" + i).getBytes(StandardCharsets.UTF_8);
      if ((ByteHash.of(0, bytes, 0, bytes.length) & 31) == 5) {
        colliding.add("v" + i);
      }
    }
    VocabularyBuilder builder = reserved();
    colliding.subList(0, 11).forEach(value -> builder.add(0, value));
    Vocabulary vocabulary = builder.build();
    for (int i = 0; i < 11; i++) {
      assertThat(vocabulary.id(0, colliding.get(i))).isEqualTo(8 + i);
    }
    assertThat(vocabulary.knows(0, colliding.get(11))).isFalse();
  }

  /** In a vocabulary with a single value, every lookup compares this value, for any hash. */
  @Test
  void valuesThatDifferInOneByteAreToldApart() {
    for (int length = 1; length <= 33; length++) {
      byte[] known = new byte[length];
      Arrays.fill(known, (byte) 'a');
      Vocabulary vocabulary = reserved().add(0, known).build();
      assertThat(vocabulary.id(0, known, 0, length)).isEqualTo(8);
      for (int i = 0; i < length; i++) {
        byte[] other = known.clone();
        other[i] = 'b';
        assertThat(vocabulary.knows(0, new String(other, StandardCharsets.UTF_8)))
            .as("byte %d of %d", i, length)
            .isFalse();
      }
    }
  }

  @Test
  void oneTextInTwoFieldsHasTwoIdsEvenWhenTheirHashesShareASlot() {
    for (int i = 0, found = 0; found < 5; i++) {
      byte[] bytes = ("v" + i).getBytes(StandardCharsets.UTF_8);
      long difference =
          ByteHash.of(0, bytes, 0, bytes.length) ^ ByteHash.of(2, bytes, 0, bytes.length);
      if ((difference & 31) == 0) {
        found++;
        Vocabulary first = reserved().add(0, "v" + i).build();
        assertThat(first.knows(2, "v" + i)).isFalse();
        Vocabulary both = reserved().add(0, "v" + i).add(2, "v" + i).build();
        assertThat(both.id(0, "v" + i)).isEqualTo(8);
        assertThat(both.id(2, "v" + i)).isEqualTo(9);
      }
    }
  }

  @Test
  void missingAndUnknownValuesHaveTheReservedIdsOfTheirField() {
    Vocabulary vocabulary = reserved().add(2, "x").build();
    assertThat(vocabulary.id(0, (String) null)).isZero();
    assertThat(vocabulary.id(2, (String) null)).isEqualTo(4);
    assertThat(vocabulary.missing(1)).isEqualTo(-1);
    assertThat(vocabulary.id(2, "x")).isEqualTo(8);
    int[] hits = new int[9];
    for (int i = 0; i < 3000; i++) {
      hits[vocabulary.id(0, "unseen" + i)]++;
    }
    assertThat(hits[1] + hits[2] + hits[3]).isEqualTo(3000);
    assertThat(List.of(hits[1], hits[2], hits[3])).allMatch(n -> n > 800 && n < 1200);
    assertThat(vocabulary.entry(5).use()).isEqualTo(Vocabulary.Use.OOV);
    assertThat(vocabulary.entry(4).use()).isEqualTo(Vocabulary.Use.MISSING);
    assertThat(vocabulary.valuesByField()).containsExactly(0, 0, 1);
  }

  /**
   * Expected bucket: the upper half of the unsigned hash modulo the number of buckets, with
   * BigInteger.
   */
  @Test
  void everyValueOfAFieldWithHashBucketsHasTheIdOfItsHash() {
    Vocabulary vocabulary =
        Vocabulary.builder(FIELDS, 3).reserve(0).reserve(2, 1000).add(0, "anna").build();
    assertThat(vocabulary.size()).isEqualTo(4 + 1001 + 1);
    assertThat(vocabulary.hashBuckets(2)).isEqualTo(1000);
    assertThat(vocabulary.id(2, (String) null)).isEqualTo(4);
    int[] hits = new int[1000];
    for (int i = 0; i < 20_000; i++) {
      BigInteger hash = new BigInteger(Long.toUnsignedString(ByteHash.of(2, "value" + i)));
      int bucket = hash.shiftRight(32).mod(BigInteger.valueOf(1000)).intValue();
      assertThat(vocabulary.id(2, "value" + i)).isEqualTo(5 + bucket);
      assertThat(vocabulary.knows(2, "value" + i)).isFalse();
      hits[bucket]++;
    }
    assertThat(hits).isNotEmpty().doesNotContain(0);
    assertThat(vocabulary.entry(4))
        .isEqualTo(new Vocabulary.Entry("item", Vocabulary.Use.MISSING, null));
    for (int id : new int[] {5, 1004}) {
      assertThat(vocabulary.entry(id))
          .isEqualTo(new Vocabulary.Entry("item", Vocabulary.Use.HASHED, null));
    }
    assertThat(vocabulary.entry(1005).value()).isEqualTo("anna");
    assertThat(vocabulary.valuesByField()).containsExactly(1, 0, 0);
    assertThatThrownBy(() -> Vocabulary.builder(FIELDS, 3).reserve(2, 9).add(2, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field item: values must not be added to hash buckets");
  }

  @Test
  void theFingerprintDependsOnHashBuckets() {
    assertThat(
            List.of(
                Vocabulary.builder(FIELDS, 3).reserve(2).build().fingerprint(),
                Vocabulary.builder(FIELDS, 3).reserve(2, 3).build().fingerprint(),
                Vocabulary.builder(FIELDS, 3).reserve(2, 4).build().fingerprint()))
        .doesNotHaveDuplicates();
  }

  /** Shards by the highest two bits of the hash, as tasks of a cluster make them. */
  @Test
  void shardsGiveTheSameIdsAndFingerprintAsOne() {
    VocabularyBuilder builder = reserved();
    for (int i = 0; i < 5000; i++) {
      builder.add(i % 3 == 0 ? 2 : 0, "value" + i);
    }
    Vocabulary one = builder.build();
    VocabularyShard all = one.shards().get(0);
    List<VocabularyShard> shards = new ArrayList<>();
    for (int s = 0; s < 4; s++) {
      List<Integer> of = new ArrayList<>();
      for (int i = 0; i < all.count(); i++) {
        byte[] value = all.value(i);
        if (ByteHash.of(all.field(i), value, 0, value.length) >>> 62 == s) {
          of.add(i);
        }
      }
      Collections.shuffle(of, new Random(s));
      shards.add(shard(all, of));
    }
    int[] missing = {one.missing(0), one.missing(1), one.missing(2)};
    Vocabulary four = new Vocabulary(FIELDS, one.oovBuckets(), missing, shards);
    assertThat(four.size()).isEqualTo(one.size());
    assertThat(four.fingerprint()).isEqualTo(one.fingerprint());
    assertThat(four.valuesByField()).isEqualTo(one.valuesByField());
    assertThat(four.firstValues(7)).isDeepEqualTo(one.firstValues(7));
    for (int id = 0; id < one.size(); id++) {
      assertThat(four.entry(id)).isEqualTo(one.entry(id));
    }
    for (int i = 0; i < 10_000; i++) {
      assertThat(four.id(0, "value" + i)).isEqualTo(one.id(0, "value" + i));
    }
  }

  private static VocabularyShard shard(VocabularyShard all, List<Integer> of) {
    short[] fields = new short[of.size()];
    int[] ids = new int[of.size()];
    int[] offsets = new int[of.size() + 1];
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < of.size(); i++) {
      fields[i] = (short) all.field(of.get(i));
      ids[i] = all.id(of.get(i));
      bytes.writeBytes(all.value(of.get(i)));
      offsets[i + 1] = bytes.size();
    }
    return VocabularyShard.of(of.size(), fields, ids, offsets, bytes.toByteArray());
  }

  @Test
  void theFingerprintDependsOnEveryIdsMeaning() {
    String fingerprint = reserved().add(0, "ab").add(2, "c").build().fingerprint();
    assertThat(reserved().add(0, "ab").add(2, "c").build().fingerprint()).isEqualTo(fingerprint);
    assertThat(reserved().add(2, "c").add(0, "ab").build().fingerprint()).isNotEqualTo(fingerprint);
    assertThat(reserved().add(0, "a").add(2, "bc").build().fingerprint()).isNotEqualTo(fingerprint);
    assertThat(reserved().add(0, "ab").add(0, "c").build().fingerprint()).isNotEqualTo(fingerprint);
  }

  @Test
  void aValueIsAddedOnceAndOnlyToAFieldWithIds() {
    VocabularyBuilder builder = reserved().add(0, "a");
    assertThatThrownBy(() -> builder.add(0, "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field user: value must be new, got a twice");
    assertThatThrownBy(() -> builder.add(1, "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field price: ids must be reserved before values are added, got none");
    assertThatThrownBy(() -> builder.reserve(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("field item: missing id must be reserved once, got a second time");
  }

  @Test
  void bytesBeyondOneArrayAreFoundAgain() {
    String tail = "x".repeat(1 << 20);
    VocabularyBuilder builder = reserved();
    for (int i = 0; i < 40; i++) {
      builder.add(0, i + tail);
    }
    Vocabulary vocabulary = builder.build();
    for (int i = 0; i < 40; i++) {
      assertThat(vocabulary.id(0, i + tail)).isEqualTo(8 + i);
    }
    assertThat(vocabulary.entry(24).value()).startsWith("16x");
  }
}
