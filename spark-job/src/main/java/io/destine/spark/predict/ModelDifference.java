package io.destine.spark.predict;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.artifact.FileDigest;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.spark.conf.Redaction;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.store.CurrentModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;

/**
 * The differences between two models, from causes to effects: program, settings, rows, vocabulary,
 * the initial model of the training, kernel, loss of a step, figures of an epoch, parameters,
 * calibration.
 *
 * @param equal whether vocabulary, parameters and calibration are equal, bit for bit
 * @param entries the differences, in that order
 */
public record ModelDifference(boolean equal, List<Entry> entries) {
  private static final Pattern PROBABILITY_FILES =
      Pattern.compile("(?!optimizer\\.)[^/]+\\.safetensors|vocabulary/(keys|table)-.*");

  private static final String BLOCKS = "output.block-rows";

  /**
   * Sections without an effect on a training run, except {@link #BLOCKS}: output paths, execution,
   * and the settings of nightly runs.
   */
  private static final List<String> WITHOUT_EFFECT =
      List.of("output.", "tracking.", "checkpoint.", "nightly.", "compute.", "quarantine.");

  /**
   * One difference.
   *
   * @param what differs
   * @param first value of the first model; "none" if it has none
   * @param second value of the second model
   */
  public record Entry(String what, String first, String second) {
    @Override
    public String toString() {
      return what + ": " + first + " / " + second;
    }
  }

  /**
   * Compares two models by their manifests, which contain the digests of all files.
   *
   * @param first directory of a model, or of nightly runs for their live model
   * @throws io.destine.artifact.ModelFormatException if there is no model, or a manifest cannot be
   *     read
   * @throws io.destine.spark.conf.UserError if the record of a live model is damaged
   */
  public static ModelDifference of(Configuration hadoop, String first, String second) {
    return of(manifest(hadoop, first), manifest(hadoop, second));
  }

  /** The manifest of a model, or of the live model of nightly runs. */
  public static Manifest manifest(Configuration hadoop, String path) {
    return ModelBase.open(hadoop, CurrentModel.resolve(hadoop, path)).read(ModelReader::manifest);
  }

  static ModelDifference of(Manifest first, Manifest second) {
    Entries entries = new Entries();
    entries.add("program", first.createdBy(), second.createdBy());
    entries.addAll("setting ", settings(first, false), settings(second, false));
    boolean otherRows =
        entries.add("rows, fingerprint", first.dataFingerprint(), second.dataFingerprint());
    if (otherRows) {
      entries.addAll("rows, setting ", settings(first, true), settings(second, true));
      entries.addAll("rows, ", rows(first), rows(second));
    }
    boolean otherIds =
        entries.add(
            "vocabulary, fingerprint",
            first.vocabularyFingerprint(),
            second.vocabularyFingerprint());
    entries.add("starts from", start(first), start(second));
    entries.add("kernel", first.kernel(), second.kernel());
    entries.addEpoch(epochs(first), epochs(second));
    boolean otherNetwork = entries.addAll("", parameters(first), parameters(second));
    boolean otherLogits = entries.add("calibration", first.logitMap(), second.logitMap());
    return new ModelDifference(
        !otherIds && !otherNetwork && !otherLogits, List.copyOf(entries.all));
  }

  /** Collects differences. One thread. */
  private static final class Entries {
    private final List<Entry> all = new ArrayList<>();

    boolean add(String what, Object first, Object second) {
      boolean different = !Objects.equals(first, second);
      if (different) {
        all.add(new Entry(what, text(first), text(second)));
      }
      return different;
    }

    boolean addAll(String what, Map<String, ?> first, Map<String, ?> second) {
      TreeSet<String> keys = new TreeSet<>(first.keySet());
      keys.addAll(second.keySet());
      boolean different = false;
      for (String key : keys) {
        different |= add(what + key, first.get(key), second.get(key));
      }
      return different;
    }

    /** Adds the first epoch whose figures differ, and the first differing step in it. */
    void addEpoch(List<Map<String, Object>> first, List<Map<String, Object>> second) {
      for (int e = 0; e < Math.min(first.size(), second.size()); e++) {
        String epoch = "epoch " + (e + 1) + ", ";
        addStep(epoch, first.get(e), second.get(e));
        if (addAll(epoch, figures(first.get(e)), figures(second.get(e)))) {
          return;
        }
      }
      add("epochs", first.size(), second.size());
    }

