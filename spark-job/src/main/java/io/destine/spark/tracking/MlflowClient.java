package io.destine.spark.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Calls of MLflow's REST API, with time limits.
 *
 * @param authorization header of each call
 */
record MlflowClient(URI server, Optional<String> authorization) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** Minimum expected network throughput. */
  private static final long BYTES_PER_SECOND = 1_000_000;

  private static final int LONGEST_MESSAGE = 300;

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /** An error response. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;
    private final int status;
    private final String code;

    private Refused(int status, String code, String message) {
      super("HTTP " + status + (message.isEmpty() ? "" : ": " + message));
      this.status = status;
      this.code = code;
    }

    /** True if the same call may succeed later. */
    boolean isPassing() {
      return status >= 500 || status == 429;
    }

    /** True if the error has the given MLflow error code. */
    boolean is(String word) {
      return code.equals(word);
    }
  }

  /** A client with the password or token in the environment. */
  static MlflowClient of(URI server, Map<String, String> environment) {
    String token = environment.getOrDefault("MLFLOW_TRACKING_TOKEN", "");
    String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
    String both = user + ":" + environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
    Optional<String> authorization = Optional.empty();
    if (!user.isEmpty()) {
      byte[] bytes = both.getBytes(StandardCharsets.UTF_8);
      authorization = Optional.of("Basic " + Base64.getEncoder().encodeToString(bytes));
    } else if (!token.isEmpty()) {
      authorization = Optional.of("Bearer " + token);
    }
    return new MlflowClient(server, authorization);
  }

  /** A GET call, which reads. */
  JsonNode get(String call, Map<String, String> query) throws IOException {
    StringBuilder path = new StringBuilder("/api/2.0/mlflow/").append(call);
    query.forEach(
        (key, value) ->
            path.append(path.indexOf("?") < 0 ? '?' : '&').append(key + "=" + escaped(value)));
    return send(request(path.toString()).GET());
  }

  /** A POST call, which writes or searches. */
  JsonNode post(String call, ObjectNode body) throws IOException {
    return send(json(call).POST(BodyPublishers.ofString(body.toString())));
  }

  private HttpRequest.Builder json(String call) {
    return request("/api/2.0/mlflow/" + call).header("Content-Type", "application/json");
  }

  /** Writes an artifact through the server. */
  void upload(String path, long length, Supplier<InputStream> content) throws IOException {
    String escaped = escaped(path).replace("%2F", "/").replace("+", "%20");
    HttpRequest.BodyPublisher stream = BodyPublishers.ofInputStream(content);
    send(
        request("/api/2.0/mlflow-artifacts/artifacts/" + escaped)
            .header("Content-Type", "application/octet-stream")
            .timeout(ANSWER.plusSeconds(length / BYTES_PER_SECOND))
            .PUT(
                length == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.fromPublisher(stream, length)));
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server + path)).timeout(ANSWER);
    authorization.ifPresent(value -> request.header("Authorization", value));
    return request;
  }

  private static JsonNode send(HttpRequest.Builder request) throws IOException {
    HttpResponse<String> response;
    try {
      response = HTTP.send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw (IOException) new InterruptedIOException("stopped").initCause(e);
    } catch (HttpTimeoutException e) {
      throw new IOException("no answer in time", e);
    } catch (ConnectException e) {
      throw new IOException("no connection", e);
    }
    String text = response.body();
    if (response.statusCode() / 100 == 2) {
      return text.isBlank() ? JSON.createObjectNode() : JSON.readTree(text);
    }
    String code = "";
    String message = text;
    if (text.startsWith("{")) {
      JsonNode error = JSON.readTree(text);
      code = error.path("error_code").asText();
      message = error.path("message").asText();
    }
    String line = message.replaceAll("\\s+", " ").strip();
    throw new Refused(
        response.statusCode(), code, line.substring(0, Math.min(line.length(), LONGEST_MESSAGE)));
  }
}
