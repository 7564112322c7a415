package io.destine.spark.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.artifact.FileDigest;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.config.ListPooling;
import io.destine.config.ModelConfig;
import io.destine.config.TrainConfig;
import io.destine.feature.FieldShape;
import io.destine.param.ParameterLayout;
import io.destine.spark.encode.StoredVocabulary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The description of a model: text and tables for people, or JSON.
 *
 * @param directory of the model
 * @param reader of the model
 * @param vocabulary of the model, if the directory has one
 * @param verified true if every file has been read and matches its SHA-256
 */
record ModelSummary(
    String directory, ModelReader reader, Optional<StoredVocabulary> vocabulary, boolean verified) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB"};

  /** Lines for people, each ended by a line feed. */
  String text() {
    Manifest manifest = reader.manifest();
    ParameterLayout layout = reader.network().layout();
    int rows = manifest.vocabularySize();
    StringBuilder out = new StringBuilder();
    fact(out, "model", directory);
    fact(out, "identity", reader.manifestSha256());
    fact(out, "created", manifest.createdAt() + " by " + manifest.createdBy());
    if (manifest.lineage() != null && manifest.lineage().parentManifestSha256() != null) {
      fact(
          out,
          "warm start",
          "from "
              + (manifest.lineage().parent() == null
                  ? manifest.lineage().parentManifestSha256()
                  : manifest.lineage().parent()));
    }
    fact(out, "kernel", manifest.kernel());
    fact(out, "source", source(manifest));
    fact(
        out,
        "size",
        String.format(
            Locale.ROOT,
            "%,d parameters (%,d of them dense), %,d ids, %s",
            layout.parameterCount(rows),
            layout.denseSize(),
            rows,
            bytes(manifest.files().values().stream().mapToLong(FileDigest::length).sum())));
    out.append('\n').append("Network\n");
    network(manifest.model()).forEach(line -> out.append("  ").append(line).append('\n'));
    if (manifest.train() != null) {
      out.append('\n').append("Training\n");
      training(manifest.train()).forEach(line -> out.append("  ").append(line).append('\n'));
    }
    figures(out, metrics(manifest));
    fields(out, fields());
    tensors(out, layout, rows);
    files(out, manifest);
    return out.toString();
  }

  /** The source of the rows; null if the model has no configuration. */
  private static String source(Manifest manifest) {
    JsonNode source = MAPPER.valueToTree(manifest.job()).path("source");
    if (!source.has("table")) {
      return source.path("path").isEmpty() ? null : texts(source.path("path"), ", ");
    }
    String where = texts(source.path("where"), " or ");
    return "table "
        + source.path("table").asText()
        + (where.isEmpty() ? "" : " where " + where)
        + (source.has("version-as-of")
            ? ", snapshot " + source.path("version-as-of").asText()
            : "");
  }

  private static String texts(JsonNode list, String between) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return String.join(between, texts);
  }

  private static void fact(StringBuilder out, String name, Object value) {
    if (value != null) {
      out.append(String.format(Locale.ROOT, "%-11s %s%n", name, value));
    }
  }

  private static List<String> network(ModelConfig model) {
    List<String> lines = new ArrayList<>();
    lines.add("embeddings of " + model.embeddingDim() + " numbers");
    lines.add(
        model.layers() == 0
            ? "no attention layers"
            : counted(model.layers(), "attention layer")
                + ", "
                + counted(model.heads(), "head")
                + " of "
                + model.headDim()
                + " numbers each");
    if (model.layers() > 0) {
      lines.add(
          "  attention "
              + model.attention().key()
              + ", unary "
              + model.unary().key()
              + ", residual "
              + model.residual().key());
    }
    if (model.wide()) {
      lines.add("a weight for each id (wide)");
    }
    if (!model.deep().isEmpty()) {
      lines.add(
          "a deep network of "
              + model.deep().stream().map(String::valueOf).collect(Collectors.joining(", "))
              + " units"
              + (model.batchNorm() ? " with batch normalization" : ""));
    }
    if (model.fm()) {
      lines.add("products of pairs of embeddings (factorization machine)");
    }
    if (model.attentionDropout() > 0 || model.deepDropout() > 0) {
      lines.add("dropout: attention " + model.attentionDropout() + ", deep " + model.deepDropout());
    }
    if (model.keyDropout() > 0) {
      lines.add("dropout of keys of side tables " + model.keyDropout());
    }
    if (model.listPooling() == ListPooling.ATTENTION) {
      lines.add("attention over the values of a list");
    }
    if (model.consistency() > 0) {
      lines.add("consistency of attention and deep network " + model.consistency());
    }
    return lines;
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private static List<String> training(TrainConfig train) {
    return List.of(
        String.format(
            Locale.ROOT,
            "%s, learning rate %s, batches of %,d rows, at most %s, seed %d",
            train.optimizer().kind().key(),
            train.optimizer().learningRate(),
            train.batchSize(),
            counted(train.epochs(), "epoch"),
            train.seed()),
        "the epoch with the best validation " + name(train.metric().key()) + " is kept");
  }

  private static void figures(StringBuilder out, JsonNode metrics) {
    List<String> splits = new ArrayList<>();
    metrics
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (metrics.path(name).has("log_loss")) {
                splits.add(name);
              }
            });
    if (splits.isEmpty()) {
      return;
    }
    out.append('\n').append("Metrics, with 95% intervals where available\n");
    StringBuilder head = new StringBuilder(" ".repeat(22));
    splits.forEach(split -> head.append(String.format(Locale.ROOT, "  %-26s", split)));
    out.append(head.toString().stripTrailing()).append('\n');
    for (String key : List.of("auc", "log_loss", "normalized_entropy", "calibration", "rows")) {
      StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "  %-20s", name(key)));
      for (String split : splits) {
        line.append(String.format(Locale.ROOT, "  %-26s", figure(metrics.path(split), key)));
      }
      out.append(line.toString().stripTrailing()).append('\n');
    }
    if (metrics.has("epochs")) {
      out.append("  ").append(counted(metrics.path("epochs").asInt(), "epoch"));
      if (metrics.has("best_epoch")) {
        out.append("; epoch ").append(metrics.path("best_epoch").asInt()).append(" was kept");
      }
      out.append('\n');
    }
  }

  private static String name(String metric) {
    return metric.equals("auc") ? "AUC" : metric.replace('_', ' ');
  }

  private static String figure(JsonNode metrics, String key) {
    JsonNode value = metrics.path(key);
    if (!value.isNumber()) {
      return "-";
    }
    if (key.equals("rows")) {
      return String.format(Locale.ROOT, "%,d", value.asLong());
    }
    JsonNode interval = metrics.path("intervals").path(key);
    String text = String.format(Locale.ROOT, "%.4f", value.asDouble());
    return interval.isObject()
        ? text
            + String.format(
                Locale.ROOT,
                " (%.4f to %.4f)",
                interval.path("low").asDouble(),
                interval.path("high").asDouble())
        : text;
  }

  private static void fields(StringBuilder out, List<FieldSummary> fields) {
    out.append('\n').append("Fields (").append(fields.size()).append(")\n");
    int width = fields.stream().mapToInt(field -> field.shape().name().length()).max().orElse(0);
    String pattern = "  %-" + Math.min(40, Math.max(1, width)) + "s  %s%n";
    for (FieldSummary field : fields) {
      out.append(String.format(Locale.ROOT, pattern, field.shape().name(), field.text()));
    }
  }

  private List<FieldSummary> fields() {
    List<FieldShape> shapes = reader.manifest().fields();
    return IntStream.range(0, shapes.size())
        .mapToObj(m -> FieldSummary.of(shapes.get(m), m, vocabulary))
        .toList();
  }

  private static void tensors(StringBuilder out, ParameterLayout layout, int rows) {
    out.append('\n').append("Tensors\n");
    tensor(out, ParameterLayout.EMBEDDING, List.of(rows, layout.embeddingDim()));
    if (layout.wide()) {
      tensor(out, ParameterLayout.WIDE, List.of(rows, 1));
    }
    layout.tensors().forEach(t -> tensor(out, t.name(), t.shape()));
  }

  private static void tensor(StringBuilder out, String name, List<Integer> shape) {
    String sizes =
        shape.stream()
            .map(size -> String.format(Locale.ROOT, "%,d", size))
            .collect(Collectors.joining(" × "));
    out.append(String.format(Locale.ROOT, "  %-36s  %s%n", name, sizes));
  }

  private void files(StringBuilder out, Manifest manifest) {
    out.append('\n').append(verified ? "Files, all verified\n" : "Files\n");
    manifest
        .files()
        .forEach(
            (name, digest) ->
                out.append(
                    String.format(Locale.ROOT, "  %10s  %s%n", bytes(digest.length()), name)));
  }

  /** A human-readable number of bytes. */
  static String bytes(long count) {
    double value = count;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
  }

  private static JsonNode metrics(Manifest manifest) {
    Map<String, Object> metrics = manifest.metrics() == null ? Map.of() : manifest.metrics();
    return MAPPER.valueToTree(metrics);
  }

  /** The same for machines. */
  ObjectNode json() {
    Manifest manifest = reader.manifest();
    ParameterLayout layout = reader.network().layout();
    int rows = manifest.vocabularySize();
    ObjectNode json = MAPPER.createObjectNode();
    json.put("model", directory);
    json.put("identity", reader.manifestSha256());
    json.put("created_at", manifest.createdAt());
    json.put("created_by", manifest.createdBy());
    json.put("vocabulary", rows);
    json.put("parameters", layout.parameterCount(rows));
    json.put("kernel", manifest.kernel());
    JsonNode source = MAPPER.valueToTree(manifest.job()).path("source");
    if (source.has("table")) {
      ObjectNode table = json.putObject("source");
      for (String key : List.of("table", "where", "version-as-of")) {
        if (source.has(key)) {
          table.set(key, source.get(key));
        }
      }
    }
    json.put("verified", verified);
    ArrayNode fields = json.putArray("fields");
    fields().forEach(field -> field.write(fields.addObject()));
    ObjectNode tensors = json.putObject("tensors");
    tensors.putArray(ParameterLayout.EMBEDDING).add(rows).add(layout.embeddingDim());
    if (layout.wide()) {
      tensors.putArray(ParameterLayout.WIDE).add(rows).add(1);
    }
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      ArrayNode shape = tensors.putArray(tensor.name());
      tensor.shape().forEach(shape::add);
    }
    ObjectNode files = json.putObject("files");
    manifest
        .files()
        .forEach(
            (name, digest) ->
                files.putObject(name).put("bytes", digest.length()).put("sha256", digest.sha256()));
    JsonNode tree = metrics(manifest);
    for (JsonNode split : tree) {
      if (split instanceof ObjectNode figures) {
        figures.remove("reliability");
      }
    }
    json.set("metrics", tree);
    return json;
  }
}
