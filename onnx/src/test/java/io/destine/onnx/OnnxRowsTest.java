package io.destine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.calibration.Calibration;
import io.destine.calibration.Calibration.Knot;
import io.destine.config.ModelConfig;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Transform;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyBuilder;
import io.destine.kernel.IdColumns;
import io.destine.param.ParameterLayout;
import io.destine.testing.Full;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random raw rows through ONNX Runtime, and through encoder and reference kernel. */
class OnnxRowsTest {
  private static final int ROWS = 10_000;
  private static final RawTable TABLE = RawTable.of(RawTable.allKinds(0), 1, ROWS, 3);
  private static final ModelIdentity IDENTITY = new ModelIdentity("ab".repeat(32), "test");

  @TempDir Path directory;

  static List<ModelConfig> networks() {
    return OptionPairs.all();
  }

  @Full(from = 5)
  @ParameterizedTest
  @MethodSource("networks")
  void everyPairOfOptionsGivesTheProbabilitiesOfTheKernel(ModelConfig config) throws Exception {
    agrees(TABLE, config, ExportOptions.of(InputForm.STRINGS));
    agrees(TABLE, config, ExportOptions.of(InputForm.IDS));
  }

  @Full(from = 3)
  @ParameterizedTest
  @MethodSource("networks")
  void embeddingsThatAreMadeElsewhereGiveTheSame(ModelConfig config) throws Exception {
    RandomNetwork network = network(TABLE, config);
    OnnxFile file = export(TABLE, network, ExportOptions.of(InputForm.IDS).overEmbeddings());
    EncodedBatch batch = TABLE.encoded();
    int d = config.embeddingDim();
    float[][][] e = new float[ROWS][TABLE.fields().fields().size()][d];
    float[] wide = new float[ROWS];
    double[] row = new double[d];
    double[] weight = new double[1];
    new IdColumns(TABLE.fields().layout())
        .visit(
            batch,
            0,
            ROWS,
            (n, m, id, share) -> {
              network.parameters().embedding().read(id, row, 0);
              for (int i = 0; i < d; i++) {
                e[n][m][i] += (float) (share * row[i]);
              }
              if (config.wide()) {
                network.parameters().wide().read(id, weight, 0);
                wide[n] += (float) (share * weight[0]);
              }
            });
    FieldLayout layout = TABLE.fields().layout();
    int dense = layout.denseWidth();
    for (int n = 0; n < ROWS; n++) {
      for (int m = 0; m < layout.size(); m++) {
        if (network.network().layout().has("fields." + layout.field(m).name() + ".pooling")) {
          int list = n * layout.multis() + layout.column(m);
          int[] offsets = batch.multiOffsets();
          int[] ids = Arrays.copyOfRange(batch.multiIds(), offsets[list], offsets[list + 1]);
          e[n][m] = pooled(network, "fields." + layout.field(m).name() + ".pooling", ids);
        }
      }
      e[n][2] = projected(network, "fields.price", batch.dense(), n * dense, 1);
      e[n][3] = projected(network, "fields.image", batch.dense(), n * dense + 1, 3);
    }
    Map<String, Object> feed = new HashMap<>(Map.of("embeddings", e));
    if (config.wide()) {
      feed.put("wide", wide);
    }
    assertClose(file, feed, network.logits(batch));
  }

  /** The sum of table rows weighted by softmax(w . row). */
  private static float[] pooled(RandomNetwork network, String query, int[] ids) {
    int d = network.network().layout().embeddingDim();
    int at = network.network().layout().tensor(query).offset();
    double[][] rows = new double[ids.length][d];
    double[] exponentials = new double[ids.length];
    for (int k = 0; k < ids.length; k++) {
      network.parameters().embedding().read(ids[k], rows[k], 0);
      double logit = 0;
      for (int i = 0; i < d; i++) {
        logit += network.parameters().dense()[at + i] * rows[k][i];
      }
      exponentials[k] = Math.exp(logit);
    }
    double sum = Arrays.stream(exponentials).sum();
    float[] e = new float[d];
    for (int k = 0; k < ids.length; k++) {
      for (int i = 0; i < d; i++) {
        e[i] += (float) (exponentials[k] / sum * rows[k][i]);
      }
    }
    return e;
  }

