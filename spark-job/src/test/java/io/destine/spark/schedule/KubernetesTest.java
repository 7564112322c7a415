package io.destine.spark.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The manifest for the Kubernetes operator for Spark, without a cluster. */
class KubernetesTest {
  private static final Path MANIFEST =
      ScriptRun.PROJECT.resolve("schedules/kubernetes/destine-nightly.yaml");

  /** Fields of the API, as far as the manifest has them: others would be dropped in silence. */
  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "",
          Set.of("apiVersion", "kind", "metadata", "spec"),
          "spec",
          Set.of(
              "type",
              "mode",
              "sparkVersion",
              "image",
              "mainClass",
              "mainApplicationFile",
              "arguments",
              "restartPolicy",
              "timeToLiveSeconds",
              "driver",
              "executor",
              "sparkConf"),
          "restartPolicy",
          Set.of(
              "type",
              "onFailureRetries",
              "onFailureRetryInterval",
              "onSubmissionFailureRetries",
              "onSubmissionFailureRetryInterval"),
          "driver",
          Set.of("cores", "memory", "memoryOverhead", "serviceAccount", "configMaps", "env"),
          "executor",
          Set.of("instances", "cores", "memory", "memoryOverhead"));

  private static Map<?, ?> manifest;
  private static Map<?, ?> spec;
  private static Properties defaults;

  @BeforeAll
  static void read() throws IOException {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    String text = Files.readString(MANIFEST).replace("@DATE@", "2026-11-24");
    manifest = new Yaml(new SafeConstructor(options)).load(text);
    spec = part(manifest, "spec");
    defaults = new Properties();
    try (InputStream in =
        Files.newInputStream(ScriptRun.PROJECT.resolve("conf/spark-defaults.conf"))) {
      defaults.load(in);
    }
  }

  private static Map<?, ?> part(Map<?, ?> of, String name) {
    return (Map<?, ?>) of.get(name);
  }

  @Test
  void everyFieldIsOneOfTheApi() {
    assertThat(manifest.get("apiVersion")).isEqualTo("sparkoperator.k8s.io/v1beta2");
    assertThat(manifest.get("kind")).isEqualTo("SparkApplication");
    assertThat(FIELDS.get("")).containsAll(names(manifest));
    assertThat(FIELDS.get("spec")).containsAll(names(spec));
    for (String name : List.of("restartPolicy", "driver", "executor")) {
      assertThat(FIELDS.get(name)).as(name).containsAll(names(part(spec, name)));
    }
    assertThat(part(manifest, "metadata").get("name").toString())
        .matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?")
        .hasSizeLessThan(64);
  }

  private static Set<String> names(Map<?, ?> part) {
    TreeMap<String, Object> names = new TreeMap<>();
    part.forEach((name, value) -> names.put((String) name, value));
    return names.keySet();
  }

  @Test
  void theNightIsThatOfTheOtherSchedules() {
    assertThat(spec.get("mainClass")).isEqualTo("io.destine.spark.app.Main");
    assertThat(spec.get("arguments"))
        .isEqualTo(
            List.of("nightly", "--config", "/etc/destine/nightly.conf", "--date", "2026-11-24"));
    assertThat(part(spec, "driver").get("configMaps").toString()).contains("path=/etc/destine");
    assertThat(part(spec, "driver").get("memory")).isEqualTo("4g");
    assertThat(part(spec, "executor").get("instances")).isEqualTo(4);
    assertThat(part(spec, "executor").get("cores")).isEqualTo(4);
    assertThat(part(spec, "executor").get("memory")).isEqualTo("8g");
    assertThat(part(spec, "restartPolicy").get("type")).isEqualTo("OnFailure");
  }

  /** The operator does not read that file, so the settings are repeated in the manifest. */
  @Test
  void theSparkSettingsAreThoseOfSparkDefaults() {
    TreeMap<String, String> expected = new TreeMap<>();
    for (String name : defaults.stringPropertyNames()) {
      if (!name.startsWith("spark.yarn.") && !name.endsWith(".memoryOverhead")) {
        expected.put(name, defaults.getProperty(name));
      }
    }
    TreeMap<String, Object> found = new TreeMap<>();
    part(spec, "sparkConf").forEach((name, value) -> found.put((String) name, value));
    assertThat(found).isEqualTo(expected).hasSizeGreaterThan(15);
    for (String name : List.of("driver", "executor")) {
      assertThat(part(spec, name).get("memoryOverhead"))
          .isEqualTo(defaults.getProperty("spark." + name + ".memoryOverhead"));
    }
    // Of the driver's container, as spark.yarn.appMasterEnv on YARN.
    for (String name : List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")) {
      String value = defaults.getProperty("spark.yarn.appMasterEnv." + name);
      assertThat(part(spec, "driver").get("env").toString())
          .contains("{name=" + name + ", value=" + value + "}");
    }
  }
}
