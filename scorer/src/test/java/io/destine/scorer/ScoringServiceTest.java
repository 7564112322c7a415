package io.destine.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.predict.Scorer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service of examples/scoring, in a process of its own. */
class ScoringServiceTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private static HttpResponse<String> post(int port, String body) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/score"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  @Timeout(120)
  void aRefusedRequestHasNoEffectOnTheNextOnes() throws Exception {
    Path model = directory.resolve("model");
    TinyModel.write(model);
    double expected;
    try (Scorer scorer = Scorer.load(model)) {
      expected = scorer.score(Map.of("user", "u2", "price", 3));
    }
    Process service =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Path.of("..", "examples", "scoring", "ScoringService.java").toString(),
                model.toString(),
                "0")
            .redirectErrorStream(true)
            .start();
    try {
      BufferedReader output =
          new BufferedReader(
              new InputStreamReader(service.getInputStream(), StandardCharsets.UTF_8));
      String line = output.readLine();
      while (!line.startsWith("port ")) {
        line = output.readLine();
        assertThat(line).isNotNull();
      }
      int port = Integer.parseInt(line.substring(5));
      for (String refused : new String[] {"[{\"user\": \"u1\"}, null]", "null", "[{\"user\": "}) {
        assertThat(post(port, refused).statusCode()).as(refused).isEqualTo(400);
        HttpResponse<String> answer = post(port, "[{\"user\": \"u2\", \"price\": 3}]");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode probabilities = JSON.readTree(answer.body()).get("probabilities");
        assertThat(probabilities).hasSize(1);
        assertThat(probabilities.get(0).asDouble()).isEqualTo(expected);
      }
      assertThat(JSON.readTree(post(port, "[{}, null]").body()).get("error").asText())
          .isEqualTo("row 1: a row must be a map from column to value, got null");
    } finally {
      service.destroyForcibly().waitFor();
    }
  }
}
