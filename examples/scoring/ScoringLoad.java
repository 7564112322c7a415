import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.predict.Scorer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Sends requests to a scoring service from several threads, for at least the given time and until a
 * file exists, and compares every answer with the probability from the model that it names:
 *
 * <pre>
 *   java -cp destine-scorer.jar ScoringLoad.java MODELS PORT SECONDS FILE
 * </pre>
 *
 * The exit code is 1 when an answer was wrong or lost, or when fewer than two models answered.
 */
public final class ScoringLoad {
  private static final int THREADS = 2;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, Scorer> MODELS = new ConcurrentHashMap<>();
  private static final Map<String, LongAdder> ANSWERS = new ConcurrentHashMap<>();
  private static final LongAdder WRONG = new LongAdder();
  private static final LongAdder LOST = new LongAdder();
  private static final AtomicLong SLOWEST = new AtomicLong();

  public static void main(String[] arguments) throws Exception {
    Path models = Path.of(arguments[0]);
    URI uri = URI.create("http://localhost:" + arguments[1] + "/score");
    long end = System.nanoTime() + Long.parseLong(arguments[2]) * 1_000_000_000L;
    Path stop = Path.of(arguments[3]);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int seed = t;
      Thread thread = new Thread(() -> ask(models, uri, end, stop, new Random(seed)));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Map<String, Object> result = new TreeMap<>();
    Map<String, Long> byModel = new TreeMap<>();
    ANSWERS.forEach((model, count) -> byModel.put(model.substring(0, 12), count.sum()));
    result.put("answers", byModel);
    result.put("wrong", WRONG.sum());
    result.put("lost", LOST.sum());
    result.put("slowest_ms", SLOWEST.get() / 1_000_000);
    System.out.println(JSON.writeValueAsString(result));
    System.exit(WRONG.sum() + LOST.sum() == 0 && byModel.size() > 1 ? 0 : 1);
  }

  private static void ask(Path models, URI uri, long end, Path stop, Random random) {
    HttpClient client = HttpClient.newHttpClient();
    while (System.nanoTime() < end || !Files.exists(stop)) {
      List<Map<String, Object>> rows = rows(random);
      long start = System.nanoTime();
      try {
        HttpRequest request =
            HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(rows)))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        SLOWEST.accumulateAndGet(System.nanoTime() - start, Math::max);
        check(models, rows, response);
      } catch (Exception e) {
        LOST.increment();
        System.err.println("lost: " + e);
      }
    }
  }

  private static void check(
      Path models, List<Map<String, Object>> rows, HttpResponse<String> response) throws Exception {
    JsonNode answer = JSON.readTree(response.body());
    if (response.statusCode() != 200 || answer.path("probabilities").size() != rows.size()) {
      LOST.increment();
      System.err.println("lost: " + response.statusCode() + " " + response.body());
      return;
    }
    String id = answer.get("model").asText();
    Scorer scorer = MODELS.computeIfAbsent(id, missing -> find(models, missing));
    double[] expected = new double[rows.size()];
    scorer.score(rows, expected);
    double[] found = new double[rows.size()];
    Arrays.setAll(found, n -> answer.get("probabilities").get(n).asDouble());
    if (!Arrays.equals(found, expected)) {
      WRONG.increment();
    }
    ANSWERS.computeIfAbsent(id, missing -> new LongAdder()).increment();
  }

  private static Scorer find(Path models, String id) {
    try (var paths = Files.list(models.resolve("models"))) {
      for (Path path : paths.toList()) {
        if (Files.exists(path.resolve("manifest.json"))) {
          Scorer scorer = Scorer.load(path);
          if (scorer.id().equals(id)) {
            return scorer;
          }
        }
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    throw new IllegalStateException("no model has the id " + id);
  }

  private static List<Map<String, Object>> rows(Random random) {
    List<String> airports = List.of("ATL", "ORD", "DFW", "LAX", "PHX", "IAH", "DEN", "nowhere");
    List<String> weekdays = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int n = 1 + random.nextInt(20); n > 0; n--) {
      String origin = airports.get(random.nextInt(airports.size()));
      String destination = airports.get(random.nextInt(airports.size()));
      Map<String, Object> row = new HashMap<>();
      row.put("weekday", weekdays.get(random.nextInt(weekdays.size())));
      row.put("origin", origin);
      row.put("destination", destination);
      row.put("route", origin + "-" + destination);
      row.put("distance", random.nextInt(30) * 100);
      rows.add(row);
    }
    return rows;
  }
}
