package io.destine.spark.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.destine.calibration.Calibration;
import io.destine.config.ModelConfig;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyBuilder;
import io.destine.model.Destine;
import io.destine.onnx.ExportOptions;
import io.destine.onnx.InputForm;
import io.destine.onnx.ModelIdentity;
import io.destine.onnx.OnnxFile;
import io.destine.onnx.OnnxGraph;
import io.destine.spark.conf.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two files that belong together, on disk. */
class ExportTargetTest {
  @TempDir Path directory;

  private static OnnxFile graph(long seed, long inlineBytes) {
    FittedFields fields = new FittedFields(List.of(FittedField.of(FieldSpec.categorical("user"))));
    VocabularyBuilder vocabulary = Vocabulary.builder(List.of("user"), 1).reserve(0);
    for (int i = 0; i < 100; i++) {
      vocabulary.add(0, "v" + i);
    }
    Destine network = new Destine(ModelConfig.interaction().build(), fields.layout());
    return OnnxGraph.of(
        network,
        network.initialParameters(vocabulary.size(), seed),
        Calibration.IDENTITY,
        fields,
        vocabulary.build(),
        new ModelIdentity("00", "test"),
        ExportOptions.of(InputForm.STRINGS).withInlineBytes(inlineBytes));
  }

  private ExportTarget target(boolean overwrite) {
    return new ExportTarget(new Configuration(), directory.resolve("m.onnx").toString(), overwrite);
  }

  private float logit() throws Exception {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(directory.resolve("m.onnx").toString());
        OnnxTensor user = OnnxTensor.createTensor(environment, new String[] {"v7"});
        OrtSession.Result result = session.run(Map.of("user", user))) {
      return ((float[]) result.get("logit").orElseThrow().getValue())[0];
    }
  }

  private long files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.count();
    }
  }

  @Test
  void aGraphAndItsDataAreReplacedTogetherAndByOneFile() throws Exception {
    ExportTarget.Written written = target(false).write(graph(1, 0));
    assertThat(written.dataBytes()).hasValue(Files.size(directory.resolve("m.onnx.data")));
    assertThat(written.bytes()).isEqualTo(Files.size(directory.resolve("m.onnx")));
    float first = logit();
    assertThatThrownBy(() -> target(false))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("add --overwrite");
    target(true).write(graph(2, 0));
    float second = logit();
    assertThat(second).isNotEqualTo(first);
    assertThat(files()).isEqualTo(2);
    target(true).write(graph(1, 1_000_000));
    assertThat(logit()).isEqualTo(first);
    assertThat(files()).isEqualTo(1);
  }

  @Test
  void dataThatAKilledReplacementHasLeftAreAnEarlierExport() throws Exception {
    target(false).write(graph(1, 0));
    Files.delete(directory.resolve("m.onnx"));
    assertThatThrownBy(() -> target(false))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("m.onnx.data is an earlier export");
    target(true).write(graph(2, 0));
    assertThat(files()).isEqualTo(2);
  }

  @Test
  void theDataOfOthersAreLeftAlone() throws Exception {
    Path data = Files.writeString(directory.resolve("m.onnx.data"), "milk");
    assertThatThrownBy(() -> target(true).write(graph(1, 0)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("m.onnx.data was not written by export");
    target(false).write(graph(1, 1_000_000));
    assertThat(Files.readString(data)).isEqualTo("milk");
    assertThat(files()).isEqualTo(2);
  }
}