  private static float[] projected(
      RandomNetwork network, String name, float[] numbers, int at, int length) {
    ParameterLayout layout = network.network().layout();
    double[] dense = network.parameters().dense();
    float[] result = new float[layout.embeddingDim()];
    for (int i = 0; i < result.length; i++) {
      double sum =
          layout.has(name + ".bias") ? dense[layout.tensor(name + ".bias").offset() + i] : 0;
      for (int j = 0; j < length; j++) {
        sum += dense[layout.tensor(name + ".weight").offset() + i * length + j] * numbers[at + j];
      }
      result[i] = (float) sum;
    }
    return result;
  }

  @Test
  void tensorsInAFileOfTheirOwnGiveTheSame() throws Exception {
    ModelConfig config =
        ModelConfig.interaction().embeddingDim(8).wide(true).deep(List.of(16)).build();
    ExportOptions options = ExportOptions.of(InputForm.STRINGS);
    RandomNetwork network = network(TABLE, config);
    OnnxFile inside = export(TABLE, network, options);
    OnnxFile beside = export(TABLE, network, options.withInlineBytes(0));
    assertThat(inside.hasData()).isFalse();
    assertThat(beside.hasData()).isTrue();
    Map<String, Object> feed = TABLE.feed(inside.inputs());
    assertThat(probabilities(beside, feed)).containsExactly(probabilities(inside, feed));
    assertClose(beside, feed, network.logits(TABLE.encoded()));
  }

  /** Where a hash chooses the id, the field takes ids; quantile fields know all their buckets. */
  @Test
  void fieldsWhoseIdsAHashChoosesTakeIds() throws Exception {
    ModelConfig config = ModelConfig.interaction().embeddingDim(4).wide(true).build();
    RawTable several = RawTable.of(RawTable.allKinds(0), 3, 1000, 4);
    OnnxFile file = export(several, network(several, config), ExportOptions.of(InputForm.STRINGS));
    assertThat(file.inputs().stream().filter(i -> i.reason().isPresent()).map(GraphInput::field))
        .containsExactly(
            "user", "genres", "clicks", "hour", "probability", "embedding.weight", "a site");
    agrees(several, config, ExportOptions.of(InputForm.STRINGS));

    RawTable hashed = RawTable.of(RawTable.allKinds(11), 1, 1000, 5);
    file = export(hashed, network(hashed, config), ExportOptions.of(InputForm.STRINGS));
    assertThat(file.inputs().stream().filter(i -> i.reason().isPresent()).map(GraphInput::field))
        .containsExactly("user", "genres");
    agrees(hashed, config, ExportOptions.of(InputForm.STRINGS));
  }

  /** Crosses and rates whose ids the graph can compute from their parts are not inputs. */
  @Test
  void crossesAndRatesFollowFromTheirFields() throws Exception {
    ModelConfig config = ModelConfig.interaction().embeddingDim(4).wide(true).build();
    RawTable table = RawTable.of(RawTable.withCrosses(0), 1, 10_000, 6);
    for (int m = table.fields().inputs().size(); m < table.fields().fields().size(); m++) {
      int least = table.fields().specs().get(m).isRate() ? 5 : 10;
      assertThat(knownIds(table, m)).as("field %d", m).hasSizeGreaterThan(least);
    }
    OnnxFile file = export(table, network(table, config), ExportOptions.of(InputForm.STRINGS));
    assertThat(file.inputs()).hasSize(table.fields().inputs().size());
    agrees(table, config, ExportOptions.of(InputForm.STRINGS));
    agrees(table, config, ExportOptions.of(InputForm.IDS));

    RawTable hashed = RawTable.of(RawTable.withCrosses(11), 1, 2000, 7);
    file = export(hashed, network(hashed, config), ExportOptions.of(InputForm.STRINGS));
    assertThat(file.inputs().stream().filter(i -> i.reason().isPresent()).map(GraphInput::field))
        .containsExactly("user", "genres", "clicks x age");
    agrees(hashed, config, ExportOptions.of(InputForm.STRINGS));

    RawTable several = RawTable.of(RawTable.withCrosses(0), 3, 1000, 8);
    file = export(several, network(several, config), ExportOptions.of(InputForm.STRINGS));
    assertThat(file.inputs())
        .hasSize(several.fields().fields().size() - several.fields().rates().length);
    agrees(several, config, ExportOptions.of(InputForm.STRINGS));
  }

