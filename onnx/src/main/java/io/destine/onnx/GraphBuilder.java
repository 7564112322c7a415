package io.destine.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Collects nodes, constants, inputs and outputs of a graph. Nodes are named after their result.
 * Parameters keep their names and shapes, so a projection has a node that transposes its weight,
 * which a runtime folds when it loads the graph. Names of intermediate values begin with "/". Not
 * thread-safe.
 */
final class GraphBuilder {
  /** Domain of ONNX's operators for classical machine learning. */
  private static final String ML = "ai.onnx.ml";

  private final Parameters parameters;
  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final Map<String, GraphTensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> transposed = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();
  private final List<GraphInput> inputs = new ArrayList<>();
  private long textBytes;

  /**
   * An empty graph.
   *
   * @param outputs names that no input may have
   */
  GraphBuilder(Parameters parameters, List<String> outputs) {
    this.parameters = parameters;
    names.addAll(outputs);
    names.add(ParameterLayout.EMBEDDING);
    names.add(ParameterLayout.WIDE);
    ParameterLayout layout = parameters.layout();
    Stream.of(layout.tensors(), layout.statistics())
        .flatMap(List::stream)
        .forEach(tensor -> names.add(tensor.name()));
  }

  /** The layout of the parameters. */
  ParameterLayout layout() {
    return parameters.layout();
  }

  /** The constants so far. */
  List<GraphTensor> tensors() {
    return List.copyOf(tensors.values());
  }

  /** The inputs in order. */
  List<GraphInput> inputs() {
    return List.copyOf(inputs);
  }

  /** Bytes of the texts in attributes so far. */
  long textBytes() {
    return textBytes;
  }

  /** The graph without its constants. */
  GraphProto.Builder graph() {
    return graph;
  }

  /** A name for an input: the given one, unless it is taken. */
  String inputName(String wanted) {
    String name = wanted;
    while (names.contains(name)) {
      name = "input." + name;
    }
    return name;
  }

  /** Declares an input. */
  String input(GraphInput input, String description) {
    names.add(input.name());
    inputs.add(input);
    graph.addInput(
        value(
            input.name(),
            TensorProto.DataType.valueOf(
                switch (input.takes().elements()) {
                  case "string" -> "STRING";
                  case "double" -> "DOUBLE";
                  case "int64" -> "INT64";
                  default -> "FLOAT";
                }),
            input.shape(),
            description));
    return input.name();
  }

