package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaggedApplicationsTest {

  @ParameterizedTest
  @ValueSource(strings = {"--principal", "--keytab"})
  void aPrincipalWithoutItsKeytabIsRefused(String option) {
    CommandRun run = CommandRun.of("applications", "--tag", "t", "--list", option, "x");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).singleElement().asString().contains("belong together");
  }

  @Test
  void anApplicationThatSucceededIsZero() {
    assertThat(TaggedApplications.exitCode(FinalApplicationStatus.SUCCEEDED, "")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void theExitCodeThatTheDiagnosticsNameIsTheApplications(int code) {
    String diagnostics =
        "User class threw exception: exit code " + code + "\nerror: gate: exit code 9 is no code";
    assertThat(TaggedApplications.exitCode(FinalApplicationStatus.FAILED, diagnostics))
        .isEqualTo(code);
  }

  @Test
  void anApplicationThatWasKilledOrLostItsDriverIsWorthAnotherCall() {
    assertThat(TaggedApplications.exitCode(FinalApplicationStatus.KILLED, "killed by user"))
        .isEqualTo(1);
    assertThat(
            TaggedApplications.exitCode(
                FinalApplicationStatus.FAILED, "AM Container exited with exit code 137"))
        .isEqualTo(1);
  }
}
