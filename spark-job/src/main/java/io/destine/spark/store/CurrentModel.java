package io.destine.spark.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.artifact.ModelFormatException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Which model of a directory is live: the file {@code CURRENT} beside {@code models/}, replaced in
 * one piece.
 *
 * @param name of the model below {@code models/}
 * @param date the newest day that it was trained on
 * @param since when it went live
 * @param run the run that published it
 * @param previous name of the model that was live before, or null
 */
public record CurrentModel(
    String name, LocalDate date, Instant since, String run, String previous) {
  /** The directory of models. */
  public static final String MODELS = "models";

  private static final String FILE = "CURRENT";
  private static final ObjectMapper JSON = new ObjectMapper();

  public CurrentModel {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9.-]*")) {
      throw new IllegalArgumentException("a model's name must be a plain word, got " + name);
    }
  }

  /** The directory of a model. */
  public static String directory(String base, String name) {
    return base + "/" + MODELS + "/" + name;
  }

  /**
   * The live model of a directory, if it has one.
   *
   * @throws ModelFormatException when the file is damaged
   */
  public static Optional<CurrentModel> read(Configuration hadoop, String base) {
    return file(hadoop, base).read().map(text -> parse(text, base + "/" + FILE));
  }

  private static CurrentModel parse(String text, String where) {
    try {
      JsonNode json = JSON.readTree(text);
      return new CurrentModel(
          json.path("model").asText(),
          LocalDate.parse(json.path("date").asText()),
          Instant.parse(json.path("since").asText()),
          json.path("run").asText(),
          json.path("previous").asText(null));
    } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
      throw new ModelFormatException(where + ": must name a model, got " + text.strip());
    }
  }

  /** Makes this the live model. */
  public void publish(Configuration hadoop, String base) {
    ObjectNode json = JSON.createObjectNode();
    json.put("model", name);
    json.put("date", date.toString());
    json.put("since", since.toString());
    json.put("run", run);
    json.put("previous", previous);
    file(hadoop, base).replace(json.toPrettyString() + "\n");
  }

  /** The directory of the model that a path stands for: the live one, or the path itself. */
  public static String resolve(Configuration hadoop, String path) {
    return read(hadoop, path).map(current -> directory(path, current.name())).orElse(path);
  }

  private static AtomicFile file(Configuration hadoop, String base) {
    Path path = new Path(base, FILE);
    FileSystem fileSystem = Storage.of(hadoop, path);
    return new AtomicFile(fileSystem, path);
  }
}
