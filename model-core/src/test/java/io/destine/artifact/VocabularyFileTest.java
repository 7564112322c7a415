package io.destine.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.ByteHash;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.LabelRate;
import io.destine.feature.RateIds;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyShard;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyFileTest {
  @TempDir Path directory;

  private static final byte[] BYTES = "annabobé".getBytes(StandardCharsets.UTF_8);
  private static final VocabularyFile.Values VALUES =
      new VocabularyFile.Values(
          4,
          new short[] {0, 2, 2, 0},
          new int[] {9, 4, 1_000_000_000, 5},
          new int[] {0, 4, 7, 9, 9},
          BYTES,
          new long[] {7, 1L << 40, 1, 0},
          new int[] {1, 0, -1, 1},
          List.of("2026-01-01", "2026-01-02"));

  private static byte[] written() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    VocabularyFile.write(out, VALUES);
    return out.toByteArray();
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    VocabularyFile.Values read = VocabularyFile.read(new ByteArrayInputStream(written()));
    assertThat(read).usingRecursiveComparison().isEqualTo(VALUES);
    assertThat(described(read.shard()))
        .containsExactlyInAnyOrder("0 anna 9", "2 bob 4", "2 é 1000000000", "0  5");
  }

  private static List<String> described(VocabularyShard shard) {
    return IntStream.range(0, shard.count())
        .mapToObj(
            i ->
                String.format(
                    "%d %s %d",
                    shard.field(i),
                    new String(shard.value(i), StandardCharsets.UTF_8),
                    shard.id(i)))
        .toList();
  }

  /** n values of all lengths from 0 to 20, in order of their hashes. */
  private static VocabularyFile.Values sorted(int n) {
    List<String> texts =
        IntStream.range(0, n).mapToObj(i -> i + "x".repeat(i % 21)).sorted(BY_HASH).toList();
    int[] offsets = new int[n + 1];
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < n; i++) {
      bytes.writeBytes(texts.get(i).getBytes(StandardCharsets.UTF_8));
      offsets[i + 1] = bytes.size();
    }
    short[] fields = new short[n];
    Arrays.fill(fields, (short) 1);
    int[] ids = IntStream.range(4, n + 4).toArray();
    return new VocabularyFile.Values(
        n, fields, ids, offsets, bytes.toByteArray(), new long[n], new int[n], List.of("day"));
  }

  private static final Comparator<String> BY_HASH =
      (a, b) -> Long.compareUnsigned(ByteHash.of(1, a), ByteHash.of(1, b));

  private Path written(VocabularyFile.Values values) throws IOException {
    Path file = directory.resolve("part.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      VocabularyFile.write(out, values);
    }
    return file;
  }

  private static Vocabulary vocabulary(VocabularyShard shard) {
    return new Vocabulary(List.of("a", "b"), 1, new int[] {0, 2}, List.of(shard));
  }

  @Test
  void aMappedFileGivesEachValueTheIdThatArraysGiveItAlsoWhenItIsDeleted() throws IOException {
    for (int n : new int[] {0, 1, 2, 3, 4, 5, 7, 8, 1000, 70_001}) {
      VocabularyFile.Values values = sorted(n);
      Path file = written(values);
      Vocabulary mapped = vocabulary(VocabularyFile.map(file));
      Files.delete(file);
      Vocabulary arrays = vocabulary(values.shard());
      assertThat(mapped.size()).isEqualTo(n + 4);
      assertThat(mapped.fingerprint()).isEqualTo(arrays.fingerprint());
      for (int i = 0; i < n; i++) {
        byte[] bytes = values.bytes();
        int from = values.offsets()[i];
        int length = values.offsets()[i + 1] - from;
        assertThat(mapped.id(1, bytes, from, length)).isEqualTo(i + 4);
        String text = new String(bytes, from, length, StandardCharsets.UTF_8);
        assertThat(mapped.entry(i + 4).value()).isEqualTo(text);
        assertThat(mapped.knows(0, text)).as("in another field").isFalse();
        assertThat(mapped.knows(1, text + "y")).isFalse();
        assertThat(mapped.knows(1, "y" + text)).isFalse();
      }
    }
  }

  @Test
  void aMappedFileOfSomethingElseIsRefused() throws IOException {
    VocabularyFile.Values good = sorted(100);
    byte[] whole = Files.readAllBytes(written(good));
    for (int length : new int[] {0, 7, 100, 700, whole.length - 4}) {
      Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> VocabularyFile.map(cut))
          .as("%d bytes", length)
          .isInstanceOfAny(IOException.class, ModelFormatException.class);
    }
    int[] offsets = good.offsets().clone();
    offsets[50] = 1_000_000;
    assertRefused(good, offsets, good.fieldOf(), "value 49 must have a field and bytes");
    short[] fields = good.fieldOf().clone();
    fields[0] = -1;
    assertRefused(good, good.offsets(), fields, "value 0 must have a field and bytes");
    fields[0] = 0;
    assertRefused(good, good.offsets(), fields, "values must be in order of their hashes");
    Path twice =
        written(
            new VocabularyFile.Values(
                2,
                new short[] {1, 1},
                new int[] {4, 5},
                new int[] {0, 1, 2},
                new byte[] {'a', 'a'},
                new long[2],
                new int[2],
                List.of()));
    assertThatThrownBy(() -> VocabularyFile.map(twice))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage("a value of field 1 occurs twice");
  }

  private void assertRefused(
      VocabularyFile.Values good, int[] offsets, short[] fields, String message)
      throws IOException {
    Path file =
        written(
            new VocabularyFile.Values(
                good.count(),
                fields,
                good.ids(),
                offsets,
                good.bytes(),
                good.counts(),
                good.firstSeen(),
                good.dates()));
    assertThatThrownBy(() -> VocabularyFile.map(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith(message);
  }

  /** Parses the documented layout byte by byte, as readers in other languages do. */
  @Test
  void tensorsAreWhereTheHeaderSays() throws IOException {
    byte[] bytes = written();
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int header = (int) in.getLong(0);
    var json = Json.mapper().readTree(bytes, 8, header);
    int ids = 8 + header + json.at("/id/data_offsets/0").asInt();
    assertThat(json.at("/id/dtype").asText()).isEqualTo("I32");
    assertThat(in.getInt(ids + 8)).isEqualTo(1_000_000_000);
    int value = 8 + header + json.at("/value/data_offsets/0").asInt();
    assertThat(json.at("/value/shape/0").asInt()).isEqualTo(9);
    assertThat(new String(bytes, value, 9, StandardCharsets.UTF_8)).isEqualTo("annabobé");
  }

  @Test
  void aFileThatEndsEarlyOrLacksATensorIsRefused() throws IOException {
    byte[] bytes = written();
    for (int length : new int[] {0, 7, 100, bytes.length - 1}) {
      assertThatThrownBy(() -> VocabularyFile.read(new ByteArrayInputStream(bytes, 0, length)))
          .isInstanceOf(IOException.class);
    }
    ByteArrayOutputStream other = new ByteArrayOutputStream();
    SafetensorsWriter.write(
        other, List.of(ArrayTensor.vector("id", DataType.I32, new int[] {1}, 1)), Map.of());
    assertThatThrownBy(() -> VocabularyFile.read(new ByteArrayInputStream(other.toByteArray())))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage("tensor offset must be int[], got null");
  }

  @Test
  void aVocabularyIsWrittenWithItsRates(@TempDir Path model) throws IOException {
    FittedFields fields =
        new FittedFields(List.of(FittedField.of(FieldSpec.categorical("a"))))
            .with(List.of(FieldSpec.rate("a")));
    Vocabulary vocabulary =
        Vocabulary.builder(List.of("a", "rate of a"), 1)
            .reserve(0)
            .reserve(1, LabelRate.BUCKETS)
            .add(0, "x")
            .rate(7)
            .add(0, "y")
            .add(0, "z")
            .rate(63)
            .build();
    VocabularyWriter.write(new LocalModelDirectory(model), fields, vocabulary);
    byte[] rates = new byte[vocabulary.size()];
    Arrays.fill(rates, (byte) LabelRate.NONE);
    try (Stream<Path> files = Files.list(model.resolve("vocabulary"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        VocabularyShard shard = VocabularyFile.map(file);
        for (int i = 0; i < shard.count(); i++) {
          rates[shard.id(i)] = shard.rate(i);
        }
      }
    }
    assertThat(rates).isEqualTo(vocabulary.rates());
    assertThat(rates[vocabulary.id(0, "x")]).isEqualTo((byte) 7);
    assertThat(rates[vocabulary.id(0, "y")]).isEqualTo((byte) LabelRate.NONE);
    RateIds ids = new RateIds(fields, vocabulary);
    assertThat(ids.id(0, rate -> vocabulary.id(0, "z"))).isEqualTo(vocabulary.missing(1) + 64);
    assertThat(ids.id(0, rate -> vocabulary.id(0, "y"))).isEqualTo(vocabulary.missing(1) + 1 + 32);
  }
}
