package io.destine.spark.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrackingConfigTest {
  private static TrackingConfig of(String... settings) {
    return JobConfigReader.parse(
            "source.path = clicks.csv, label = click, output.model = clicks", List.of(settings))
        .tracking();
  }

  @Test
  void settingsGoBeforeTheEnvironment() {
    Map<String, String> environment =
        Map.of("MLFLOW_TRACKING_URI", "https://b.example/", "MLFLOW_EXPERIMENT_NAME", "theirs");
    assertThat(of().server(environment)).contains(URI.create("https://b.example"));
    assertThat(of().experiment(environment)).isEqualTo("theirs");
    TrackingConfig set =
        of("tracking.mlflow=http://a.example:5000/mlflow/", "tracking.experiment=ours");
    assertThat(set.server(environment)).contains(URI.create("http://a.example:5000/mlflow"));
    assertThat(set.experiment(environment)).isEqualTo("ours");
    assertThat(of("tracking.mlflow=none").server(environment)).isEmpty();
    assertThat(of().server(Map.of())).isEmpty();
    assertThat(of().experiment(Map.of())).isEqualTo("Default");
  }

  @Test
  void aStoreThatIsNoServerIsRefusedWithWhatToStart() {
    for (String uri :
        List.of("sqlite:///mlflow.db", "file:///runs/mlruns", "mlruns", "databricks")) {
      assertThatThrownBy(() -> of("tracking.mlflow=" + uri))
          .isInstanceOf(UserError.class)
          .hasMessage(
              "--set: tracking.mlflow: \""
                  + uri
                  + "\" is not the address of a server, http://HOST:PORT; to use a store, start"
                  + " mlflow server --backend-store-uri with it");
    }
  }

  @Test
  void aModelThatMlflowCannotSearchForIsRefused() {
    assertThatThrownBy(() -> of("tracking.model=bob's"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "--set: tracking.model is bob's; it must be a name without ' (MLflow cannot search for a"
                + " name with one)");
  }

  @Test
  void aPasswordInTheAddressIsRefusedAndNotShown() {
    assertThatThrownBy(() -> of("tracking.mlflow=http://ann:topsecret@a.example"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("MLFLOW_TRACKING_PASSWORD in the environment")
        .hasMessageNotContaining("topsecret");
  }
}