  /** Ids of the known values of a field that occur in the rows. */
  private static Set<Integer> knownIds(RawTable table, int m) {
    EncodedBatch rows = table.encoded();
    int column = table.fields().layout().column(m);
    int singles = table.fields().layout().singles();
    Set<Integer> ids = new HashSet<>();
    for (int n = 0; n < rows.rows(); n++) {
      ids.add(rows.ids()[n * singles + column]);
    }
    ids.remove(table.vocabulary().missing(m) + 1);
    return ids;
  }

  @Test
  void oneFieldOfEachKindAloneIsANetwork() throws Exception {
    ModelConfig config = ModelConfig.interaction().embeddingDim(4).build();
    for (int m = 0; m < TABLE.fields().fields().size(); m++) {
      FittedFields one = new FittedFields(List.of(TABLE.fields().fields().get(m)));
      RawTable table = RawTable.of(one, 1, 500, m);
      agrees(table, config, ExportOptions.of(InputForm.STRINGS));
    }
  }

  /** More bounds than are compared at once. */
  @Test
  void amongManyNumbersTheGraphSearches() throws Exception {
    ModelConfig config = ModelConfig.interaction().embeddingDim(4).wide(true).build();
    for (Transform transform : List.of(Transform.NONE, Transform.LOG_SQUARED)) {
      FittedField field = FittedField.of(FieldSpec.numeric("x", transform));
      VocabularyBuilder builder = Vocabulary.builder(List.of("x"), 1).reserve(0);
      Set<String> known = new HashSet<>();
      List<Object[]> rows = new ArrayList<>();
      rows.add(new Object[] {Double.NaN});
      for (int n = 1; n < 900; n++) {
        double x = transform == Transform.NONE ? 1.5 * n - 700 : Math.exp(Math.sqrt(n));
        if (n % 9 != 4 && known.add(field.value(x))) {
          builder.add(0, field.value(x));
        }
        rows.add(new Object[] {x});
        rows.add(new Object[] {Math.nextDown(x)});
        rows.add(new Object[] {Math.nextUp(x)});
      }
      assertThat(builder.size()).isGreaterThan(Embeddings.FEW_BOUNDS);
      RawTable table = new RawTable(new FittedFields(List.of(field)), builder.build(), rows);
      agrees(table, config, ExportOptions.of(InputForm.STRINGS));
    }
  }

  @Test
  void numbersFarFromThoseOfTheFittedRowsAreLimited() throws Exception {
    FittedFields fields =
        new FittedFields(
            List.of(
                FittedField.linear(FieldSpec.numeric("x", Transform.LINEAR), 2, 3),
                FittedField.of(FieldSpec.categorical("user"))));
    List<Object[]> rows = new ArrayList<>();
    for (double x : new double[] {1e300, -1e300, 1e9, -1e9, 2 + 3 * 0x1p20, 5, Double.NaN}) {
      rows.add(new Object[] {x, "u1"});
    }
    RawTable table =
        new RawTable(fields, Vocabulary.builder(List.of("x", "user"), 1).reserve(1).build(), rows);
    ModelConfig config = ModelConfig.interaction().embeddingDim(4).build();
    agrees(table, config, ExportOptions.of(InputForm.STRINGS));
  }

