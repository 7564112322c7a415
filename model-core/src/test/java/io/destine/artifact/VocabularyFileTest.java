package io.destine.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.VocabularyShard;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VocabularyFileTest {
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
    VocabularyShard shard = read.shard();
    assertThat(shard.count()).isEqualTo(4);
    assertThat(new String(shard.value(2), StandardCharsets.UTF_8)).isEqualTo("é");
    assertThat(shard.id(2)).isEqualTo(1_000_000_000);
    assertThat(shard.field(1)).isEqualTo(2);
    assertThat(shard.value(3)).isEmpty();
  }

  /** The layout that the documentation gives to readers in other languages, read by hand. */
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
        other, List.of(new ArrayTensor("id", DataType.I32, new int[] {1}, 1)), Map.of());
    assertThatThrownBy(() -> VocabularyFile.read(new ByteArrayInputStream(other.toByteArray())))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage("tensor offset must be int[], got null");
  }
}
