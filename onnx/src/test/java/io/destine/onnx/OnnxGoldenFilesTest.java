package io.destine.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.config.Residual;
import io.destine.config.Unary;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.model.Destine;
import io.destine.param.ParameterLayout;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The logits of the independent float64 implementation behind the golden files. */
class OnnxGoldenFilesTest {
  private static final Path FOLDER = Path.of("../model-core/src/test/resources/golden");

  @TempDir Path directory;

  static List<Path> files() throws Exception {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void logitsAreThoseOfTheGoldenFile(Path golden) throws Exception {
    JsonNode root = new ObjectMapper().readTree(golden.toFile());
    FittedFields fields = fields(root.get("config").get("fields").asInt());
    Destine network = new Destine(config(root.get("config")), fields.layout());
    Parameters parameters = parameters(network, root.get("parameters"));
    OnnxFile file =
        OnnxGraph.of(
            network,
            parameters,
            fields,
            vocabulary(fields, parameters.rows()),
            new ModelIdentity("", ""),
            ExportOptions.of(InputForm.IDS));
    Map<String, Object> feed = new HashMap<>();
    JsonNode indices = root.get("batch").get("indices");
    for (int m = 0; m < fields.fields().size(); m++) {
      long[] ids = new long[indices.size()];
      for (int n = 0; n < ids.length; n++) {
        ids[n] = indices.get(n).get(m).asLong();
      }
      feed.put("f" + m, ids);
    }
    double[] expected = flat(root.get("expected").get("logits"));
    try (OnnxSession session = OnnxSession.of(file, directory.resolve("golden.onnx"))) {
      float[] logits = session.run(OnnxGraph.LOGIT, feed);
      assertThat(logits).hasSize(expected.length);
      for (int n = 0; n < expected.length; n++) {
        double tolerance = 1e-4 * Math.max(1, Math.abs(expected[n]));
        assertThat((double) logits[n]).as("row %d", n).isCloseTo(expected[n], within(tolerance));
      }
    }
  }

  private static FittedFields fields(int count) {
    return new FittedFields(
        IntStream.range(0, count)
            .mapToObj(m -> FittedField.of(FieldSpec.categorical("f" + m)))
            .toList());
  }

  /** As many ids as the file has rows; the graph takes ids, and asks for no value. */
  private static Vocabulary vocabulary(FittedFields fields, int rows) {
    List<String> names = fields.specs().stream().map(FieldSpec::name).toList();
    Vocabulary.Builder builder = Vocabulary.builder(names, 1).reserve(0);
    while (builder.size() < rows) {
      builder.add(0, "v" + builder.size());
    }
    return builder.build();
  }

  private static ModelConfig config(JsonNode c) {
    List<Integer> deep = new ArrayList<>();
    c.get("deep").forEach(width -> deep.add(width.asInt()));
    return ModelConfig.builder()
        .embeddingDim(c.get("embedding_dim").asInt())
        .heads(c.get("heads").asInt())
        .headDim(c.get("head_dim").asInt())
        .layers(c.get("layers").asInt())
        .attention(Attention.valueOf(upper(c.get("attention"))))
        .unary(Unary.valueOf(upper(c.get("unary"))))
        .residual(Residual.valueOf(upper(c.get("residual"))))
        .scale(c.get("scale").asBoolean())
        .reluBeforeAttention(c.get("relu_before_attention").asBoolean())
        .bias(c.get("bias").asBoolean())
        .wide(c.get("wide").asBoolean())
        .fm(c.get("fm").asBoolean())
        .deep(deep)
        .build();
  }

  private static String upper(JsonNode node) {
    return node.asText().toUpperCase(Locale.ROOT);
  }

  private static Parameters parameters(Destine network, JsonNode values) {
    int rows = values.get(ParameterLayout.EMBEDDING).size();
    Parameters parameters = new Parameters(network.layout(), Precision.FLOAT32, rows);
    for (ParameterLayout.Tensor tensor : network.layout().tensors()) {
      double[] flat = flat(values.get(tensor.name()));
      for (int i = 0; i < flat.length; i++) {
        parameters.dense()[tensor.offset() + i] = parameters.round(flat[i]);
      }
    }
    fill(parameters.embedding(), flat(values.get(ParameterLayout.EMBEDDING)));
    if (parameters.wide() != null) {
      fill(parameters.wide(), flat(values.get(ParameterLayout.WIDE)));
    }
    parameters.changed();
    return parameters;
  }

  private static void fill(ParameterTable table, double[] values) {
    for (int row = 0; row < table.rows(); row++) {
      table.write(row, values, row * table.width());
    }
  }

  private static double[] flat(JsonNode node) {
    List<Double> into = new ArrayList<>();
    collect(node, into);
    return into.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static void collect(JsonNode node, List<Double> into) {
    if (node.isArray()) {
      node.forEach(child -> collect(child, into));
    } else {
      into.add(node.asDouble());
    }
  }
}
