package io.destine.onnx;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import io.destine.feature.FieldShape;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.LabelRate;
import io.destine.feature.Vocabulary;
import io.destine.param.ParameterLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The part of a graph from inputs to embeddings e [B, M, d], and to the sum of first-order weights
 * [B] of a wide network. Consecutive fields with one id each are looked up together.
 */
final class Embeddings {
  /**
   * Maximum number of bounds that are all compared with a number at once; for more, binary search
   * is used.
   */
  static final int FEW_BOUNDS = 256;

  /** Subtracted from logits of absent values, so that these are far below any logit of a list. */
  private static final float LOW = 1e30f;

  private final GraphBuilder graph;
  private final FittedFields fields;
  private final Vocabulary vocabulary;
  private final FieldInputs chosen;
  private final List<String> parts = new ArrayList<>();
  private final List<String> wideParts = new ArrayList<>();
  private final List<String> columns = new ArrayList<>();

  /** [M] ids [B] of fields with one id per row. */
  private final String[] idOf;

  /** [V] buckets of rates by id, set by the first rate field. */
  private String buckets;

  private final int embeddingDim;
  private final boolean wide;

  /** The embeddings of the fields of a network, for a graph with the network's parameters. */
  Embeddings(GraphBuilder graph, FittedFields fields, Vocabulary vocabulary, InputForm form) {
    this.graph = graph;
    this.fields = fields;
    this.vocabulary = vocabulary;
    chosen = new FieldInputs(fields, vocabulary, form);
    idOf = new String[fields.fields().size()];
    embeddingDim = graph.layout().embeddingDim();
    wide = graph.layout().wide();
  }

  /** Adds inputs and nodes, and returns the embeddings [B, M, d]. */
  String build() {
    for (int m = 0; m < fields.fields().size(); m++) {
      FieldShape shape = fields.fields().get(m).spec().shape();
      if (shape.kind() != FieldShape.Kind.ID) {
        lookUp();
      }
      String name = "fields." + shape.name();
      Optional<CrossIds> cross = chosen.cross(m);
      boolean rate = fields.fields().get(m).spec().isRate();
      if (cross.isPresent() || rate) {
        idOf[m] = rate ? rated(m, name) : crossed(cross.get(), name);
        columns.add(column(idOf[m], name));
        continue;
      }
      GraphInput input = chosen.input(m, graph.inputName(shape.name()));
      String values = graph.input(input, description(input, m));
      switch (shape.kind()) {
        case ID -> {
          idOf[m] = id(m, input, values, name);
          columns.add(column(idOf[m], name));
        }
        case MULTI -> list(m, input, values, name);
        case LINEAR -> linear(fields.fields().get(m), values, name);
        case VECTOR -> vector(values, name);
      }
    }
    lookUp();
    return parts.size() == 1 ? parts.get(0) : concatenated(parts, "embeddings");
  }

  /** After {@link #build}: the terms [B, 1] of the sum of first-order weights. */
  List<String> wideTerms() {
    return wideParts;
  }

  private String description(GraphInput input, int m) {
    return switch (input.takes()) {
      case TEXT -> "text; empty when missing";
      case TEXTS -> "texts, padded with empty ones; all empty when missing";
      case NUMBER -> "number; NaN when missing";
      case VECTOR -> "numbers; zeros when missing";
      case ID -> "id; " + vocabulary.missing(m) + " when missing";
      case IDS -> "ids, padded with -1; all -1 when missing";
      case FLOATS -> throw new IllegalStateException("fields take no floats");
    };
  }

  private String concatenated(List<String> along, String name) {
    return graph.node("Concat", name, along, GraphBuilder.whole("axis", 1));
  }

  private String column(String ids, String name) {
    return graph.node("Unsqueeze", name + "/column", ids, graph.longs(1));
  }

  /** [B] ids of a field with one id per row. */
  private String id(int m, GraphInput input, String values, String name) {
    return switch (input.takes()) {
      case TEXT -> texts(m, values, name, vocabulary.missing(m));
      case NUMBER -> stepped(m, values, name);
      default -> values;
    };
  }

  /** [B] ids of a cross. */
  private String crossed(CrossIds cross, String name) {
    String code = idOf[cross.parts()[0]];
    String ids = graph.longs(List.of(), (long) vocabulary.size());
    for (int i = 1; i < cross.parts().length; i++) {
      String shifted = graph.node("Mul", name + "/shifted", code, ids);
      String key = graph.node("Add", name + "/key", shifted, idOf[cross.parts()[i]]);
      boolean last = i == cross.parts().length - 1;
      long others = last ? cross.others() : CrossIds.NONE;
      code = graph.mapped(key, name + "/id", cross.levels().get(i - 1), others);
    }
    return code;
  }

