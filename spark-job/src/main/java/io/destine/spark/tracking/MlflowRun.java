package io.destine.spark.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;

/**
 * An MLflow run: parameters, metrics by epoch, files, and a version of a registered model. A
 * resumed run continues the newest unfinished run of its output. Nothing is written for a training
 * run that does not begin.
 */
final class MlflowRun implements Tracker {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Maximum number of entries in a log-batch call. */
  private static final int MOST_AT_ONCE = 100;

  /** MLflow servers before 2.8 reject longer values. */
  private static final int LONGEST_PARAMETER = 500;

  private static final int LONGEST_TAG = 5000;
  private static final String OUTPUT = "destine.output";
  private static final String MODEL = "destine.model";
  private static final String CHAMPION = "champion";
  private static final String PROCESS = "destine.process";

  private final MlflowClient client;
  private final Facts facts;
  private final long start = System.currentTimeMillis();
  private final String process = UUID.randomUUID().toString();
  private String id;
  private MlflowArtifacts artifacts;
  private final Set<String> known = new HashSet<>();
  private int lastEpoch;

  /** True from the first call that creates the run; its answer may be lost. */
  private boolean creating;

  /** True from the first call that creates the version of the registered model. */
  private boolean registering;

  /**
   * The data of a run before it begins.
   *
   * @param name for people
   * @param output identifies training runs of the same model
   * @param parameters the settings, by key
   * @param registered name of the registered model that gets versions, if any
   */
  record Facts(
      String experiment,
      String name,
      String output,
      Map<String, String> parameters,
      Optional<String> registered,
      Configuration hadoop) {}

  MlflowRun(MlflowClient client, Facts facts) {
    this.client = client;
    this.facts = facts;
  }

  @Override
  public String place() {
    return "MLflow at " + client.server();
  }

  @Override
  public boolean isFinal(Exception failure) {
    return failure instanceof MlflowClient.Refused refused
        ? !refused.isPassing()
        : !(failure instanceof IOException);
  }

  @Override
  public void begin(JsonNode report, String data, boolean resumed) throws IOException {
    open(resumed);
    Map<String, String> parameters = new TreeMap<>(facts.parameters());
    for (String key : List.of("kernel", "parameters", "vocabulary")) {
      parameters.put(key, report.path(key).asText());
    }
    for (String split : List.of("train", "validation", "test")) {
      parameters.put("rows." + split, report.at("/rows/" + split + "/rows").asText());
    }
    parameters.keySet().removeAll(known);
    List<ObjectNode> entries = entries(parameters, LONGEST_PARAMETER);
    for (int from = 0; from < entries.size(); from += MOST_AT_ONCE) {
      List<ObjectNode> some = entries.subList(from, Math.min(from + MOST_AT_ONCE, entries.size()));
      log("params", some);
    }
    Map<String, String> tags = new TreeMap<>(Map.of("destine.data", data));
    tags.put("destine.version", report.at("/versions/program").asText());
    tags.put(PROCESS, process);
    if (report.has("source")) {
      JsonNode source = report.path("source");
      tags.put(
          "destine.snapshot",
          source.path("table").asText() + " " + source.path("snapshot").asText());
    }
    tags(tags);
  }

  /** Creates the run, or continues the unfinished one of its output. */
  private void open(boolean resumed) throws IOException {
    if (id != null) {
      return;
    }
    String experiment = experiment();
    JsonNode run = JSON.missingNode();
    if (resumed) {
      run = newest(experiment, "attributes.status != 'FINISHED'");
    } else if (creating) {
      run = newest(experiment, "attributes.start_time = " + start);
    }
    if (run.isMissingNode()) {
      creating = true;
      run = create(experiment);
    } else {
      update("RUNNING", false, run.at("/info/run_id").asText());
    }
    run.at("/data/params").forEach(param -> known.add(param.path("key").asText()));
    for (JsonNode metric : run.at("/data/metrics")) {
      if (metric.path("key").asText().equals("learning_rate")) {
        lastEpoch = metric.path("step").asInt();
      }
    }
    id = run.at("/info/run_id").asText();
    artifacts = new MlflowArtifacts(client, run.at("/info/artifact_uri").asText(), facts.hadoop());
  }

  private String experiment() throws IOException {
    try {
      return find();
    } catch (MlflowClient.Refused e) {
      if (!e.is("RESOURCE_DOES_NOT_EXIST")) {
        throw e;
      }
    }
    try {
      ObjectNode body = JSON.createObjectNode().put("name", facts.experiment());
      // Shows the MLflow pages for model development instead of those for language models.
      Map<String, String> kind = Map.of("mlflow.experimentKind", "custom_model_development");
      body.putArray("tags").addAll(entries(kind, LONGEST_TAG));
      return client.post("experiments/create", body).path("experiment_id").asText();
    } catch (MlflowClient.Refused e) {
      if (e.is("RESOURCE_ALREADY_EXISTS")) {
        return find();
      }
      throw e;
    }
  }

  private String find() throws IOException {
    return client
        .get("experiments/get-by-name", Map.of("experiment_name", facts.experiment()))
        .at("/experiment/experiment_id")
        .asText();
  }

  /** The newest run of this output that meets a condition. */
  private JsonNode newest(String experiment, String condition) throws IOException {
    ObjectNode body = JSON.createObjectNode().put("max_results", 1);
    body.putArray("experiment_ids").add(experiment);
    body.putArray("order_by").add("attributes.start_time DESC");
    body.put("filter", condition + " and tags.`" + OUTPUT + "` = '" + quoted(facts.output()) + "'");
    return client.post("runs/search", body).path("runs").path(0);
  }

