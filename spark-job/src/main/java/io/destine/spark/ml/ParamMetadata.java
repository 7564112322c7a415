package io.destine.spark.ml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.store.HadoopModelDirectory;
import io.destine.spark.store.Storage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * The metadata file of a stage saved by Spark ML: one line of JSON with its class, uid and
 * parameters, in the directory "metadata".
 */
final class ParamMetadata {
  private static final String DIRECTORY = "metadata";

  private static final String TIME_ZONE = "timeZone";

  private static final String FILE = DIRECTORY + "/part-00000";

  private static final ObjectMapper JSON = new ObjectMapper();

  private ParamMetadata() {}

  /** A new uid for a stage. */
  static String newUid() {
    return "destine_" + UUID.randomUUID().toString().substring(24);
  }

  /** Writes the metadata line of a stage into the directory in which it is saved. */
  static void write(HadoopModelDirectory directory, Params stage, String sparkVersion) {
    try (OutputStream out = directory.create(FILE)) {
      out.write(of(stage, sparkVersion).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw Storage.failure("write", new Path(directory.root(), FILE), e);
    }
  }

  /** The metadata line of a stage. */
  static String of(Params stage, String sparkVersion) {
    ObjectNode json = JSON.createObjectNode();
    json.put("class", stage.getClass().getName());
    json.put("timestamp", System.currentTimeMillis());
    json.put("sparkVersion", sparkVersion);
    json.put("uid", stage.uid());
    if (stage instanceof DestineModel model) {
      model.timeZone().ifPresent(zone -> json.put(TIME_ZONE, zone));
    }
    ObjectNode set = json.putObject("paramMap");
    ObjectNode defaults = json.putObject("defaultParamMap");
    for (Param<?> param : stage.params()) {
      put(stage, param, set, defaults);
    }
    return json + "\n";
  }

  private static <T> void put(Params stage, Param<T> param, ObjectNode set, ObjectNode defaults) {
    if (stage.isSet(param)) {
      set.set(param.name(), encoded(param, stage.getOrDefault(param)));
    }
    if (stage.hasDefault(param)) {
      defaults.set(param.name(), encoded(param, stage.getDefault(param).get()));
    }
  }

  private static <T> JsonNode encoded(Param<T> param, T value) {
    try {
      return JSON.readTree(param.jsonEncode(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(param + ": " + value, e);
    }
  }

  /** True if a directory contains only metadata files. */
  static boolean areAllOf(HadoopModelDirectory directory) {
    return directory.list().stream().allMatch(name -> name.startsWith(DIRECTORY + "/"));
  }

  /** Reads the metadata line of a stage saved in a directory, if there is one. */
  static Optional<JsonNode> read(FileSystem fileSystem, Path directory) {
    for (FileStatus file : Storage.list(fileSystem, new Path(directory, DIRECTORY))) {
      if (file.getPath().getName().startsWith("part-") && file.getLen() > 0) {
        try (InputStream in = fileSystem.open(file.getPath())) {
          return Optional.of(JSON.readTree(in));
        } catch (JsonProcessingException e) {
          throw new IllegalArgumentException(file.getPath() + " must be JSON: " + e.getMessage());
        } catch (IOException e) {
          throw Storage.failure("read", file.getPath(), e);
        }
      }
    }
    return Optional.empty();
  }

  /** The time zone of a fit, if it was saved. */
  static Optional<String> timeZone(JsonNode json) {
    return Optional.ofNullable(json.path(TIME_ZONE).asText(null));
  }

  /** Restores the parameters of a saved stage. */
  static void restore(Params stage, JsonNode json) {
    json.path("paramMap")
        .properties()
        .forEach(p -> set(stage, stage.getParam(p.getKey()), p.getValue()));
    json.path("defaultParamMap")
        .properties()
        .forEach(
            p ->
                ParamDefaults.set(
                    stage, p.getKey(), decoded(stage.getParam(p.getKey()), p.getValue())));
  }

  @SuppressWarnings("unchecked")
  private static <T> void set(Params stage, Param<T> param, JsonNode value) {
    stage.set(param, (T) decoded(param, value));
  }

  private static Object decoded(Param<?> param, JsonNode value) {
    return param.jsonDecode(value.toString());
  }
}