    /**
     * Adds the first recorded step with a different loss, if the same steps of both epochs are
     * recorded.
     */
    private void addStep(String epoch, Map<String, Object> first, Map<String, Object> second) {
      if (first.get("step_losses") instanceof List<?> mine
          && second.get("step_losses") instanceof List<?> theirs
          && first.get("step_loss_every") instanceof Integer every
          && every.equals(second.get("step_loss_every"))
          && mine.size() == theirs.size()) {
        for (int n = 0; n < mine.size(); n++) {
          if (!mine.get(n).equals(theirs.get(n))) {
            add(epoch + "loss of step " + (n + 1) * every, mine.get(n), theirs.get(n));
            return;
          }
        }
      }
    }

    private static Map<String, Object> figures(Map<String, Object> epoch) {
      Map<String, Object> figures = new TreeMap<>(epoch);
      figures.keySet().removeAll(List.of("seconds", "epoch", "step_loss_every", "step_losses"));
      return figures;
    }

    private static String text(Object value) {
      return value == null ? "none" : String.valueOf(value);
    }
  }

  private static SortedMap<String, String> settings(Manifest manifest, boolean ofSource) {
    SortedMap<String, String> all = new TreeMap<>();
    if (manifest.job() != null) {
      flatten("", manifest.job(), all);
    }
    all.keySet()
        .removeIf(key -> !key.equals(BLOCKS) && WITHOUT_EFFECT.stream().anyMatch(key::startsWith));
    all.keySet().removeIf(key -> key.startsWith("source.") != ofSource);
    all.replaceAll(Redaction::of);
    return all;
  }

  private static void flatten(String key, Object value, Map<String, String> into) {
    if (value instanceof Map<?, ?> map) {
      String prefix = key.isEmpty() ? "" : key + ".";
      map.forEach((name, below) -> flatten(prefix + name, below, into));
    } else {
      into.put(key, String.valueOf(value));
    }
  }

  /** Rows by split, for splits with figures in the manifest. */
  private static SortedMap<String, Object> rows(Manifest manifest) {
    SortedMap<String, Object> rows = new TreeMap<>();
    for (String split : List.of("validation", "test")) {
      part(manifest.metrics(), split)
          .ifPresent(figures -> rows.put(split + " rows", figures.get("rows")));
    }
    return rows;
  }

  private static Optional<Map<?, ?>> part(Map<String, Object> all, String name) {
    return all != null && all.get(name) instanceof Map<?, ?> map
        ? Optional.of(map)
        : Optional.empty();
  }

  private static String start(Manifest manifest) {
    return manifest.lineage() == null ? null : manifest.lineage().parentManifestSha256();
  }

  /** Figures of each epoch. */
  private static List<Map<String, Object>> epochs(Manifest manifest) {
    List<Map<String, Object>> epochs = new ArrayList<>();
    if (manifest.metrics() != null && manifest.metrics().get("learning") instanceof List<?> list) {
      for (Object each : list) {
        Map<String, Object> figures = new TreeMap<>();
        ((Map<?, ?>) each).forEach((name, value) -> figures.put(String.valueOf(name), value));
        epochs.add(figures);
      }
    }
    return epochs;
  }

  /**
   * SHA-256 of the files that determine probabilities, besides those that the vocabulary's
   * fingerprint covers: parameters and side tables, without the optimiser's state.
   */
  private static SortedMap<String, String> parameters(Manifest manifest) {
    SortedMap<String, String> files = new TreeMap<>();
    for (Map.Entry<String, FileDigest> file : manifest.files().entrySet()) {
      String name = file.getKey();
      if (PROBABILITY_FILES.matcher(name).matches()) {
        files.put(name, file.getValue().sha256());
      }
    }
    return files;
  }

  /** Whether the models are equal, and the differences. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("equal", equal);
    ArrayNode array = json.putArray("differences");
    for (Entry entry : entries) {
      array
          .addObject()
          .put("what", entry.what())
          .put("first", entry.first())
          .put("second", entry.second());
    }
    return json;
  }
}
