import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.destine.predict.LiveModel;
import io.destine.predict.Scorer;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Scores rows over HTTP with the live model of a directory, and switches to the next one when a
 * nightly run has published it:
 *
 * <pre>
 *   java --add-modules jdk.incubator.vector -cp destine-scorer.jar ScoringService.java MODELS PORT
 *   curl -d '[{"origin": "ORD", "destination": "LAX"}]' localhost:8080/score
 * </pre>
 */
public final class ScoringService {
  private record Live(Path path, Scorer scorer) {}

  private static Live load(Path path) {
    Scorer scorer = Scorer.load(path);
    System.err.println("model " + path);
    return new Live(path, scorer);
  }

  public static void main(String[] arguments) throws Exception {
    Path models = Path.of(arguments[0]);
    ObjectMapper json = new ObjectMapper();
    AtomicReference<Live> live = new AtomicReference<>(load(LiveModel.of(models)));
    HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(arguments[1])), 0);
    server.setExecutor(Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors()));
    server.createContext(
        "/score",
        exchange -> {
          int status = 200;
          byte[] answer;
          try {
            List<Map<String, Object>> rows =
                json.readValue(exchange.getRequestBody(), new TypeReference<>() {});
            if (rows == null) {
              throw new IllegalArgumentException("the request must be a JSON array of rows");
            }
            // One reference for the whole request: a new model may be loaded meanwhile.
            Scorer scorer = live.get().scorer();
            double[] probabilities = new double[rows.size()];
            scorer.score(rows, probabilities);
            answer =
                json.writeValueAsBytes(
                    Map.of("model", scorer.id(), "probabilities", probabilities));
          } catch (Exception e) {
            status = 400;
            answer = json.writeValueAsBytes(Map.of("error", String.valueOf(e.getMessage())));
          }
          exchange.sendResponseHeaders(status, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    System.err.println("port " + server.getAddress().getPort());
    // A model that is no longer live is not closed, since requests may still use it. Its memory is
    // freed after the last of them.
    Executors.newSingleThreadScheduledExecutor()
        .scheduleWithFixedDelay(
            () -> {
              try {
                Path path = LiveModel.of(models);
                if (!path.equals(live.get().path())) {
                  live.set(load(path));
                }
              } catch (Exception | Error e) {
                // An error would end the checks silently.
                System.err.println("the model stays as it is: " + e);
              }
            },
            1,
            1,
            TimeUnit.SECONDS);
  }
}
