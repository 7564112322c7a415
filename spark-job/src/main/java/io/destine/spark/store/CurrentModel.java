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

/**
 * The live model of a directory, as {@link Publications} keep it.
 *
 * @param name of the model below {@code models/}
 * @param date the newest day in its training data
 * @param since when it went live
 * @param run the run that published it
 * @param previous name of the previous live model, or null
 */
public record CurrentModel(
    String name, LocalDate date, Instant since, String run, String previous) {
  /** The directory of models. */
  public static final String MODELS = "models";

  private static final ObjectMapper JSON = new ObjectMapper();

  public CurrentModel {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9.-]*")) {
      throw new IllegalArgumentException(
          "a model's name must consist of letters, digits, '.' and '-', got " + name);
    }
  }

  /** The directory of a model. */
  public static String directory(String base, String name) {
    return base + "/" + MODELS + "/" + name;
  }

  /**
   * The live model of a directory, if it has one.
   *
   * @throws io.destine.spark.conf.UserError if the file that records it is damaged
   */
  public static Optional<CurrentModel> read(Configuration hadoop, String base) {
    return Publications.of(hadoop, base).state().live();
  }

  /** Resolves a path to a model directory: the live model's directory, or the path itself. */
  public static String resolve(Configuration hadoop, String path) {
    return read(hadoop, path).map(current -> directory(path, current.name())).orElse(path);
  }

  /**
   * The model in a record's text; empty for a record of no live model.
   *
   * @throws ModelFormatException if the text is no such record; the message does not quote it,
   *     since it may be arbitrary bytes
   */
  static Optional<CurrentModel> parse(String text, String where) {
    try {
      JsonNode json = JSON.readTree(text);
      if (json.path("model").isNull()) {
        return Optional.empty();
      }
      return Optional.of(
          new CurrentModel(
              json.path("model").asText(),
              LocalDate.parse(json.path("date").asText()),
              Instant.parse(json.path("since").asText()),
              json.path("run").asText(),
              json.path("previous").asText(null)));
    } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
      throw new ModelFormatException(
          where
              + " is damaged: it does not name the live model; restore it, or make a model live with"
              + " rollback --to DATE");
    }
  }

  /** The JSON object that {@link #parse} reads. */
  ObjectNode json() {
    return none()
        .put("model", name)
        .put("date", date.toString())
        .put("since", since.toString())
        .put("run", run)
        .put("previous", previous);
  }

  /** The record of no live model. */
  static ObjectNode none() {
    return JSON.createObjectNode().putNull("model");
  }
}
