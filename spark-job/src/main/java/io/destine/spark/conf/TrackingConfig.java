package io.destine.spark.conf;

import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.config.SettingProblem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Map;
import java.util.Optional;

/** Settings of experiment tracking. Passwords and tokens are taken only from the environment. */
public record TrackingConfig(
    @Meaning(
            "address of an MLflow server, such as http://127.0.0.1:5000, or none;"
                + " MLFLOW_TRACKING_URI when left out")
        Optional<String> mlflow,
    @Meaning("MLflow's experiment; MLFLOW_EXPERIMENT_NAME, or Default, when left out")
        Optional<String> experiment,
    @Meaning("registered model in MLflow that gets a version for each model; none when left out")
        Optional<String> model,
    @Meaning("directory of event files for TensorBoard; none when left out")
        Optional<String> tensorboard) {
  /** Disables MLflow, regardless of the environment. */
  private static final String NONE = "none";

  private static final String MLFLOW = "tracking.mlflow";

  public TrackingConfig {
    model
        .filter(name -> name.contains("'"))
        .ifPresent(
            name -> {
              throw SettingProblem.must(
                  "tracking.model",
                  "a name without ' (MLflow cannot search for a name with one)",
                  name);
            });
    mlflow.filter(uri -> !uri.equals(NONE)).ifPresent(uri -> server(MLFLOW, uri));
    tensorboard.ifPresent(directory -> PathText.check("tracking.tensorboard", directory));
  }

  /** Nothing is tracked, unless the environment enables it. */
  public static TrackingConfig defaults() {
    return Components.defaults(TrackingConfig.class);
  }

  /**
   * The MLflow server, from these settings or from the environment.
   *
   * @throws SettingProblem if it is not a server
   */
  public Optional<URI> server(Map<String, String> environment) {
    String variable = "MLFLOW_TRACKING_URI";
    return mlflow.isPresent()
        ? mlflow.filter(uri -> !uri.equals(NONE)).map(uri -> server(MLFLOW, uri))
        : Optional.ofNullable(environment.get(variable))
            .filter(uri -> !uri.isEmpty())
            .map(uri -> server(variable, uri));
  }

  /** The name of the experiment, from these settings or from the environment. */
  public String experiment(Map<String, String> environment) {
    return experiment.orElse(environment.getOrDefault("MLFLOW_EXPERIMENT_NAME", "Default"));
  }

  private static URI server(String key, String text) {
    URI uri;
    try {
      uri = new URI(text.replaceAll("/+$", ""));
    } catch (URISyntaxException e) {
      throw SettingProblem.because(
          key,
          "\"" + Redaction.text(text) + "\" is not an address such as http://127.0.0.1:5000",
          e);
    }
    if (uri.getUserInfo() != null) {
      throw SettingProblem.because(
          key,
          "the address holds a user or a password; give them as MLFLOW_TRACKING_USERNAME and"
              + " MLFLOW_TRACKING_PASSWORD in the environment");
    }
    String scheme = String.valueOf(uri.getScheme());
    if (!scheme.equals("http") && !scheme.equals("https") || uri.getHost() == null) {
      throw SettingProblem.because(
          key,
          "\""
              + Redaction.text(text)
              + "\" is not the address of a server, http://HOST:PORT; to use a store, start mlflow"
              + " server --backend-store-uri with it");
    }
    return uri;
  }
}
