package io.destine.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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

  @Test
  void skippedBytesAreVerified() {
    FileDigest written =
        DigestedFile.store(sound, "skipped", out -> out.write(new byte[] {1, 2, 3, 4}));
    VerifiedFile.read(
        sound,
        "skipped",
        written,
        in -> {
          in.skipNBytes(2);
          assertThat(in.read()).isEqualTo(3);
        });
    sound.files.put("skipped", new byte[] {1, 0, 3, 4});
    assertThatThrownBy(() -> VerifiedFile.read(sound, "skipped", written, in -> in.skipNBytes(4)))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageStartingWith("memory/skipped: SHA-256 must be " + written.sha256());
  }

  @Test
  void storageThatFailsOnceIsNotTakenForDamage() {
    List<String> tensors =
        sound.list().stream()
            .filter(name -> name.matches("(dense|embedding.*)\\.safetensors"))
            .toList();
    assertThat(tensors).hasSizeGreaterThan(1);
    for (String name : tensors) {
      for (int at : new int[] {0, 100, sound.files.get(name).length - 1}) {
        ModelReader reader = ModelReader.open(failingOnce(name, at));
        assertThatThrownBy(reader::parameters)
            .as(name + " at " + at)
            .isInstanceOf(UncheckedIOException.class)
            .hasMessageContaining("memory/" + name)
            .hasMessageContaining("connection reset");
        assertThat(reader.parameters()).as("the next attempt").isNotNull();
      }
    }
  }

  /** The undamaged files; reading one of them fails once, at the given byte, and then succeeds. */
  private ModelDirectory failingOnce(String file, int at) {
    boolean[] failed = new boolean[1];
    MemoryModelDirectory directory =
        new MemoryModelDirectory() {
          @Override
          public InputStream open(String name) {
            return !name.equals(file) || failed[0]
                ? super.open(name)
                : new FailingStream(files.get(name), at, failed);
          }
        };
    directory.files.putAll(sound.files);
    return directory;
  }

  private static final class FailingStream extends InputStream {
    private final byte[] bytes;
    private final int failsAt;
    private final boolean[] failed;
    private int at;

    FailingStream(byte[] bytes, int failsAt, boolean[] failed) {
      this.bytes = bytes;
      this.failsAt = failsAt;
      this.failed = failed;
    }

    @Override
    public int read() throws IOException {
      if (at == failsAt && !failed[0]) {
        failed[0] = true;
        throw new IOException("connection reset");
      }
      return at == bytes.length ? -1 : bytes[at++] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int next = read();
      if (next < 0) {
        return -1;
      }
      into[from] = (byte) next;
      return 1;
    }
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
          .hasMessageContaining(
              List.of(Manifest.FILE, Manifest.DIGEST_FILE).contains(name)
                  ? "memory is not a complete model directory: it has no " + name
                  : "memory/" + name + " must exist");
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
