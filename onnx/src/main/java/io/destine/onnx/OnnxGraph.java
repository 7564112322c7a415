package io.destine.onnx;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.calibration.Calibration;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.model.Destine;
import io.destine.param.Parameters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Creates ONNX files of networks. The inputs are either one for each field, except for crosses and
 * rates that the graph computes, or the embeddings; the outputs are {@value #PROBABILITY} and
 * {@value #LOGIT}, both [B]. Opset {@value OnnxFile#OPSET}. Weights are float32; those of a float64
 * model are rounded.
 */
public final class OnnxGraph {
  /** The probability that the label is 1, [B]. */
  public static final String PROBABILITY = "probability";

  /** The logit, [B]. */
  public static final String LOGIT = "logit";

  /** The input of a graph without tables: embeddings [B, M, d]. */
  public static final String EMBEDDINGS = "embeddings";

  /** The second such input of a wide network: the sum of each row's first-order weights, [B]. */
  public static final String WIDE_SUM = "wide";

  /** Names and values as written in manifests. */
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
          .build();

  private static final String BATCH = "batch";

  private OnnxGraph() {}

  /**
   * The file of a network.
   *
   * @param network with the fields of {@code fields}
   * @param parameters of the network
   * @param calibration of its logits
   * @param fields the fitted fields
   * @param vocabulary with the ids of their values
   * @param identity the origin to record in the file
   * @throws IllegalArgumentException when the arguments do not belong together, or the texts of the
   *     vocabulary do not fit in a file
   */
  public static OnnxFile of(
      Destine network,
      Parameters parameters,
      Calibration calibration,
      FittedFields fields,
      Vocabulary vocabulary,
      ModelIdentity identity,
      ExportOptions options) {
    if (!network.fields().fields().equals(fields.layout().fields())
        || vocabulary.size() != parameters.rows()) {
      throw new IllegalArgumentException(
          String.format(
              "network, fields and vocabulary must belong together, got network fields %s, fitted"
                  + " fields %s, %d table rows and %d ids",
              network.fields().fields(),
              fields.layout().fields(),
              parameters.rows(),
              vocabulary.size()));
    }
    GraphBuilder graph = new GraphBuilder(parameters, List.of(PROBABILITY, LOGIT));
    int count = network.fields().size();
    List<String> terms = new ArrayList<>();
    if (options.denseOnly()) {
      String e = embeddings(graph, count);
      terms.addAll(new NetworkGraph(graph, network.config(), count).terms(e));
      if (network.config().wide()) {
        terms.add(wideSum(graph));
      }
    } else {
      Embeddings embeddings = new Embeddings(graph, fields, vocabulary, options.inputs());
      String e = embeddings.build();
      terms.addAll(new NetworkGraph(graph, network.config(), count).terms(e));
      terms.addAll(embeddings.wideTerms());
    }
    outputs(graph, terms, calibration);
    graph.graph().setName("destine");
    return new OnnxFile(
        graph, identity, properties(network, fields, vocabulary, graph, options), options);
  }

  private static String embeddings(GraphBuilder graph, int fields) {
    String d = Integer.toString(graph.layout().embeddingDim());
    List<String> shape = List.of(BATCH, Integer.toString(fields), d);
    return graph.input(floats(graph, EMBEDDINGS, shape), "embeddings of the fields, in order");
  }

  private static String wideSum(GraphBuilder graph) {
    String sum =
        graph.input(
            floats(graph, WIDE_SUM, List.of(BATCH)), "sum of the row's first-order weights");
    return graph.node("Unsqueeze", "wide/column", sum, graph.longs(1));
  }

  private static GraphInput floats(GraphBuilder graph, String name, List<String> shape) {
    return new GraphInput(
        graph.inputName(name), name, GraphInput.Takes.FLOATS, shape, Optional.empty());
  }

  /** The bias of a network without layers has one element, and comes first. */
  private static void outputs(GraphBuilder graph, List<String> terms, Calibration calibration) {
    String sum = terms.get(0);
    for (String term : terms.subList(1, terms.size())) {
      sum = graph.node("Add", "logit/sum", sum, term);
    }
    String flat = graph.reshape(sum, "logit/flat", -1);
    String logit = new CalibrationGraph(graph).calibrated(flat, calibration);
    String probability = graph.node("Sigmoid", "logit/sigmoid", logit);
    graph.output(PROBABILITY, probability, "probability that the label is 1");
    graph.output(LOGIT, logit, "its logit");
  }

  private static Map<String, String> properties(
      Destine network,
      FittedFields fields,
      Vocabulary vocabulary,
      GraphBuilder graph,
      ExportOptions options) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("inputs", options.denseOnly() ? EMBEDDINGS : options.inputs().key());
    ArrayNode list = JSON.createArrayNode();
    for (int m = 0; m < fields.fields().size(); m++) {
      list.add(field(fields.specs().get(m), vocabulary, m, graph, options));
    }
    properties.put("fields", list.toString());
    properties.put("model", JSON.valueToTree(network.config()).toString());
    return properties;
  }

  private static void describe(GraphInput input, ObjectNode node) {
    node.put("input", input.name());
    node.put("type", input.takes().elements());
    ArrayNode shape = node.putArray("shape");
    input.shape().forEach(shape::add);
    input.reason().ifPresent(reason -> node.put("takes_ids_because", reason));
  }

  private static ObjectNode field(
      FieldSpec spec, Vocabulary vocabulary, int m, GraphBuilder graph, ExportOptions options) {
    ObjectNode node = JSON.createObjectNode();
    node.put("name", spec.name());
    node.put("kind", spec.kind().key());
    node.put("transform", spec.transform().key());
    if (!spec.parts().isEmpty()) {
      ArrayNode parts = node.putArray("parts");
      spec.parts().forEach(parts::add);
    }
    graph.inputs().stream()
        .filter(input -> !options.denseOnly() && input.field().equals(spec.name()))
        .forEach(input -> describe(input, node));
    if (spec.hasIds()) {
      int buckets = spec.hashed() ? spec.hashBuckets() : vocabulary.oovBuckets();
      node.put("missing_id", vocabulary.missing(m));
      node.put(spec.hashed() ? "first_hash_id" : "first_oov_id", vocabulary.missing(m) + 1);
      node.put(spec.hashed() ? "hash_buckets" : "oov_buckets", buckets);
    }
    return node;
  }
}
