package io.destine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.calibration.Calibration;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyBuilder;
import io.destine.kernel.GoldenFile;
import io.destine.model.Destine;
import io.destine.param.Parameters;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The logits of the independent float64 implementation behind the golden files. */
class OnnxGoldenFilesTest {
  private static final Path FOLDER = Path.of("../model-core/src/test/resources/golden");

  /** Of a list in these files. */
  private static final int MOST_VALUES = 4;

  @TempDir Path directory;

  static List<GoldenFile> files() {
    return GoldenFile.in(FOLDER);
  }

  @ParameterizedTest
  @MethodSource("files")
  void logitsAreThoseOfTheGoldenFile(GoldenFile golden) throws Exception {
    FittedFields fields = fields(golden.fields());
    Destine network = new Destine(golden.config(), fields.layout());
    Parameters parameters = golden.parameters(Precision.FLOAT32);
    OnnxFile file =
        OnnxGraph.of(
            network,
            parameters,
            Calibration.IDENTITY,
            fields,
            vocabulary(fields, parameters.rows()),
            new ModelIdentity("", ""),
            ExportOptions.of(InputForm.IDS));
    Map<String, Object> feed = new HashMap<>();
    EncodedBatch batch = golden.batch();
    double[] expected = golden.logits();
    FieldLayout layout = golden.fields();
    for (int m = 0; m < layout.size(); m++) {
      long[] ids = new long[expected.length];
      long[][] lists = new long[expected.length][MOST_VALUES];
      for (int n = 0; n < ids.length; n++) {
        if (layout.field(m).kind() == FieldShape.Kind.MULTI) {
          int list = n * layout.multis() + layout.column(m);
          int from = batch.multiOffsets()[list];
          int end = batch.multiOffsets()[list + 1];
          for (int i = 0; i < MOST_VALUES; i++) {
            lists[n][i] = from + i < end ? batch.multiIds()[from + i] : -1;
          }
        } else {
          ids[n] = batch.ids()[n * layout.singles() + layout.column(m)];
        }
      }
      boolean list = layout.field(m).kind() == FieldShape.Kind.MULTI;
      feed.put("f" + m, list ? lists : ids);
    }
    try (OnnxSession session = OnnxSession.of(file, directory.resolve("golden.onnx"))) {
      float[] logits = session.run(OnnxGraph.LOGIT, feed);
      assertThat(logits).hasSize(expected.length);
      for (int n = 0; n < expected.length; n++) {
        double tolerance = 1e-4 * Math.max(1, Math.abs(expected[n]));
        assertThat((double) logits[n]).as("row %d", n).isCloseTo(expected[n], within(tolerance));
      }
    }
  }

  private static FittedFields fields(FieldLayout layout) {
    return new FittedFields(
        layout.fields().stream()
            .map(
                field ->
                    field.kind() == FieldShape.Kind.MULTI
                        ? FieldSpec.multi(field.name())
                        : FieldSpec.categorical(field.name()))
            .map(FittedField::of)
            .toList());
  }

  /**
   * A vocabulary with one id per table row of the file; the graph takes ids, so values are not
   * needed.
   */
  private static Vocabulary vocabulary(FittedFields fields, int rows) {
    List<String> names = fields.specs().stream().map(FieldSpec::name).toList();
    VocabularyBuilder builder = Vocabulary.builder(names, 1).reserve(0);
    while (builder.size() < rows) {
      builder.add(0, "v" + builder.size());
    }
    return builder.build();
  }
}
