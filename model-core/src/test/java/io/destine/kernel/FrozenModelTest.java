package io.destine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FittedFields;
import io.destine.param.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that an earlier program wrote keep their probabilities; see README.md beside them. */
class FrozenModelTest {
  private static final Path FOLDER = Path.of("src/test/resources/frozen/1.0");

  /** Tolerance for probabilities from any float32 kernel. */
  private static final double ROUNDED = 1e-6;

  static List<String> models() {
    return List.of("all-parts", "rectified");
  }

  private static ModelReader open(String model) {
    return ModelReader.open(new LocalModelDirectory(FOLDER.resolve(model)));
  }

  private static JsonNode expected() throws IOException {
    return new ObjectMapper().readTree(FOLDER.resolve("expected.json").toFile());
  }

  @ParameterizedTest
  @MethodSource("models")
  void itsMajorVersionIsStillRead(String model) {
    ModelReader reader = open(model);
    reader.verify();
    assertThat(reader.manifest().formatVersion()).isEqualTo("1.0");
    assertThat(Manifest.MAJOR_VERSION).isEqualTo(1);
    assertThat(reader.optimizerState()).isPresent();
  }

  @ParameterizedTest
  @MethodSource("models")
  void itsFieldsAreThoseOfItsVocabulary(String model) throws IOException {
    String json = Files.readString(FOLDER.resolve(model).resolve("vocabulary/_fields.json"));
    assertThat(FittedFields.ofJson(json).layout().fields())
        .isEqualTo(open(model).network().fields().fields());
  }

  @ParameterizedTest
  @MethodSource("models")
  void itsProbabilitiesAreThoseOfItsTime(String model) throws IOException {
    ModelReader reader = open(model);
    double[] probabilities = doubles(expected().get("probabilities").get(model));
    EncodedBatch batch = batch(expected().get("encoded"), probabilities.length);
    Parameters parameters = reader.parameters();
    Manifest manifest = reader.manifest();
    double[] logits =
        new PlainNetwork(manifest.model(), reader.network().fields())
            .logits(parameters, batch, null, false);
    assertProbabilities("the equations", logits, probabilities);
    for (KernelProvider provider : TestedKernels.all()) {
      if (provider.computes(manifest.precision())) {
        Kernel kernel =
            provider.create(
                manifest.model(),
                reader.network().fields(),
                reader.network().layout(),
                manifest.precision());
        kernel.logits(parameters, batch, logits);
        assertProbabilities(kernel.name(), logits, probabilities);
      }
    }
  }

  private static void assertProbabilities(String by, double[] logits, double[] expected) {
    for (int n = 0; n < expected.length; n++) {
      assertThat(1 / (1 + Math.exp(-logits[n])))
          .as("row %d by %s", n, by)
          .isCloseTo(expected[n], within(ROUNDED));
    }
  }

  private static EncodedBatch batch(JsonNode encoded, int rows) {
    double[] dense = doubles(encoded.get("dense"));
    float[] floats = new float[dense.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) dense[i];
    }
    return new EncodedBatch(
        0,
        ints(encoded.get("ids")),
        ints(encoded.get("multi_offsets")),
        ints(encoded.get("multi_ids")),
        floats,
        new float[rows],
        null,
        null,
        null);
  }

  private static int[] ints(JsonNode array) {
    return Arrays.stream(doubles(array)).mapToInt(value -> (int) value).toArray();
  }

  private static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asDouble();
    }
    return values;
  }
}
