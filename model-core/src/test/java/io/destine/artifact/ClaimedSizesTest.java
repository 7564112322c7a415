package io.destine.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import io.destine.config.Precision;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A size that a small file claims allocates no memory before that much data has been read. */
class ClaimedSizesTest {
  private static final int ROWS = 1_500_000_000;
  private static final long MOST_BYTES = 20_000_000;

  private static Throwable thrownWithinLittleMemory(ThrowingCallable reading) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long before = threads.getThreadAllocatedBytes(thread);
    Throwable thrown = catchThrowable(reading);
    assertThat(threads.getThreadAllocatedBytes(thread) - before)
        .as("bytes until %s", thrown)
        .isLessThan(MOST_BYTES);
    return thrown;
  }

  private static byte[] file(String header) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }

  @ParameterizedTest
  @EnumSource(DataType.class)
  void anArrayOfAnyTypeGrowsWithTheFile(DataType type) {
    byte[] file =
        file(
            String.format(
                "{\"a\":{\"dtype\":\"%s\",\"shape\":[%d],\"data_offsets\":[0,%d]}}",
                type, ROWS, (long) ROWS * type.bytes()));
    assertThat(
            thrownWithinLittleMemory(
                () ->
                    new SafetensorsReader(new ByteArrayInputStream(file))
                        .read((tensor, in) -> in.array(tensor))))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void anArrayLongerThanJavaHasIsRefused() {
    byte[] file =
        file("{\"a\":{\"dtype\":\"U8\",\"shape\":[3000000000],\"data_offsets\":[0,3000000000]}}");
    assertThat(
            thrownWithinLittleMemory(
                () ->
                    new SafetensorsReader(new ByteArrayInputStream(file))
                        .read((tensor, in) -> in.array(tensor))))
        .hasMessage("tensor a must have at most 2147483639 elements, got 3000000000");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1 << 16, (1 << 16) + 1, 300_000})
  void anArrayHasTheElementsOfTheFile(int count) throws IOException {
    int[] numbers = new int[count];
    Arrays.setAll(numbers, i -> 31 * i);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SafetensorsWriter.write(
        out, List.of(ArrayTensor.vector("a", DataType.I32, numbers, count)), Map.of());
    new SafetensorsReader(new ByteArrayInputStream(out.toByteArray()))
        .read((tensor, in) -> assertThat((int[]) in.array(tensor)).isEqualTo(numbers));
  }

  @Test
  void aPartOfAVocabularyGrowsWithTheFile() {
    byte[] file =
        file(
            String.format(
                "{\"id\":{\"dtype\":\"I32\",\"shape\":[%d],\"data_offsets\":[0,%d]}}",
                ROWS, 4L * ROWS));
    assertThat(thrownWithinLittleMemory(() -> VocabularyFile.read(new ByteArrayInputStream(file))))
        .isInstanceOf(EOFException.class);
  }

  /** The tables of a model of 1.5 billion ids in files of 100 KB, which are several blocks. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void tablesGrowWithTheirFiles(Precision precision) throws IOException {
    MemoryModelDirectory directory = new MemoryModelDirectory();
    new SampleModel(precision, 5000, 9).writeTo(directory, 1 << 20);
    for (String name : List.of("model", "optimizer")) {
      String index = name + ".safetensors.index.json";
      ObjectNode json = (ObjectNode) Json.mapper().readTree(directory.files.get(index));
      for (JsonNode table : json.at("/metadata/tables")) {
        ((ObjectNode) table).put("rows", ROWS);
        ((ObjectNode) table.at("/shards/0")).put("end_row", ROWS);
        String file = table.at("/shards/0/file").asText();
        directory.files.put(file, withRows(directory.files.get(file), ROWS));
      }
      directory.files.put(index, Json.mapper().writeValueAsBytes(json));
    }
    repair(directory, ROWS);
    for (ThrowingCallable reading :
        List.<ThrowingCallable>of(
            () -> ModelReader.open(directory).parameters(),
            () -> ModelReader.open(directory).optimizerState())) {
      assertThat(thrownWithinLittleMemory(reading))
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining("bytes early");
    }
  }

  /** The file with the header changed to claim the given number of rows. */
  private static byte[] withRows(byte[] file, int rows) throws IOException {
    int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    ObjectNode json = (ObjectNode) Json.mapper().readTree(file, 8, length);
    for (JsonNode tensor : json) {
      if (tensor.has("shape")) {
        long bytes = tensor.at("/data_offsets/1").asLong() / tensor.at("/shape/0").asLong() * rows;
        ((ArrayNode) tensor.get("shape")).set(0, rows);
        ((ArrayNode) tensor.get("data_offsets")).set(1, bytes);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(file(json.toString()));
    out.write(file, 8 + length, file.length - 8 - length);
    return out.toByteArray();
  }

  /** Writes a manifest for the files as they are now. */
  static void repair(MemoryModelDirectory directory, int vocabularySize) throws IOException {
    ObjectNode manifest = (ObjectNode) Json.mapper().readTree(directory.files.get(Manifest.FILE));
    manifest.put("vocabulary_size", vocabularySize);
    manifest
        .get("files")
        .fields()
        .forEachRemaining(
            entry -> {
              byte[] bytes = directory.files.get(entry.getKey());
              ((ObjectNode) entry.getValue())
                  .put("length", bytes.length)
                  .put("sha256", Sha256.of(bytes));
            });
    byte[] bytes = Json.mapper().writeValueAsBytes(manifest);
    directory.files.put(Manifest.FILE, bytes);
    directory.files.put(Manifest.DIGEST_FILE, ManifestFile.digestLine(bytes));
  }

  /** An archive whose manifest claims 1.6 billion bytes of a file that is not there. */
  @Test
  void anArchiveTakesTheMemoryOfItsBytes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MemoryModelDirectory directory = new MemoryModelDirectory();
    new SampleModel(Precision.FLOAT32, 20, 4).writeTo(directory, 1_000_000);
    String manifest = new String(directory.files.get(Manifest.FILE), StandardCharsets.UTF_8);
    String claimed =
        manifest.replaceFirst(
            "(\"embedding.safetensors\" : \\{\\s*\"length\" : )\\d+", "$11600000000");
    assertThat(claimed).isNotEqualTo(manifest);
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.putNextEntry(new ZipEntry(Manifest.FILE));
    zip.write(claimed.getBytes(StandardCharsets.UTF_8));
    zip.putNextEntry(new ZipEntry("embedding.safetensors"));
    zip.write(new byte[10]);
    zip.finish();
    byte[] file = out.toByteArray();
    assertThat(
            thrownWithinLittleMemory(
                () ->
                    ModelReader.open(ModelArchive.read(new ByteArrayInputStream(file), "archive"))))
        .isInstanceOf(ModelFormatException.class);
  }
}
