package io.destine.kernel;

import static java.util.stream.Collectors.toSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.config.Attention;
import io.destine.config.ListPooling;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.Precision;
import io.destine.config.Residual;
import io.destine.config.Unary;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.param.ParameterLayout;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A network with parameters, a batch, and the results of an independent float64 implementation:
 * logits, loss, every gradient, and in some files a short training run. The module of ONNX files
 * reads them, too.
 */
public final class GoldenFile {
  private final String name;
  private final JsonNode root;

  private GoldenFile(String name, JsonNode root) {
    this.name = name;
    this.root = root;
  }

  /** The files of -Dgolden.dir, or those among the test resources. */
  static List<GoldenFile> all() {
    String configured = System.getProperty("golden.dir");
    return in(Path.of(configured == null ? "src/test/resources/golden" : configured));
  }

  /** The files of a folder, by name. */
  public static List<GoldenFile> in(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".json"))
          .sorted()
          .map(GoldenFile::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("golden files in " + folder.toAbsolutePath(), e);
    }
  }

  private static GoldenFile read(Path file) {
    try {
      return new GoldenFile(
          file.getFileName().toString(), new ObjectMapper().readTree(file.toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }

  /** The network. */
  public ModelConfig config() {
    JsonNode c = root.get("config");
    List<Integer> deep = new ArrayList<>();
    c.get("deep").forEach(width -> deep.add(width.asInt()));
    return ModelConfig.interaction()
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
        .batchNorm(c.path("batch_norm").asBoolean())
        .consistency(c.path("consistency").asDouble())
        .listPooling(
            ListPooling.valueOf(c.path("list_pooling").asText("mean").toUpperCase(Locale.ROOT)))
        .build();
  }

  private static String upper(JsonNode node) {
    return node.asText().toUpperCase(Locale.ROOT);
  }

  /** Its fields: one id per row each, except for the last ones, which have lists. */
  public FieldLayout fields() {
    int count = root.get("config").get("fields").asInt();
    return new FieldLayout(
        IntStream.range(0, count)
            .mapToObj(m -> m < count - lists() ? FieldShape.id("f" + m) : FieldShape.multi("f" + m))
            .toList());
  }

  /** How many of its fields have lists of ids. */
  public int lists() {
    return root.get("config").path("lists").asInt();
  }

  ParameterLayout layout() {
    return ParameterLayout.of(config(), fields());
  }

  /** Shapes by name, of the tables too. */
  Map<String, List<Integer>> shapes() {
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    root.get("parameters")
        .properties()
        .forEach(entry -> shapes.put(entry.getKey(), shape(entry.getValue())));
    return shapes;
  }

  private static List<Integer> shape(JsonNode node) {
    List<Integer> shape = new ArrayList<>();
    for (JsonNode level = node; level.isArray(); level = level.get(0)) {
      shape.add(level.size());
    }
    return shape;
  }

  /** The parameters of the file, rounded to the given precision. */
  public Parameters parameters(Precision precision) {
    JsonNode values = root.get("parameters");
    int rows = values.get(ParameterLayout.EMBEDDING).size();
    Parameters parameters = new Parameters(layout(), precision, rows);
    for (ParameterLayout.Tensor tensor : parameters.layout().tensors()) {
      double[] flat = flat(values.get(tensor.name()));
      for (int i = 0; i < flat.length; i++) {
        parameters.dense()[tensor.offset() + i] = parameters.round(flat[i]);
      }
    }
    for (ParameterLayout.Tensor tensor : parameters.layout().statistics()) {
      double[] flat = flat(root.get("statistics").get(tensor.name()));
      for (int i = 0; i < flat.length; i++) {
        parameters.statistics()[tensor.offset() + i] = parameters.round(flat[i]);
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

  /** The rows that go through it. */
  public EncodedBatch batch() {
    return batch(root.get("batch"));
  }

  private static EncodedBatch batch(JsonNode batch) {
    double[] labels = flat(batch.get("labels"));
    float[] floats = new float[labels.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) labels[i];
    }
    List<Integer> ids = new ArrayList<>();
    List<Integer> offsets = new ArrayList<>(List.of(0));
    List<Integer> listIds = new ArrayList<>();
    for (JsonNode row : batch.get("indices")) {
      for (JsonNode value : row) {
        if (value.isArray()) {
          value.forEach(id -> listIds.add(id.asInt()));
          offsets.add(listIds.size());
        } else {
          ids.add(value.asInt());
        }
      }
    }
    return listIds.isEmpty()
        ? EncodedBatch.ofIds(ints(ids), floats)
        : new EncodedBatch(
            1, ints(ids), ints(offsets), ints(listIds), null, floats, null, null, null);
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Their logits. */
  public double[] logits() {
    return flat(root.get("expected").get("logits"));
  }

  double[] probabilities() {
    return flat(root.get("expected").get("probabilities"));
  }

  double loss() {
    return root.get("expected").get("loss").asDouble();
  }

  /** Gradients of the mean loss by name; those of tables have all rows. */
  Map<String, double[]> gradients() {
    return byName(root.get("expected").get("gradients"));
  }

  /** Biases before batch normalization, which cancels them: their gradients are 0. */
  Set<String> normalizedBiases() {
    int layers = config().batchNorm() ? config().deep().size() : 0;
    return IntStream.range(0, layers).mapToObj(i -> "deep." + i + ".bias").collect(toSet());
  }

  boolean hasTraining() {
    return root.has("training");
  }

  OptimizerConfig optimizer() {
    JsonNode training = root.get("training");
    return OptimizerConfig.of(
        OptimizerKind.valueOf(upper(training.get("optimizer"))),
        training.get("learning_rate").asDouble());
  }

  List<EncodedBatch> trainingBatches() {
    List<EncodedBatch> batches = new ArrayList<>();
    root.get("training").get("batches").forEach(batch -> batches.add(batch(batch)));
    return batches;
  }

  double[] trainingLosses() {
    return flat(root.get("training").get("losses"));
  }

  Map<String, double[]> finalParameters() {
    return byName(root.get("training").get("final_parameters"));
  }

  private static Map<String, double[]> byName(JsonNode tensors) {
    Map<String, double[]> values = new LinkedHashMap<>();
    tensors.properties().forEach(entry -> values.put(entry.getKey(), flat(entry.getValue())));
    return values;
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

  @Override
  public String toString() {
    return name;
  }
}
