package io.destine.predict;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Resolves a path to a model: the path itself, or for a directory of nightly runs its live model.
 * The live model is named by the file {@code published/000042.json} with the highest number.
 */
public final class LiveModel {
  private static final ObjectMapper JSON = new ObjectMapper();
  static final int MOST_ATTEMPTS = 20;

  /** Linux follows as many; more are taken for a cycle. */
  private static final int MOST_LINKS = 40;

  private LiveModel() {}

  /**
   * The directory of the model.
   *
   * @throws ModelFormatException when the file that names the model is damaged or names none yet
   */
  public static Path of(Path path) {
    for (int attempt = 1; ; attempt++) {
      Optional<Path> file = naming(path);
      if (file.isEmpty()) {
        return path;
      }
      try {
        return path.resolve("models").resolve(name(file.get()));
      } catch (NoSuchFileException e) {
        // The file was removed because a newer one exists: list the directory again.
        if (attempt == MOST_ATTEMPTS) {
          throw new UncheckedIOException("Cannot read " + file.get() + ": " + e, e);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + file.get() + ": " + e, e);
      }
    }
  }

  /**
   * The directory of a complete model: of the previous model while a model is being replaced, or if
   * the writing process was killed during the replacement.
   *
   * @throws ModelFormatException like {@link #of}
   */
  static Path published(Path path) {
    Path target = of(path);
    Path old = previous(target);
    // The target is checked twice: it may be put in place after the first check.
    return Stream.of(target, old, target)
        .filter(directory -> Files.exists(directory.resolve(Manifest.FILE)))
        .findFirst()
        .orElse(target);
  }

  /** The path of the previous model: next to the directory itself, not next to a link to it. */
  private static Path previous(Path target) {
    Path linked = target;
    try {
      for (int links = 0; links < MOST_LINKS && Files.isSymbolicLink(linked); links++) {
        linked = linked.resolveSibling(Files.readSymbolicLink(linked));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read link " + linked + ": " + e, e);
    }
    Path name = linked.toAbsolutePath().normalize().getFileName();
    return name == null ? target : linked.resolveSibling("." + name + ".old");
  }

  /** The manifest in a directory, empty if it cannot be read. */
  static String manifest(Path model) {
    try {
      return Files.readString(model.resolve(Manifest.FILE));
    } catch (IOException e) {
      return "";
    }
  }

  /** The file that names the live model, if there is one. */
  private static Optional<Path> naming(Path path) {
    Path published = path.resolve("published");
    try (Stream<Path> files = Files.list(published)) {
      return files
          .filter(file -> file.getFileName().toString().matches("\\d{6,18}\\.json"))
          .max(Comparator.comparingLong(LiveModel::number));
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Not a directory of nightly runs.
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + published + ": " + e, e);
    }
  }

  private static long number(Path file) {
    String name = file.getFileName().toString();
    return Long.parseLong(name.substring(0, name.indexOf('.')));
  }

  private static String name(Path file) throws IOException {
    JsonNode model;
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      model = JSON.readTree(text).path("model");
    } catch (JsonProcessingException e) {
      throw damaged(file);
    }
    if (model.isNull()) {
      throw new ModelFormatException(
          file + ": no model has been published yet; publish one with nightly");
    }
    String name = model.asText();
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9.-]*")) {
      throw damaged(file);
    }
    return name;
  }

  /** Does not quote the content, which may be any bytes. */
  private static ModelFormatException damaged(Path file) {
    return new ModelFormatException(
        file
            + " is damaged: it does not name the live model; restore it, or make a model live with"
            + " rollback --to DATE");
  }
}