  @Test
  void fieldsWithoutKnownValuesTakeAnyValue() throws Exception {
    FittedFields fields = TABLE.fields();
    List<String> names = fields.specs().stream().map(FieldSpec::name).toList();
    VocabularyBuilder builder = Vocabulary.builder(names, 1);
    for (int m = 0; m < names.size(); m++) {
      if (fields.specs().get(m).hasIds()) {
        builder.reserve(m);
      }
    }
    RawTable table = new RawTable(fields, builder.build(), TABLE.rows().subList(0, 500));
    ModelConfig config = ModelConfig.interaction().embeddingDim(4).wide(true).build();
    agrees(table, config, ExportOptions.of(InputForm.STRINGS));
  }

  @Test
  void oneRowAndListsWithoutValuesAreTaken() throws Exception {
    ModelConfig config = ModelConfig.interaction().embeddingDim(4).wide(true).build();
    for (int seed = 0; seed < 30; seed++) {
      agrees(RawTable.of(TABLE.fields(), 1, 1, seed), config, ExportOptions.of(InputForm.STRINGS));
    }
  }

  /** Lines nearly as steep as a fit allows, and knots closer together than neighbouring floats. */
  @Test
  void calibratedLogitsAreThoseOfTheCalibration() throws Exception {
    ModelConfig config = ModelConfig.interaction().embeddingDim(4).wide(true).build();
    RandomNetwork network = network(TABLE, config);
    List<Knot> knots = new ArrayList<>();
    for (int k = -40; k <= 40; k++) {
      knots.add(new Knot(k / 20.0, k / 4.0 + Math.sin(k) / 8));
    }
    knots.add(new Knot(2 + 1e-9, 11));
    for (Calibration calibration :
        List.of(
            Calibration.shift(Math.log(0.1)),
            new Calibration.Affine(1.7, 0.3),
            new Calibration.Affine(0.4, 0),
            new Calibration.Isotonic(List.of(new Knot(0.2, -1))),
            new Calibration.Isotonic(knots))) {
      double[] expected = network.logits(TABLE.encoded());
      calibration.apply(expected, expected.length);
      OnnxFile file = export(TABLE, network, calibration, ExportOptions.of(InputForm.STRINGS));
      assertClose(file, TABLE.feed(file.inputs()), expected);
    }
  }

  private void agrees(RawTable table, ModelConfig config, ExportOptions options) throws Exception {
    RandomNetwork network = network(table, config);
    OnnxFile file = export(table, network, options);
    assertClose(file, table.feed(file.inputs()), network.logits(table.encoded()));
  }

  private static RandomNetwork network(RawTable table, ModelConfig config) {
    return RandomNetwork.of(config, table.fields().layout(), table.vocabulary().size(), 11);
  }

  private static OnnxFile export(RawTable table, RandomNetwork network, ExportOptions options) {
    return export(table, network, Calibration.IDENTITY, options);
  }

  private static OnnxFile export(
      RawTable table, RandomNetwork network, Calibration calibration, ExportOptions options) {
    return OnnxGraph.of(
        network.network(),
        network.parameters(),
        calibration,
        table.fields(),
        table.vocabulary(),
        IDENTITY,
        options);
  }

  private float[] probabilities(OnnxFile file, Map<String, Object> feed) throws Exception {
    try (OnnxSession session = OnnxSession.of(file, directory.resolve("model.onnx"))) {
      return session.run(OnnxGraph.PROBABILITY, feed);
    }
  }

  private void assertClose(OnnxFile file, Map<String, Object> feed, double[] expected)
      throws Exception {
    float[] probabilities;
    float[] logits;
    try (OnnxSession session = OnnxSession.of(file, directory.resolve("model.onnx"))) {
      probabilities = session.run(OnnxGraph.PROBABILITY, feed);
      logits = session.run(OnnxGraph.LOGIT, feed);
    }
    assertThat(logits).hasSize(expected.length);
    assertThat(probabilities).hasSize(expected.length);
    for (int n = 0; n < expected.length; n++) {
      double z = expected[n];
      assertThat((double) probabilities[n])
          .as("probability of row %d", n)
          .isCloseTo(1 / (1 + Math.exp(-z)), within(1e-5));
      assertThat((double) logits[n])
          .as("logit of row %d", n)
          .isCloseTo(z, within(1e-4 * Math.max(1, Math.abs(z))));
    }
  }
}