  /** [B] ids of a rate field. */
  private String rated(int m, String name) {
    String bucket = bucket(m - (fields.fields().size() - fields.rates().length), name);
    String first = graph.longs(List.of(), vocabulary.missing(m) + 1L);
    return graph.node("Add", name + "/id", bucket, first);
  }

  /** [B] buckets of rate i, see {@link io.destine.feature.RateIds}. */
  private String bucket(int i, String name) {
    if (buckets == null) {
      byte[] rates = vocabulary.rates();
      buckets = graph.longs(IntStream.range(0, rates.length).mapToLong(id -> rates[id]).toArray());
    }
    String bucket = graph.node("Gather", name + "/bucket", buckets, idOf[fields.rates()[i]]);
    int contained = fields.containedRates()[i];
    String other =
        contained < 0
            ? graph.longs(List.of(), (long) LabelRate.PRIOR_BUCKET)
            : bucket(contained, name + "/contained");
    String none =
        graph.node("Equal", name + "/none", bucket, graph.longs(List.of(), (long) LabelRate.NONE));
    return graph.node("Where", name + "/rated", none, other, bucket);
  }

  /** Ids of texts; an empty text has the id {@code empty}. */
  private String texts(int m, String values, String name, long empty) {
    List<ByteString> keys = new ArrayList<>(List.of(ByteString.EMPTY));
    List<Long> ids = new ArrayList<>(List.of(empty));
    for (FieldValues.Value value : FieldValues.of(vocabulary, m)) {
      keys.add(ByteString.copyFrom(value.bytes()));
      ids.add((long) value.id());
    }
    return graph.ids(values, name + "/id", keys, ids, vocabulary.missing(m) + 1L);
  }

  private String stepped(int m, String x, String name) {
    StepFunction steps = chosen.steps(m);
    String place =
        steps.bounds().length <= FEW_BOUNDS
            ? countedBounds(x, name, steps.bounds())
            : searchedBounds(x, name, steps.bounds());
    String id = graph.node("Gather", name + "/known", graph.longs(steps.ids()), place);
    String missing = graph.longs(List.of(), vocabulary.missing(m));
    return graph.node("Where", name + "/id", graph.node("IsNaN", name + "/nan", x), missing, id);
  }

  /** [B] the number of bounds that are at most x [B]. */
  private String countedBounds(String x, String name, double[] bounds) {
    String reached =
        graph.node("GreaterOrEqual", name + "/reached", column(x, name), graph.doubles(bounds));
    return graph.node(
        "ReduceSum",
        name + "/place",
        List.of(whole(reached, name), graph.longs(1)),
        GraphBuilder.whole("keepdims", 0));
  }

  /**
   * The same by binary search: with 2^k - 1 bounds, padded at the end with infinite ones, the
   * position increases by a power of two wherever the bound before the next half is at most x.
   */
  private String searchedBounds(String x, String name, double[] bounds) {
    int half = Integer.highestOneBit(bounds.length);
    double[] padded = new double[2 * half - 1];
    Arrays.fill(padded, Double.POSITIVE_INFINITY);
    System.arraycopy(bounds, 0, padded, 0, bounds.length);
    String table = graph.doubles(padded);
    String place = null;
    for (int step = half; step > 0; step /= 2) {
      String before = graph.longs(List.of(), step - 1L);
      String at = place == null ? before : graph.node("Add", name + "/at", place, before);
      String bound = graph.node("Gather", name + "/bound", table, at);
      String reached = whole(graph.node("GreaterOrEqual", name + "/reached", x, bound), name);
      String more = graph.node("Mul", name + "/more", reached, graph.longs(List.of(), (long) step));
      place = place == null ? more : graph.node("Add", name + "/place", place, more);
    }
    return place;
  }

  private String whole(String truths, String name) {
    return cast(truths, name + "/whole", TensorProto.DataType.INT64);
  }

  private String real(String values, String name) {
    return cast(values, name + "/float", TensorProto.DataType.FLOAT);
  }

  private String cast(String values, String name, TensorProto.DataType type) {
    return graph.node("Cast", name, List.of(values), GraphBuilder.whole("to", type.getNumber()));
  }

