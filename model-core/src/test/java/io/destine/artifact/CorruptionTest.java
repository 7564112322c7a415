package io.destine.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CorruptionTest {
  private static final int STRIDE = 13;

  private final MemoryModelDirectory sound = new MemoryModelDirectory();

  CorruptionTest() {
    new SampleModel(Precision.FLOAT32, 30, 9).writeTo(sound, 200);
  }

  @Test
  void aFlippedByteInAnyFileIsRefusedByNameWhetherVerifiedOrLoaded() {
    int tried = 0;
    for (String name : sound.list()) {
      byte[] bytes = sound.files.get(name);
      Set<Integer> positions = new TreeSet<>(List.of(0, 7, 8, bytes.length - 1));
      for (int at = tried % STRIDE; at < bytes.length; at += STRIDE) {
        positions.add(at);
      }
      for (int at : positions) {
        byte[] damaged = bytes.clone();
        damaged[at] ^= (byte) (1 << (tried++ % 8));
        MemoryModelDirectory directory = sound.copy();
        directory.files.put(name, damaged);
        assertThatThrownBy(() -> ModelReader.open(directory).verify())
            .as(name + " at " + at)
            .isInstanceOf(ModelFormatException.class)
            .hasMessageContaining("memory/" + name);
        if (!name.startsWith("vocabulary/")) {
          assertThatThrownBy(() -> load(directory))
              .as(name + " at " + at)
              .isInstanceOf(ModelFormatException.class)
              .hasMessageContaining("memory/" + name);
        }
      }
    }
    assertThat(tried).isGreaterThan(1000);
  }

  private static void load(ModelDirectory directory) {
    ModelReader reader = ModelReader.open(directory);
    assertThat(reader.parameters()).isNotNull();
    assertThat(reader.optimizerState()).isPresent();
  }

  @Test
  void aTruncatedLongerOrMissingFileIsRefusedByName() {
    for (String name : sound.list()) {
      byte[] bytes = sound.files.get(name);
      for (int length : new int[] {0, bytes.length / 2, bytes.length - 1, bytes.length + 1}) {
        MemoryModelDirectory directory = sound.copy();
        directory.files.put(name, Arrays.copyOf(bytes, length));
        assertThatThrownBy(() -> ModelReader.open(directory).verify())
            .as(name + " of length " + length)
            .isInstanceOf(ModelFormatException.class)
            .hasMessageContaining("memory/" + name);
      }
      MemoryModelDirectory directory = sound.copy();
      directory.files.remove(name);
      assertThatThrownBy(() -> ModelReader.open(directory).verify())
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining("memory/" + name + " must exist");
    }
  }

  @Test
  void theMessageNamesBothDigests() {
    MemoryModelDirectory directory = sound.copy();
    byte[] damaged = sound.files.get("dense.safetensors").clone();
    damaged[damaged.length - 1]++;
    directory.files.put("dense.safetensors", damaged);
    assertThatThrownBy(() -> ModelReader.open(directory).parameters())
        .hasMessage(
            "memory/dense.safetensors: SHA-256 must be "
                + Sha256.of(sound.files.get("dense.safetensors"))
                + ", got "
                + Sha256.of(damaged));
  }
}
