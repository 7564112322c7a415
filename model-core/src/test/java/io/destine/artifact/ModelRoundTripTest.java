package io.destine.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.calibration.Calibration;
import io.destine.config.Precision;
import io.destine.metric.EvaluationReport;
import io.destine.param.NamedState;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelRoundTripTest {
  private static final long ONE_FILE = ModelWriter.SHARD_BYTES;

  @ParameterizedTest
  @CsvSource({
    "FLOAT32, 100, 1000000000", "FLOAT64, 100, 1000000000",
    "FLOAT32, 100, 500", "FLOAT64, 100, 500",
    "FLOAT32, 3, 1", "FLOAT32, 0, 100",
    "FLOAT32, 140000, 1000000000", "FLOAT64, 140000, 1000000"
  })
  void everyBitComesBack(Precision precision, int rows, long shardBytes, @TempDir Path dir) {
    SampleModel sample = new SampleModel(precision, rows, 5);
    ModelDirectory directory = new LocalModelDirectory(dir);
    String sha256 = sample.writeTo(directory, shardBytes);
    ModelReader reader = ModelReader.open(directory);
    reader.verify();
    assertThat(reader.manifestSha256()).isEqualTo(sha256);
    Parameters read = reader.parameters();
    assertThat(read.precision()).isEqualTo(precision);
    assertSameBits(read.dense(), sample.parameters.dense());
    assertSameBits(read.statistics(), sample.parameters.statistics());
    assertSameBits(read.embedding(), sample.parameters.embedding());
    assertSameBits(read.wide(), sample.parameters.wide());
    NamedState state = reader.optimizerState().orElseThrow();
    assertThat(state.tables().keySet()).isEqualTo(sample.optimizer.tables().keySet());
    sample.optimizer.tables().forEach((name, t) -> assertSameBits(state.table(name), t));
    assertThat(state.arrays().keySet()).isEqualTo(sample.optimizer.arrays().keySet());
    sample.optimizer.arrays().forEach((name, a) -> assertSameBits(state.array(name), a));
    assertThat(state.counters()).isEqualTo(sample.optimizer.counters());
  }

  @Test
  void theManifestSaysWhatTheWriterWasTold() {
    SampleModel sample = new SampleModel(Precision.FLOAT32, 20, 1);
    MemoryModelDirectory directory = new MemoryModelDirectory();
    sample.writeTo(directory, ONE_FILE);
    Manifest read = ModelReader.open(directory).manifest();
    assertThat(read).isEqualTo(sample.description().build(Precision.FLOAT32, 20, read.files()));
    assertThat(read.network().config()).isEqualTo(SampleModel.CONFIG);
    assertThat(read.network().layout().tensors()).isEqualTo(sample.network.layout().tensors());
    assertThat(read.files().keySet())
        .containsExactly(
            "dense.safetensors",
            "embedding.safetensors",
            "model.safetensors.index.json",
            "optimizer.embedding.m.safetensors",
            "optimizer.embedding.v.safetensors",
            "optimizer.safetensors",
            "optimizer.safetensors.index.json",
            "vocabulary/part-0.parquet",
            "wide.safetensors");
    String json = new String(directory.files.get("manifest.json"), StandardCharsets.UTF_8);
    assertThat(json)
        .contains("\"format_version\" : \"1.0\"", "\"mean_query\"", "\"embedding_dim\" : 4");
  }

  @Test
  void largeTablesAreCutIntoFilesOfBoundedSize() {
    MemoryModelDirectory directory = new MemoryModelDirectory();
    new SampleModel(Precision.FLOAT32, 100, 1).writeTo(directory, 500);
    assertThat(directory.list())
        .contains(
            "embedding-00001-of-00004.safetensors",
            "embedding-00004-of-00004.safetensors",
            "wide.safetensors")
        .doesNotContain("embedding.safetensors");
    TensorIndex index =
        new TensorFiles(TensorFileNames.MODEL)
            .index((name, reading) -> read(directory, name, reading));
    assertThat(index.metadata().tables().get("embedding.weight").shards())
        .hasSize(4)
        .last()
        .isEqualTo(
            new TensorIndex.Shard(
                "embedding.weight.00004-of-00004",
                "embedding-00004-of-00004.safetensors",
                93,
                100));
    assertThat(index.weightMap())
        .containsEntry("output.bias", "dense.safetensors")
        .containsEntry("embedding.weight.00001-of-00004", "embedding-00001-of-00004.safetensors");
  }

  private static void read(
      MemoryModelDirectory directory, String name, VerifiedFile.Reading reading) {
    try {
      reading.accept(directory.open(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void equalModelsGiveEqualBytesButForTheTimeInTheManifest() {
    MemoryModelDirectory one = new MemoryModelDirectory();
    MemoryModelDirectory two = new MemoryModelDirectory();
    SampleModel sample = new SampleModel(Precision.FLOAT32, 50, 3);
    sample.writeTo(one, 300);
    new ModelWriter(two, 300)
        .write(
            sample.description().createdAt(Instant.EPOCH),
            new SampleModel(Precision.FLOAT32, 50, 3).parameters,
            sample.optimizer);
    one.files.remove("vocabulary/part-0.parquet");
    assertThat(two.list()).isEqualTo(one.list());
    for (String name : one.list()) {
      if (!name.startsWith("manifest.")) {
        assertThat(two.files.get(name)).as(name).isEqualTo(one.files.get(name));
      }
    }
    assertThat(two.files.get("manifest.json")).isNotEqualTo(one.files.get("manifest.json"));
  }

  @Test
  void rowsThatOthersLieBetweenGiveTheSameBytes() {
    SampleModel sample = new SampleModel(Precision.FLOAT32, 3000, 1);
    MemoryModelDirectory apart = new MemoryModelDirectory();
    sample.writeTo(apart, 5000);
    for (ParameterTable beside : sample.parameters.embedding().beside(2)) {
      double[] ones = new double[beside.width()];
      Arrays.fill(ones, 1);
      for (int row = 0; row < beside.rows(); row++) {
        beside.write(row, ones, 0);
      }
    }
    MemoryModelDirectory mixed = new MemoryModelDirectory();
    sample.writeTo(mixed, 5000);
    for (String name : apart.list()) {
      if (name.startsWith("embedding")) {
        assertThat(mixed.files.get(name)).as(name).isEqualTo(apart.files.get(name));
      }
    }
  }

  @Test
  void aModelWithoutOptimiserStateAndFreeFormPartsIsWholeToo() {
    SampleModel sample = new SampleModel(Precision.FLOAT32, 5, 1);
    MemoryModelDirectory directory = new MemoryModelDirectory();
    new ModelWriter(directory).write(Manifest.describe(sample.network), sample.parameters, null);
    ModelReader reader = ModelReader.open(directory);
    assertThat(reader.optimizerState()).isEmpty();
    assertThat(reader.manifest().train()).isNull();
    assertSameBits(reader.parameters().embedding(), sample.parameters.embedding());
  }

  @Test
  void anEvaluationReportInTheMetricsComesBackAsPlainNumbers() {
    SampleModel sample = new SampleModel(Precision.FLOAT32, 5, 1);
    EvaluationReport report =
        EvaluationReport.of(new double[] {1, -1}, new float[] {1, 0}, null, null);
    MemoryModelDirectory directory = new MemoryModelDirectory();
    new ModelWriter(directory)
        .write(
            sample.description().metrics(Map.of("test", report.toJson())), sample.parameters, null);
    Map<String, Object> metrics = ModelReader.open(directory).manifest().metrics();
    assertThat(metrics.get("test"))
        .asInstanceOf(InstanceOfAssertFactories.map(String.class, Object.class))
        .containsEntry("auc", 1.0)
        .containsEntry("rows", 2)
        .containsEntry("log_loss", report.logLoss().getAsDouble())
        .doesNotContainKey("gauc");
  }

  @Test
  void aDirectoryThatHoldsAModelIsNotOverwritten() {
    MemoryModelDirectory directory = new MemoryModelDirectory();
    SampleModel sample = new SampleModel(Precision.FLOAT32, 5, 1);
    sample.writeTo(directory, ONE_FILE);
    assertThatThrownBy(() -> sample.writeTo(directory, ONE_FILE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("memory must hold no model yet, got one with a manifest.json");
  }

  @Test
  void aNumberThatFloat32WouldRoundIsRefused() {
    SampleModel sample = new SampleModel(Precision.FLOAT32, 5, 1);
    sample.parameters.statistics()[2] = 0.1;
    assertThatThrownBy(() -> sample.writeTo(new MemoryModelDirectory(), ONE_FILE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("deep.0.norm.running_mean: element 2 must be a float32 number, got 0.1");
  }

  @Test
  void newerMinorVersionsAreReadAndNewerMajorOnesRefused() {
    SampleModel sample = new SampleModel(Precision.FLOAT32, 5, 1);
    MemoryModelDirectory directory = new MemoryModelDirectory();
    sample.writeTo(directory, ONE_FILE);
    MemoryModelDirectory minor = edited(directory, "\"1.0\"", "\"1.9\",\n  \"novelty\" : [ 1 ]");
    assertThat(ModelReader.open(minor).manifest().formatVersion()).isEqualTo("1.9");
    assertSameBits(ModelReader.open(minor).parameters().dense(), sample.parameters.dense());
    MemoryModelDirectory major = edited(directory, "\"1.0\"", "\"3.0\"");
    assertThatThrownBy(() -> ModelReader.open(major))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            "memory/manifest.json: format_version must be 1.x or 2.x, which this program reads,"
                + " got 3.0");
    MemoryModelDirectory other = edited(directory, "destine-model", "another-model");
    assertThatThrownBy(() -> ModelReader.open(other))
        .hasMessage("memory/manifest.json: format must be destine-model, got another-model");
  }

  /**
   * Programs without calibration support refuse version 2; in version 1 they would silently ignore
   * the calibration.
   */
  @Test
  void aCalibrationIsReadAsItWasWrittenAndRaisesTheVersion() {
    SampleModel sample = new SampleModel(Precision.FLOAT32, 5, 1);
    for (Calibration calibration :
        List.of(
            new Calibration.Affine(0.1 + 0.2, -Math.PI),
            new Calibration.Isotonic(
                List.of(new Calibration.Knot(-1, -1 / 3.0), new Calibration.Knot(2, 0.1))))) {
      MemoryModelDirectory directory = new MemoryModelDirectory();
      new ModelWriter(directory)
          .write(sample.description().calibration(calibration), sample.parameters, null);
      Manifest manifest = ModelReader.open(directory).manifest();
      assertThat(manifest.logitMap()).isEqualTo(calibration);
      assertThat(manifest.formatVersion()).isEqualTo("2.0");
      assertThat(manifest.toBuilder().build(Precision.FLOAT32, 5, manifest.files()))
          .isEqualTo(manifest);
    }
    MemoryModelDirectory plain = new MemoryModelDirectory();
    sample.writeTo(plain, ONE_FILE);
    assertThat(ModelReader.open(plain).manifest().logitMap()).isEqualTo(Calibration.IDENTITY);
    assertThat(new String(plain.files.get("manifest.json"), StandardCharsets.UTF_8))
        .doesNotContain("\"calibration\" : {");
  }

  /** A reader that ignored unknown options would silently give different probabilities. */
  @Test
  void whatTheProgramDoesNotKnowOfTheNetworkIsRefusedByName() {
    MemoryModelDirectory directory = new MemoryModelDirectory();
    new SampleModel(Precision.FLOAT32, 5, 1).writeTo(directory, ONE_FILE);
    Map<MemoryModelDirectory, String> newer =
        Map.of(
            edited(directory, "\"heads\" : 2", "\"gates\" : 7,\n    \"heads\" : 2"),
            "model.gates = 7",
            edited(directory, "\"kind\" : \"multi\"", "\"kind\" : \"sequence\""),
            "fields[1].kind = \"sequence\"",
            edited(
                directory,
                "\"name\" : \"price\"",
                "\"name\" : \"price\",\n    \"pooling\" : \"max\""),
            "fields[2].pooling = \"max\"",
            edited(directory, "\"attention\" : \"both\"", "\"attention\" : \"sparse\""),
            "model.attention = \"sparse\"");
    newer.forEach(
        (model, what) ->
            assertThatThrownBy(() -> ModelReader.open(model))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(
                    "memory/manifest.json: %s is unknown to this program: a newer version wrote"
                        + " the model; use that version",
                    what));
  }

  /** The files of a network with biases, under a manifest of one without. */
  @Test
  void tensorsThatTheNetworkHasNotAreRefusedByName() {
    MemoryModelDirectory directory = new MemoryModelDirectory();
    new SampleModel(Precision.FLOAT32, 5, 1).writeTo(directory, ONE_FILE);
    MemoryModelDirectory unbiased = edited(directory, "\"bias\" : true", "\"bias\" : false");
    assertThatThrownBy(() -> ModelReader.open(unbiased).parameters())
        .isInstanceOf(ModelFormatException.class)
        .hasMessageMatching(
            "memory/dense.safetensors: tensor layers\\.\\d\\.[a-z_]+\\.bias is unknown to this"
                + " program: a newer version wrote the model; use that version");
    MemoryModelDirectory narrow = edited(directory, "\"wide\" : true", "\"wide\" : false");
    assertThatThrownBy(() -> ModelReader.open(narrow).parameters())
        .isInstanceOf(ModelFormatException.class)
        .hasMessage(
            "memory/model.safetensors.index.json: table wide.weight is unknown to this program: a"
                + " newer version wrote the model; use that version");
  }

  @Test
  void namesInAManifestStayInsideTheDirectory() {
    MemoryModelDirectory directory = new MemoryModelDirectory();
    new SampleModel(Precision.FLOAT32, 5, 1).writeTo(directory, ONE_FILE);
    for (String name : List.of("../wide.safetensors", "/etc/passwd", "a/../b", "a//b", "C:x", "")) {
      MemoryModelDirectory evil = edited(directory, "\"wide.safetensors\"", "\"" + name + "\"");
      assertThatThrownBy(() -> ModelReader.open(evil))
          .as(name)
          .isInstanceOf(ModelFormatException.class)
          .hasMessageContaining("model file name must be a plain relative path, got \"" + name);
    }
    assertThat(FileName.require("vocabulary/part-0.snappy.parquet")).isNotNull();
    assertThat(FileName.require("..a")).isNotNull();
  }

  /** A copy whose manifest has one text replaced and a digest that fits. */
  private static MemoryModelDirectory edited(
      MemoryModelDirectory directory, String text, String by) {
    MemoryModelDirectory copy = directory.copy();
    String json = new String(copy.files.get("manifest.json"), StandardCharsets.UTF_8);
    assertThat(json).contains(text);
    byte[] bytes = json.replace(text, by).getBytes(StandardCharsets.UTF_8);
    copy.files.put("manifest.json", bytes);
    copy.files.put("manifest.sha256", ManifestFile.digestLine(bytes));
    return copy;
  }

  @Test
  void stateNamesAreDistinctAndPlain() {
    assertThatThrownBy(() -> new NamedState(Map.of(), Map.of("a", new double[1]), Map.of("a", 1L)))
        .hasMessage("state: names must be distinct, got a twice");
    assertThatThrownBy(() -> new NamedState(Map.of(), Map.of(), Map.of("../a", 1L)))
        .hasMessageContaining("state: name must match");
  }

  private static void assertSameBits(ParameterTable read, ParameterTable written) {
    assertThat(read.getClass()).isEqualTo(written.getClass());
    assertThat(read.rows()).isEqualTo(written.rows());
    assertThat(read.width()).isEqualTo(written.width());
    double[] a = new double[read.width()];
    double[] b = new double[read.width()];
    for (int row = 0; row < read.rows(); row++) {
      read.read(row, a, 0);
      written.read(row, b, 0);
      if (!Arrays.equals(a, b)) {
        assertThat(a).as("row " + row).isEqualTo(b);
      }
    }
  }

  private static void assertSameBits(double[] read, double[] written) {
    assertThat(Arrays.equals(read, written)).isTrue();
  }
}
