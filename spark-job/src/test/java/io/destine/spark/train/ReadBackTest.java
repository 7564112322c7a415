package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.ModelFormatException;
import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.export.AverageJob;
import io.destine.spark.store.Fence;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkFiles;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A model that storage or the disk of the driver has damaged on its way never takes the place of
 * the one before. The digests in its manifest are taken of the copied vocabulary, damage included.
 */
class ReadBackTest {
  @TempDir static Path directory;
  private static Map<String, String> before;

  @BeforeAll
  static void trainTheModelBefore() throws IOException {
    SharedSpark.session()
        .sparkContext()
        .hadoopConfiguration()
        .setClass("fs.observed.impl", ObservedFileSystem.class, ObservedFileSystem.class);
    StringBuilder csv = new StringBuilder("clicked,user,item\n");
    for (int n = 0; n < 600; n++) {
      csv.append(n % 3 == 0 ? 1 : 0).append(",u").append(n % 5).append(",i").append(n % 4);
      csv.append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    train(1);
    before = files();
  }

  private static void train(int seed) {
    JobConfig config =
        JobConfigReader.parse(
            """
            source { path = "%s/clicks.csv", format = csv, header = true }
            label = clicked
            fields = "*"
            model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
            train { batch-size = 64, epochs = 1, blocks-per-step = 2, seed = %d }
            output { model = "%s:%s/model", data = "%s/data" }
            """
                .formatted(directory, seed, ObservedFileSystem.SCHEME, directory, directory),
            List.of());
    new TrainJob(SharedSpark.session(), config, "test", line -> {})
        .overwriting()
        .run(new TrainingListener() {});
  }

  private static Map<String, String> files() {
    return ModelDigests.of(directory.resolve("model"), name -> true);
  }

  /** True for a file of the model that is being written beside the one before. */
  private static boolean isFresh(Path file, String name) {
    return file.toString().matches(".*/\\.model\\.new-[^/]*/" + name);
  }

  @AfterEach
  void theModelBeforeIsThere() {
    ObservedFileSystem.observe(new ObservedFileSystem.Observer() {});
    assertThat(files()).isEqualTo(before).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "vocabulary/part-[^/]*, is damaged: SHA-256 must be",
    "vocabulary/_fields\\.json, vocabulary: SHA-256 must be",
    "vocabulary/_vocabulary\\.json, vocabulary: SHA-256 must be",
    "verification\\.json, the written model gives other probabilities",
    "dense\\.safetensors, dense.safetensors",
    "embedding\\.safetensors, embedding.safetensors"
  })
  void aFileThatStorageHasChangedIsFound(String name, String problem) {
    List<Path> damaged = new ArrayList<>();
    ObservedFileSystem.observe(
        new ObservedFileSystem.Observer() {
          @Override
          public void written(Path file) throws IOException {
            if (damaged.isEmpty() && isFresh(file, name)) {
              damaged.add(file);
              if (name.endsWith("json")) {
                // The same to whoever parses it.
                Files.writeString(file, " ", StandardOpenOption.APPEND);
              } else {
                ObservedFileSystem.flip(file, (int) Files.size(file) - 1);
              }
            }
          }
        });
    assertThatThrownBy(() -> train(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
    assertThat(damaged).hasSize(1);
  }

  /** An average that replaces the model whose vocabulary it has. */
  @Test
  void anAverageWhoseVocabularyStorageHasChangedIsFound() {
    List<Path> damaged = new ArrayList<>();
    ObservedFileSystem.observe(
        new ObservedFileSystem.Observer() {
          @Override
          public void written(Path file) throws IOException {
            if (damaged.isEmpty() && isFresh(file, "vocabulary/part-[^/]*")) {
              damaged.add(file);
              ObservedFileSystem.flip(file, (int) Files.size(file) - 1);
            }
          }
        });
    String model = ObservedFileSystem.SCHEME + ":" + directory + "/model";
    AverageJob job =
        new AverageJob(
            SharedSpark.session().sparkContext().hadoopConfiguration(), List.of(model, model));
    assertThatThrownBy(() -> job.run(model, Fence.NONE, "test"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is damaged: SHA-256 must be");
    assertThat(damaged).hasSize(1);
  }

  /** Only the verification rows can reveal the damage, since all digests are correct. */
  @Test
  void aVocabularyThatTheDriversDiskHasChangedIsFoundByItsProbabilities() {
    List<Path> damaged = new ArrayList<>();
    ObservedFileSystem.observe(
        new ObservedFileSystem.Observer() {
          @Override
          public void read(Path file) throws IOException {
            if (isFresh(file, "vocabulary/part-[^/]*")) {
              changeMapped(damaged);
            }
          }
        });
    assertThatThrownBy(() -> train(2))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageContaining(
            "the written model gives other probabilities than the model in memory");
    assertThat(damaged).isNotEmpty();
  }

  /** Exchanges the ids of two users in copies that are about to be mapped into memory. */
  private static void changeMapped(List<Path> damaged) throws IOException {
    List<Path> copies;
    try (Stream<Path> scratch = Files.list(Path.of(SparkFiles.getRootDirectory()))) {
      copies = scratch.filter(copy -> copy.toString().matches(".*/vocabulary-[^/]*")).toList();
    }
    for (Path copy : copies) {
      if (Files.size(copy) > 0) {
        exchangeIds(copy);
        damaged.add(copy);
      }
    }
  }

  private static void exchangeIds(Path safetensors) throws IOException {
    ByteBuffer file =
        ByteBuffer.wrap(Files.readAllBytes(safetensors)).order(ByteOrder.LITTLE_ENDIAN);
    int header = Math.toIntExact(file.getLong(0));
    JsonNode tensors = new ObjectMapper().readTree(file.array(), Long.BYTES, header);
    int ids = Long.BYTES + header + tensors.at("/id/data_offsets/0").asInt();
    int fields = Long.BYTES + header + tensors.at("/field/data_offsets/0").asInt();
    int[] users =
        IntStream.range(0, tensors.at("/id/shape/0").asInt())
            .filter(n -> file.getShort(fields + n * Short.BYTES) == 0)
            .map(n -> ids + n * Integer.BYTES)
            .toArray();
    int first = file.getInt(users[0]);
    file.putInt(users[0], file.getInt(users[1])).putInt(users[1], first);
    Files.write(safetensors, file.array());
  }
}