  /** MLflow search strings do not support quotation marks inside a text. */
  private static String quoted(String text) {
    return text.replace("'", "_");
  }

  private JsonNode create(String experiment) throws IOException {
    ObjectNode body = JSON.createObjectNode().put("experiment_id", experiment);
    String user = System.getProperty("user.name", "");
    body.put("run_name", facts.name()).put("start_time", start).put("user_id", user);
    Map<String, String> tags =
        Map.of(
            OUTPUT, quoted(facts.output()), "mlflow.user", user, "mlflow.source.name", "destine");
    body.putArray("tags").addAll(entries(tags, LONGEST_TAG));
    return client.post("runs/create", body).path("run");
  }

  private static List<ObjectNode> entries(Map<String, String> values, int longest) {
    List<ObjectNode> entries = new ArrayList<>();
    values.forEach(
        (key, value) ->
            entries.add(
                JSON.createObjectNode()
                    .put("key", key)
                    .put("value", value.substring(0, Math.min(value.length(), longest)))));
    return entries;
  }

  private void log(String what, List<ObjectNode> entries) throws IOException {
    if (id != null && !entries.isEmpty()) {
      ObjectNode body = JSON.createObjectNode().put("run_id", id);
      body.putArray(what).addAll(entries);
      client.post("runs/log-batch", body);
    }
  }

  @Override
  public void epoch(long millis, int epoch, Map<String, Double> figures) throws IOException {
    // Repeated epochs of a resumed run are identical, so they are skipped.
    if (epoch > lastEpoch) {
      figures(millis, epoch, figures);
      lastEpoch = epoch;
    }
  }

  @Override
  public void figures(long millis, int epoch, Map<String, Double> figures) throws IOException {
    List<ObjectNode> entries = new ArrayList<>();
    figures.forEach(
        (key, value) ->
            entries.add(
                JSON.createObjectNode()
                    .put("key", key)
                    .put("value", value)
                    .put("timestamp", millis)
                    .put("step", epoch)));
    log("metrics", entries);
  }

  @Override
  public void tags(Map<String, String> tags) throws IOException {
    log("tags", entries(tags, LONGEST_TAG));
  }

  @Override
  public void file(String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (id != null) {
      artifacts.write(name, bytes.length, () -> new ByteArrayInputStream(bytes));
    }
  }

  @Override
  public boolean registers() {
    return facts.registered().isPresent();
  }

  @Override
  public void register(String directory, String model, boolean champion) throws IOException {
    if (id == null) {
      return;
    }
    String name = facts.registered().orElseThrow();
    new PythonModel(facts.hadoop(), directory, id).write(artifacts);
    try {
      client.post("registered-models/create", JSON.createObjectNode().put("name", name));
    } catch (MlflowClient.Refused e) {
      if (!e.is("RESOURCE_ALREADY_EXISTS")) {
        throw e;
      }
    }
    JsonNode version = registering ? version(name, "run_id = '" + id + "'") : JSON.missingNode();
    if (version.isMissingNode()) {
      registering = true;
      ObjectNode body = JSON.createObjectNode().put("name", name).put("run_id", id);
      body.put("source", artifacts.uri() + "/" + PythonModel.NAME);
      ArrayNode tags = body.putArray("tags");
      tags.addAll(entries(Map.of(MODEL, model, OUTPUT, quoted(facts.output())), LONGEST_TAG));
      version = client.post("model-versions/create", body).path("model_version");
    }
    if (champion) {
      alias(name, version.path("version").asText());
    }
  }

  @Override
  public void champion(String directory, String model) throws IOException {
    String name = facts.registered().orElseThrow();
    JsonNode found =
        version(
            name,
            "tags.`%s` = '%s' and tags.`%s` = '%s'"
                .formatted(MODEL, quoted(model), OUTPUT, quoted(facts.output())));
    if (found.isMissingNode()) {
      open(false);
      register(directory, model, true);
    } else {
      alias(name, found.path("version").asText());
    }
  }

  /** A version of a registered model that meets a condition. */
  private JsonNode version(String name, String condition) throws IOException {
    String filter = "name = '%s' and %s".formatted(name, condition);
    return client
        .get("model-versions/search", Map.of("filter", filter, "max_results", "1"))
        .path("model_versions")
        .path(0);
  }

  private void alias(String name, String version) throws IOException {
    ObjectNode body = JSON.createObjectNode().put("name", name);
    client.post("registered-models/alias", body.put("alias", CHAMPION).put("version", version));
  }

  @Override
  public void end(boolean finished) throws IOException {
    if (id != null && (finished || isOwn())) {
      update(finished ? "FINISHED" : "FAILED", true, id);
    }
  }

  /** False if another process continues the run, after this one has lost its lock. */
  private boolean isOwn() throws IOException {
    for (JsonNode tag : client.get("runs/get", Map.of("run_id", id)).at("/run/data/tags")) {
      if (tag.path("key").asText().equals(PROCESS)) {
        return tag.path("value").asText().equals(process);
      }
    }
    return true;
  }

  private void update(String status, boolean ended, String run) throws IOException {
    ObjectNode body = JSON.createObjectNode().put("run_id", run).put("status", status);
    if (ended) {
      body.put("end_time", System.currentTimeMillis());
    }
    client.post("runs/update", body);
  }
}
