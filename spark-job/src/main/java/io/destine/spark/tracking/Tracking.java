package io.destine.spark.tracking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.config.SettingProblem;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.Setting;
import io.destine.spark.conf.Settings;
import io.destine.spark.conf.TrackingConfig;
import io.destine.spark.store.Owner;
import io.destine.spark.store.Storage;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The experiment tracking of a job's training runs.
 *
 * @param environment variables of MLflow, which settings override
 * @param log receives warnings
 */
public record Tracking(
    JobConfig config, Map<String, String> environment, Configuration hadoop, Consumer<String> log) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  /** Sections that are not tracked as parameters, since models are not compared by them. */
  private static final Set<String> NO_PARAMETERS =
      Set.of("output", "nightly", "tracking", "checkpoint", "quarantine");

  /** Sections whose settings are all tracked; of other sections, only non-default settings are. */
  private static final Set<String> WHOLE = Set.of("model", "train");

  /** The tracking of a job in this process. */
  public static Tracking of(JobConfig config, Configuration hadoop, Consumer<String> log) {
    return new Tracking(config, System.getenv(), hadoop, log);
  }

  /**
   * A training run.
   *
   * @param name for people
   * @param directory of the model
   */
  public TrackedRun run(String name, String directory) {
    TrackingConfig settings = config.tracking();
    Optional<URI> server = server(settings);
    if (server.isEmpty() && settings.tensorboard().isEmpty()) {
      return TrackedRun.NONE;
    }
    String time = TIME.format(Instant.now());
    List<Lane> lanes = new ArrayList<>();
    String json = config.toJson();
    Path output = new Path(directory);
    Path full = Storage.of(hadoop, output).makeQualified(output);
    server.ifPresent(
        uri ->
            lanes.add(
                new Lane(
                    new MlflowRun(
                        MlflowClient.of(uri, environment),
                        new MlflowRun.Facts(
                            settings.experiment(environment),
                            name + "-" + time,
                            unique(full),
                            parameters(json),
                            settings.model(),
                            hadoop)),
                    log)));
    settings
        .tensorboard()
        .ifPresent(
            events ->
                lanes.add(
                    new Lane(
                        new TensorBoardRun(hadoop, events, name, full.toString(), time), log)));
    return new TrackedRun(lanes, json + "\n");
  }

  /** The full path of a directory, made unique across machines. */
  private static String unique(Path full) {
    return "file".equals(full.toUri().getScheme())
        ? Owner.hostName() + ":" + full.toUri().getPath()
        : full.toString();
  }

  /**
   * An invalid server in the environment, which may be set for other programs, does not fail the
   * job.
   */
  private Optional<URI> server(TrackingConfig settings) {
    try {
      return settings.server(environment);
    } catch (SettingProblem e) {
      log.accept("warning: not tracked in MLflow: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static Map<String, String> parameters(String json) {
    Map<String, String> defaults = new HashMap<>();
    for (Setting setting : Settings.all()) {
      defaults.put(setting.key(), setting.defaultValue());
    }
    Map<String, String> parameters = new TreeMap<>();
    try {
      collect("", JSON.readTree(json), parameters);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("settings must be JSON, got " + e, e);
    }
    parameters
        .entrySet()
        .removeIf(
            entry -> {
              String section = entry.getKey().split("\\.")[0];
              return NO_PARAMETERS.contains(section)
                  || entry.getValue().isEmpty()
                  || !WHOLE.contains(section)
                      && entry.getValue().equals(defaults.get(entry.getKey()));
            });
    return parameters;
  }

  /** Collects the values of objects by dotted keys; for lists of objects, their names. */
  private static void collect(String path, JsonNode node, Map<String, String> into) {
    if (node.isObject()) {
      String prefix = path.isEmpty() ? "" : path + ".";
      node.fields().forEachRemaining(e -> collect(prefix + e.getKey(), e.getValue(), into));
    } else if (node.isArray()) {
      List<String> texts = new ArrayList<>();
      node.forEach(e -> texts.add(e.isObject() ? e.path("name").asText() : e.asText(e.toString())));
      into.put(path, texts.isEmpty() ? "" : texts.toString());
    } else if (!node.isNull()) {
      // MLflow's keys allow no other characters.
      into.put(path.replaceAll("[^\\w./: -]", "_"), node.asText());
    }
  }
}
