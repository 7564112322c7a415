package io.destine.predict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.ModelFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The model that a path stands for: the path itself, or of a directory that nightly runs keep the
 * one that its file {@code CURRENT} names.
 */
public final class LiveModel {
  private static final String CURRENT = "CURRENT";
  private static final ObjectMapper JSON = new ObjectMapper();

  private LiveModel() {}

  /**
   * The directory of the model.
   *
   * @throws ModelFormatException when {@code CURRENT} is damaged
   */
  public static Path of(Path path) {
    Path current = path.resolve(CURRENT);
    try {
      String name = JSON.readTree(Files.readString(current)).path("model").asText();
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9.-]*")) {
        throw new ModelFormatException(current + ": must name a model, got \"" + name + "\"");
      }
      return path.resolve("models").resolve(name);
    } catch (NoSuchFileException e) {
      return path;
    } catch (JsonProcessingException e) {
      throw new ModelFormatException(current + ": must name a model, got no JSON", e);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + current + ": " + e, e);
    }
  }
}
