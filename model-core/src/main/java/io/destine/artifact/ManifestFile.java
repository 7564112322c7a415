package io.destine.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The bytes of manifest.json and manifest.sha256. */
final class ManifestFile {
  private ManifestFile() {}

  static byte[] bytes(Manifest manifest) throws JsonProcessingException {
    return Json.pretty(manifest);
  }

  /** The line that {@code sha256sum manifest.json} prints. */
  static byte[] digestLine(byte[] manifest) {
    String line = Sha256.of(manifest) + "  " + Manifest.FILE + "\n";
    return line.getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Checks the digest line against the manifest's bytes.
   *
   * @throws ModelFormatException naming the damaged file, or both files when either may be damaged
   */
  static void verify(String location, byte[] manifest, byte[] line) {
    String text = new String(line, StandardCharsets.ISO_8859_1);
    if (!text.matches("[0-9a-f]{64}  manifest\\.json\n")) {
      throw new ModelFormatException(
          location
              + "/"
              + Manifest.DIGEST_FILE
              + " must hold one line as sha256sum writes it, got \""
              + text.strip()
              + "\"");
    }
    String expected = text.substring(0, 64);
    String found = Sha256.of(manifest);
    if (!found.equals(expected)) {
      throw new ModelFormatException(
          location
              + "/"
              + Manifest.FILE
              + ": SHA-256 must be "
              + expected
              + ", as "
              + location
              + "/"
              + Manifest.DIGEST_FILE
              + " says, got "
              + found);
    }
  }

  /**
   * Parses a manifest.
   *
   * @throws ModelFormatException when it is not a manifest, has an unsupported major version, or
   *     contains options of the network or its fields that this program does not know
   */
  static Manifest parse(String location, byte[] bytes) {
    String path = location + "/" + Manifest.FILE;
    try {
      JsonNode tree = Json.mapper().readTree(bytes);
      requireVersion(path, tree);
      Manifest manifest = Json.mapper().treeToValue(tree, Manifest.class);
      requireKnown(path, "model", tree.path("model"), manifest.model());
      for (int m = 0; m < manifest.fields().size(); m++) {
        requireKnown(
            path, "fields[" + m + "]", tree.path("fields").path(m), manifest.fields().get(m));
      }
      return manifest;
    } catch (InvalidFormatException e) {
      throw unknown(path, place(e.getPath()) + " = " + Json.mapper().valueToTree(e.getValue()));
    } catch (IOException e) {
      throw new ModelFormatException(path + ": " + e.getMessage(), e);
    }
  }

  /** Refuses unknown keys, since the probabilities could depend on them. */
  private static void requireKnown(String path, String where, JsonNode found, Object read) {
    Set<String> known = new HashSet<>();
    Json.mapper().valueToTree(read).fieldNames().forEachRemaining(known::add);
    found
        .fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                throw unknown(path, where + "." + key + " = " + found.get(key));
              }
            });
  }

  /** The path of a key, such as "fields[1].kind". */
  private static String place(List<JsonMappingException.Reference> path) {
    StringBuilder place = new StringBuilder();
    for (JsonMappingException.Reference step : path) {
      if (step.getFieldName() == null) {
        place.append('[').append(step.getIndex()).append(']');
      } else {
        place.append(place.length() == 0 ? "" : ".").append(step.getFieldName());
      }
    }
    return place.toString();
  }

  private static ModelFormatException unknown(String path, String what) {
    return new ModelFormatException(
        path
            + ": "
            + what
            + " is unknown to this program: a newer version wrote the model; use that version");
  }

  private static void requireVersion(String path, JsonNode tree) {
    String format = tree.path("format").asText();
    if (!format.equals(Manifest.FORMAT)) {
      throw new ModelFormatException(
          path + ": format must be " + Manifest.FORMAT + ", got " + format);
    }
    String version = tree.path("format_version").asText();
    if (!version.matches("\\d{1,6}\\.\\d{1,6}")
        || !known(Integer.parseInt(version.substring(0, version.indexOf('.'))))) {
      throw new ModelFormatException(
          path
              + ": format_version must be "
              + Manifest.MAJOR_VERSION
              + ".x or "
              + Manifest.CALIBRATED_VERSION
              + ".x, which this program reads, got "
              + version);
    }
  }

  private static boolean known(int major) {
    return major >= Manifest.MAJOR_VERSION && major <= Manifest.CALIBRATED_VERSION;
  }
}
