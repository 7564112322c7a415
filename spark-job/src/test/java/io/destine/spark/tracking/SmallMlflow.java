package io.destine.spark.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The part of MLflow's REST interface that DESTINE uses, on the loopback address, with the
 * documented limits. It stores the received data, and fails on request.
 */
public final class SmallMlflow implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String API = "/api/2.0/mlflow/";
  private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/";

  private final HttpServer server;

  /** The calls that were answered, in order. */
  public final List<String> calls = new ArrayList<>();

  /** Runs by their ids. */
  public final Map<String, Run> runs = new LinkedHashMap<>();

  /** Contents by path. */
  public final Map<String, byte[]> files = new TreeMap<>();

  /** Source and tags of each version of the registered model, from 1. */
  public final List<JsonNode> versions = new ArrayList<>();

  /** The version of each alias. */
  public final Map<String, String> aliases = new TreeMap<>();

  private final List<String> experiments = new ArrayList<>(List.of("Default"));
  private final List<String> models = new ArrayList<>();

  /** The status of the next answers, until it is 200 again. */
  public volatile int status = 200;

  /** The status of the answers to files, until it is 200 again. */
  public volatile int fileStatus = 200;

  /** Calls that take effect, but whose next answer is an error of a proxy. */
  public final Set<String> lostAnswers = ConcurrentHashMap.newKeySet();

  /** How long each answer takes. */
  public volatile long delayMillis;

  /** The header that calls must have, if any. */
  public volatile String authorization;

  /** A run as it is kept. */
  public static final class Run {
    /** How it stands. */
    public String status = "RUNNING";

    /** Its name. */
    public String name;

    /** When it started, in milliseconds since the epoch. */
    private long start;

    /** Its experiment. */
    public String experiment;

    /** Its parameters. */
    public final Map<String, String> params = new TreeMap<>();

    /** Its tags. */
    public final Map<String, String> tags = new TreeMap<>();

    /** Texts "step value" by metric. */
    public final Map<String, List<String>> metrics = new TreeMap<>();
  }

  private static final class Problem extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;
    private final String code;

    private Problem(int status, String code, String message) {
      super(message);
      this.status = status;
      this.code = code;
    }
  }

  /** Starts it. */
  public SmallMlflow() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = new Thread(work);
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext("/", this::handle);
    server.start();
  }

  /** The address. */
  public String uri() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The only run. */
  public synchronized Run run() {
    if (runs.size() != 1) {
      throw new AssertionError("one run expected, got " + runs.size());
    }
    return runs.values().iterator().next();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    byte[] answer;
    int code = 200;
    try {
      TimeUnit.MILLISECONDS.sleep(delayMillis);
      answer = answer(exchange, body).toString().getBytes(StandardCharsets.UTF_8);
    } catch (Problem e) {
      code = e.status;
      ObjectNode error = JSON.createObjectNode().put("error_code", e.code);
      answer = error.put("message", e.getMessage()).toString().getBytes(StandardCharsets.UTF_8);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    exchange.sendResponseHeaders(code, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private synchronized JsonNode answer(HttpExchange exchange, byte[] body)
      throws Problem, IOException {
    if (status != 200) {
      throw new Problem(status, "INTERNAL_ERROR", "out of order");
    }
    if (authorization != null
        && !authorization.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      throw new Problem(401, "UNAUTHENTICATED", "who are you?");
    }
    URI uri = exchange.getRequestURI();
    String path = uri.getPath();
    String method = exchange.getRequestMethod();
    if (path.startsWith(ARTIFACTS) && method.equals("PUT")) {
      if (fileStatus != 200) {
        throw new Problem(fileStatus, "INTERNAL_ERROR", "no files");
      }
      files.put(path.substring(ARTIFACTS.length()), body);
      return JSON.createObjectNode();
    }
    String call = path.substring(API.length());
    calls.add(call);
    if (method.equals("GET")) {
      Map<String, String> query = new TreeMap<>();
      for (String pair : uri.getRawQuery().split("&")) {
        String[] both = pair.split("=", 2);
        query.put(both[0], URLDecoder.decode(both[1], StandardCharsets.UTF_8));
      }
      return read(call, query);
    }
    if (!"application/json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
      throw new Problem(400, "INVALID_PARAMETER_VALUE", "a call must be JSON");
    }
    JsonNode answer = write(call, JSON.readTree(body));
    if (lostAnswers.remove(call)) {
      throw new Problem(502, "INTERNAL_ERROR", "the answer was lost");
    }
    return answer;
  }

  private JsonNode read(String call, Map<String, String> query) throws Problem {
    if (call.equals("experiments/get-by-name")) {
      int id = experiments.indexOf(query.get("experiment_name"));
      if (id < 0) {
        throw new Problem(404, "RESOURCE_DOES_NOT_EXIST", "no such experiment");
      }
      ObjectNode found = JSON.createObjectNode();
      found.putObject("experiment").put("experiment_id", String.valueOf(id));
      return found;
    } else if (call.equals("runs/get")) {
      String id = query.get("run_id");
      ObjectNode found = JSON.createObjectNode();
      found.set("run", json(id, runs.get(id)));
      return found;
    } else if (call.equals("model-versions/search")) {
      ObjectNode found = JSON.createObjectNode();
      ArrayNode array = found.putArray("model_versions");
      for (int n = 0; n < versions.size(); n++) {
        String name = versions.get(n).path("name").asText();
        String filter = query.get("filter");
        boolean tags = true;
        for (JsonNode tag : versions.get(n).path("tags")) {
          String condition =
              "tags.`" + tag.path("key").asText() + "` = '" + tag.path("value").asText() + "'";
          tags &= filter.contains(condition);
        }
        boolean ofRun = filter.endsWith(" and run_id = '" + id(versions.get(n)) + "'");
        if (filter.startsWith("name = '" + name + "'") && (tags || ofRun)) {
          array.addObject().put("version", String.valueOf(n + 1));
        }
      }
      return found;
    }
    throw new Problem(404, "ENDPOINT_NOT_FOUND", call);
  }

  private JsonNode write(String call, JsonNode body) throws Problem {
    ObjectNode answer = JSON.createObjectNode();
    switch (call) {
      case "experiments/create" -> {
        experiments.add(body.path("name").asText());
        return answer.put("experiment_id", String.valueOf(experiments.size() - 1));
      }
      case "runs/create" -> {
        Run run = new Run();
        String id = "r" + runs.size();
        run.name = body.path("run_name").asText();
        run.start = body.path("start_time").asLong();
        run.experiment = experiments.get(body.path("experiment_id").asInt());
        body.path("tags").forEach(tag -> put(run.tags, tag));
        runs.put(id, run);
        answer.set("run", json(id, run));
      }
      case "runs/search" -> {
        ArrayNode found = answer.putArray("runs");
        String filter = body.path("filter").asText();
        for (Map.Entry<String, Run> entry : runs.entrySet()) {
          Run run = entry.getValue();
          String output = "tags.`destine.output` = '" + run.tags.get("destine.output") + "'";
          boolean asked =
              filter.startsWith("attributes.start_time = ")
                  ? filter.startsWith("attributes.start_time = " + run.start + " ")
                  : !run.status.equals("FINISHED");
          if (asked && filter.endsWith(output)) {
            found.insert(0, json(entry.getKey(), run));
          }
        }
      }
      case "runs/update" -> runs.get(id(body)).status = body.path("status").asText();
      case "runs/log-batch" -> log(runs.get(id(body)), body);
      case "registered-models/create" -> {
        if (models.contains(body.path("name").asText())) {
          throw new Problem(400, "RESOURCE_ALREADY_EXISTS", "there is one");
        }
        models.add(body.path("name").asText());
      }
      case "model-versions/create" -> {
        versions.add(body);
        answer.putObject("model_version").put("version", String.valueOf(versions.size()));
      }
      case "registered-models/alias" ->
          aliases.put(body.path("alias").asText(), body.path("version").asText());
      default -> throw new Problem(404, "ENDPOINT_NOT_FOUND", call);
    }
    return answer;
  }

  private static String id(JsonNode body) {
    return body.path("run_id").asText();
  }

  private static void put(Map<String, String> into, JsonNode entry) {
    into.put(entry.path("key").asText(), entry.path("value").asText());
  }

  private static void log(Run run, JsonNode body) throws Problem {
    for (JsonNode param : body.path("params")) {
      String key = param.path("key").asText();
      String before = run.params.get(key);
      boolean other = before != null && !before.equals(param.path("value").asText());
      if (other
          || !key.matches("[\\w./: -]{1,250}")
          || param.path("value").asText().length() > 500) {
        throw new Problem(400, "INVALID_PARAMETER_VALUE", "parameter " + key);
      }
      put(run.params, param);
    }
    if (body.path("params").size() > 100 || body.path("tags").size() > 100) {
      throw new Problem(400, "INVALID_PARAMETER_VALUE", "more than 100 at once");
    }
    body.path("tags").forEach(tag -> put(run.tags, tag));
    for (JsonNode metric : body.path("metrics")) {
      if (metric.path("timestamp").asLong() < 1_700_000_000_000L) {
        throw new Problem(400, "INVALID_PARAMETER_VALUE", "timestamps are milliseconds");
      }
      run.metrics
          .computeIfAbsent(metric.path("key").asText(), key -> new ArrayList<>())
          .add(metric.path("step").asInt() + " " + metric.path("value").asDouble());
    }
  }

  private static JsonNode json(String id, Run run) {
    ObjectNode json = JSON.createObjectNode();
    json.putObject("info")
        .put("run_id", id)
        .put("status", run.status)
        .put("artifact_uri", "mlflow-artifacts:/0/" + id + "/artifacts");
    ObjectNode data = json.putObject("data");
    ArrayNode params = data.putArray("params");
    run.params.forEach((key, value) -> params.addObject().put("key", key).put("value", value));
    ArrayNode tags = data.putArray("tags");
    run.tags.forEach((key, value) -> tags.addObject().put("key", key).put("value", value));
    ArrayNode metrics = data.putArray("metrics");
    run.metrics.forEach(
        (key, values) ->
            metrics
                .addObject()
                .put("key", key)
                .put("step", Integer.parseInt(values.get(values.size() - 1).split(" ")[0])));
    return json;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