  /** Looks up the embeddings of the columns of ids so far, [B, n, d], at once. */
  private void lookUp() {
    if (columns.isEmpty()) {
      return;
    }
    String ids = columns.size() == 1 ? columns.get(0) : concatenated(columns, "ids");
    parts.add(graph.node("Gather", "ids/embeddings", graph.embedding(), ids));
    if (wide) {
      String weights = graph.node("Gather", "ids/wide", graph.wide(), ids);
      wideParts.add(
          graph.node(
              "ReduceSum",
              "ids/wide/sum",
              List.of(weights, graph.longs(1)),
              GraphBuilder.whole("keepdims", 0)));
    }
    columns.clear();
  }

  /**
   * The embedding of a list: the sum of the embeddings of the values that are present, weighted by
   * 1 / count or by attention, or the embedding of the missing value if none is present.
   */
  private void list(int m, GraphInput input, String values, String name) {
    String ids = input.takes() == GraphInput.Takes.TEXTS ? texts(m, values, name, -1) : values;
    String zero = graph.longs(List.of(), 0L);
    String present =
        real(graph.node("GreaterOrEqual", name + "/present", ids, zero), name + "/present");
    String count = graph.node("ReduceSum", name + "/count", present, graph.longs(1));
    String one = graph.scalar(1);
    String share =
        graph.node("Div", name + "/share", present, graph.node("Max", name + "/most", count, one));
    String even = column(share, name);
    String none = graph.node("Less", name + "/none", count, one);
    String absent = column(real(none, name + "/none"), name + "/none");
    String known = graph.node("Max", name + "/known", ids, zero);
    String query = ParameterLayout.pooling(fields.fields().get(m).spec().name());
    String shares =
        graph.layout().has(query) ? attention(known, present, graph.weights(query), name) : even;
    parts.add(mean(m, graph.embedding(), known, shares, absent, name));
    if (wide) {
      String weight = mean(m, graph.wide(), known, even, absent, name + "/wide");
      wideParts.add(graph.reshape(weight, name + "/wide/sum", -1, 1));
    }
  }

  /**
   * softmax(w . e) [B, 1, K] over the values that are present. The logits of absent values are so
   * low that their weights are zero; if no value is present, all weights are multiplied by zero.
   */
  private String attention(String ids, String present, String w, String name) {
    String rows = graph.node("Gather", name + "/values", graph.embedding(), ids);
    String products = graph.node("Mul", name + "/products", rows, w);
    String logits =
        graph.node(
            "ReduceSum",
            name + "/logits",
            List.of(products, graph.longs(2)),
            GraphBuilder.whole("keepdims", 0));
    String others = graph.node("Sub", name + "/others", graph.scalar(1), present);
    String low = graph.node("Mul", name + "/low", others, graph.scalar(LOW));
    String masked = graph.node("Sub", name + "/masked", logits, low);
    String softmax =
        graph.node("Softmax", name + "/softmax", List.of(masked), GraphBuilder.whole("axis", 1));
    return column(graph.node("Mul", name + "/weights", softmax, present), name + "/weights");
  }

  /** [B, 1, width]. */
  private String mean(int m, String table, String ids, String shares, String absent, String name) {
    String rows = graph.node("Gather", name + "/rows", table, ids);
    String mean = graph.node("MatMul", name + "/mean", shares, rows);
    String id = graph.longs(List.of(1L, 1L), vocabulary.missing(m));
    String missing = graph.node("Gather", name + "/missing", table, id);
    String filled = graph.node("Mul", name + "/filled", absent, missing);
    return graph.node("Add", name + "/embedding", mean, filled);
  }

  /** (x - mean) / std in double, limited and rounded once, as in the encoder. */
  private void linear(FittedField field, String x, String name) {
    String mean = graph.doubles(field.mean());
    String known =
        graph.node("Where", name + "/known", graph.node("IsNaN", name + "/nan", x), mean, x);
    String distance = graph.node("Sub", name + "/distance", known, mean);
    String ratio = graph.node("Div", name + "/ratio", distance, graph.doubles(field.std()));
    String most = graph.doubles(FittedField.MAX_STANDARDISED);
    String least = graph.doubles(-FittedField.MAX_STANDARDISED);
    String standard =
        graph.node("Max", name + "/standard", graph.node("Min", name + "/low", ratio, most), least);
    String number =
        graph.node("Unsqueeze", name + "/number", real(standard, name), graph.longs(1, 2));
    parts.add(graph.node("Mul", name + "/embedding", number, graph.weights(name + ".weight")));
  }

  /** W a + b. */
  private void vector(String a, String name) {
    parts.add(column(graph.projection(a, name, name + "/projected"), name));
  }
}