  /** Declares an output [B] that is a copy of a value. */
  void output(String name, String value, String description) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("Identity")
            .setName(name)
            .addInput(value)
            .addOutput(name)
            .build());
    graph.addOutput(value(name, TensorProto.DataType.FLOAT, List.of("batch"), description));
  }

  private static ValueInfoProto value(
      String name, TensorProto.DataType type, List<String> shape, String description) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (String dimension : shape) {
      if (dimension.matches("\\d+")) {
        dimensions.addDimBuilder().setDimValue(Long.parseLong(dimension));
      } else {
        dimensions.addDimBuilder().setDimParam(dimension);
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setDocString(description)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(type.getNumber())
                        .setShape(dimensions)))
        .build();
  }

  /** Adds an operator without attributes; returns its value. */
  String node(String operator, String name, String... inputs) {
    return node(operator, name, List.of(inputs));
  }

  /** Adds an operator; returns its value. */
  String node(String operator, String name, List<String> inputs, AttributeProto... attributes) {
    return add(NodeProto.newBuilder().setOpType(operator), name, inputs, attributes);
  }

  /**
   * The ids of texts, in their shape: those of the given values, or {@code others} for all other
   * texts.
   */
  String ids(String texts, String name, List<ByteString> values, List<Long> ids, long others) {
    values.forEach(value -> textBytes += value.size() + 2L * Long.BYTES);
    AttributeProto keys =
        AttributeProto.newBuilder()
            .setName("keys_strings")
            .setType(AttributeProto.AttributeType.STRINGS)
            .addAllStrings(values)
            .build();
    return labels(texts, name, keys, ids, others);
  }

  /**
   * Maps integers, keeping their shape: each key to its value, all other integers to {@code
   * others}.
   */
  String mapped(String numbers, String name, Map<Long, Long> values, long others) {
    AttributeProto keys = wholes("keys_int64s", values.keySet());
    return labels(numbers, name, keys, values.values(), others);
  }

  private String labels(
      String input, String name, AttributeProto keys, Iterable<Long> values, long others) {
    return add(
        NodeProto.newBuilder().setOpType("LabelEncoder").setDomain(ML),
        name,
        List.of(input),
        keys,
        wholes("values_int64s", values),
        whole("default_int64", others));
  }

  private static AttributeProto wholes(String name, Iterable<Long> numbers) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(numbers)
        .build();
  }

  private String add(
      NodeProto.Builder node, String name, List<String> inputs, AttributeProto... attributes) {
    String output = fresh("/" + name);
    graph.addNode(
        node.setName(output)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(Arrays.asList(attributes)));
    return output;
  }

  private String fresh(String wanted) {
    String name = wanted;
    for (int n = 2; !names.add(name); n++) {
      name = wanted + "#" + n;
    }
    return name;
  }

  /** x W^T, plus b if the parameters have it: [.., in] to [.., out]. */
  String projection(String x, String parameter, String name) {
    String product = node("MatMul", name, x, transposed(parameter + ".weight"));
    String bias = parameter + ".bias";
    return layout().has(bias) ? node("Add", name + "/biased", product, weights(bias)) : product;
  }

  private String transposed(String weight) {
    return transposed.computeIfAbsent(
        weight,
        key -> node("Transpose", key + "/transposed", List.of(weights(key)), wholes("perm", 1, 0)));
  }

  /** The dense tensor of that name. */
  String weights(String name) {
    return constant(new GraphTensor.Weights(layout().tensor(name), parameters.dense()));
  }

  /** The running statistic of that name. */
  String statistic(String name) {
    return constant(new GraphTensor.Weights(layout().statistic(name), parameters.statistics()));
  }

  /** embedding.weight [V, d]. */
  String embedding() {
    return constant(new GraphTensor.Table(ParameterLayout.EMBEDDING, parameters.embedding()));
  }

  /** wide.weight [V, 1]. */
  String wide() {
    return constant(new GraphTensor.Table(ParameterLayout.WIDE, parameters.wide()));
  }

  /** A vector of integers, such as axes or a shape. */
  String longs(long... values) {
    return longs(List.of((long) values.length), values);
  }

  /** Integers of the given dimensions. */
  String longs(List<Long> dimensions, long... values) {
    String name = "/constant/" + dimensions + Arrays.toString(values).replace(" ", "");
    if (values.length > 8) {
      name = fresh("/constant/ids");
    }
    return constant(new GraphTensor.Longs(name, dimensions, values));
  }

  /** A vector of numbers. */
  String doubles(double... values) {
    List<Long> dimensions = List.of((long) values.length);
    return constant(new GraphTensor.Doubles(fresh("/constant/numbers"), dimensions, values));
  }

  /** One float as a scalar. */
  String scalar(double value) {
    String name = "/constant/" + (float) value;
    return constant(new GraphTensor.Floats(name, List.of(), new double[] {value}));
  }

  private String constant(GraphTensor tensor) {
    tensors.putIfAbsent(tensor.name(), tensor);
    names.add(tensor.name());
    return tensor.name();
  }

  /** x in another shape: 0 keeps the dimension, -1 is inferred. */
  String reshape(String x, String name, long... shape) {
    return node("Reshape", name, x, longs(shape));
  }

  /** x with its dimensions in another order. */
  String transpose(String x, String name, long... order) {
    return node("Transpose", name, List.of(x), wholes("perm", order));
  }

  /** The mean over the fields of [B, M, n], as [B, 1, n]. */
  String meanOverFields(String x, String name) {
    return node("ReduceMean", name, List.of(x), wholes("axes", 1));
  }

  /** An attribute of one integer. */
  static AttributeProto whole(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  /** An attribute of a list of integers. */
  static AttributeProto wholes(String name, long... values) {
    AttributeProto.Builder list =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    Arrays.stream(values).forEach(list::addInts);
    return list.build();
  }

  /** An attribute of one float. */
  static AttributeProto real(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF(value)
        .build();
  }
}
