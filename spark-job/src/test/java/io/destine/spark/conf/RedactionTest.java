package io.destine.spark.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Secrets do not appear in output or saved files; a command that needs a removed secret reports it.
 */
class RedactionTest {
  private static final String JOB =
      """
      source { path = clicks.csv, options { url = "jdbc:x://h/db", %s } }
      label = clicked
      output { model = runs/clicks }
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password",
        "dbPassword",
        "passwd",
        "pwd",
        "db.pass",
        "my.secret.thing",
        "token",
        "fs.s3a.access.key",
        "fs.azure.account.key.x.net",
        "apikey",
        "api_key",
        "credentials",
        "fs.azure.sas.container",
        "sas",
        "private-key",
        "user_pw",
        "options.key"
      })
  void keysThatSoundLikeSecretsAreHidden(String key) {
    assertThat(Redaction.of(key, "hush")).isEqualTo("(hidden)");
    assertThat(Redaction.setting("source.options." + key + "=hush")).doesNotContain("hush");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "header",
        "compass",
        "passenger",
        "sasha",
        "keyspace",
        "user",
        "bypass",
        "split.key",
        "hotkey"
      })
  void otherKeysAreNot(String key) {
    assertThat(Redaction.of(key, "shown")).isEqualTo("shown");
  }

  @Test
  void theUsersPatternForSparkCounts() {
    assertThat(Redaction.isSecret("my.pin")).isFalse();
    System.setProperty("spark.redaction.regex", "(?i)pin");
    try {
      assertThat(Redaction.isSecret("my.PIN")).isTrue();
    } finally {
      System.clearProperty("spark.redaction.regex");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '>',
      value = {
        "s3a://key:hush@bucket/path > s3a://key:(hidden)@bucket/path",
        "jdbc:x://u:hu@sh@h:5432/db?a=b > jdbc:x://u:(hidden)@h:5432/db?a=b",
        "jdbc:x://h/db?user=u&password=hush&a=b > jdbc:x://h/db?user=u&password=(hidden)&a=b",
        "jdbc:sqlserver://h;user=u;password=hush; > jdbc:sqlserver://h;user=u;password=(hidden);",
        "https://a.net/c?sv=1&sig=hush > https://a.net/c?sv=1&sig=(hidden)",
        "jdbc:x://u:${PW}@h/db > jdbc:x://u:${PW}@h/db",
        "hdfs://host:8020/a@b > hdfs://host:8020/a@b",
        "file:/a/b=c > file:/a/b=c",
        "error: a.password: give it by --set a.password=VALUE > error: a.password: give it by --set"
            + " a.password=VALUE",
        "{ \"my.token\" : \"hush, hush\" } > { \"my.token\" : (hidden) }",
      })
  void addressesLoseTheirPasswords(String address, String shown) {
    assertThat(Redaction.text(address.strip())).isEqualTo(shown.strip());
  }

  /** HOME stands for a variable that holds a secret: it is set wherever tests run. */
  @Test
  void theVariableThatASecretComesFromIsKeptInItsPlace() {
    JobConfig c =
        JobConfigReader.parse(
            JOB.formatted("password = ${?HOME}, token = hush, note = ${HOME}"), List.of());
    String home = System.getenv("HOME");
    assertThat(c.source().form().options())
        .containsEntry("password", home)
        .containsEntry("token", "hush");
    assertThat(c.toJson())
        .contains("\"password\" : \"${HOME}\"")
        .contains("\"token\" : \"(hidden)\"")
        .doesNotContain("hush");

    JobConfig again =
        JobConfigReader.stored("runs/x", c.toJson(), List.of("source.options.token=hush"), true);
    assertThat(again.source().form().options()).isEqualTo(c.source().form().options());
    assertThat(again.fingerprint()).isEqualTo(c.fingerprint());
  }

  @Test
  void theSecretOfASideTableIsKeptAsItsVariable() {
    String job =
        JOB.formatted("a = b")
            + "tables.my-token { path = i, key = k, fields = [f], options { a = ${HOME}, %s } }\n";
    JobConfig c = JobConfigReader.parse(job.formatted("fs.s3a.secret.key = ${?HOME}"), List.of());
    assertThat(c.toJson())
        .contains("\"fs.s3a.secret.key\" : \"${HOME}\"")
        .contains("\"a\" : \"" + System.getenv("HOME") + '"');
    JobConfig again = JobConfigReader.stored("runs/x", c.toJson(), List.of(), true);
    assertThat(again.tables().get(0).source().form().options())
        .isEqualTo(c.tables().get(0).source().form().options());
    assertThat(JobConfigReader.stored("runs/x", c.toJson(), List.of(), false)).isNotNull();
    JobConfig written = JobConfigReader.parse(job.formatted("fs.s3a.secret.key = hush"), List.of());
    assertThat(c.fingerprint()).isEqualTo(written.fingerprint()).isEqualTo(again.fingerprint());
    assertThat(c.encodingFingerprint()).isEqualTo(written.encodingFingerprint());
  }

  @Test
  void whereASecretComesFromDoesNotChangeTheFingerprints() {
    JobConfig written = JobConfigReader.parse(JOB.formatted("password = hush"), List.of());
    JobConfig referred = JobConfigReader.parse(JOB.formatted("password = ${HOME}"), List.of());
    assertThat(referred.fingerprint()).isEqualTo(written.fingerprint());
    assertThat(referred.encodingFingerprint()).isEqualTo(written.encodingFingerprint());
  }

  @Test
  void aStoredConfigurationAsksForTheSecretsItLacks() {
    String json =
        JobConfigReader.parse(JOB.formatted("password = hush"), List.of())
            .toJson()
            .replace("\"options\" : {", "\"options\" : { \"token\" : \"${NO_SUCH_VARIABLE}\",");
    assertThatThrownBy(() -> JobConfigReader.stored("runs/x", json, List.of(), true))
        .isInstanceOfSatisfying(
            ConfigProblems.class,
            e ->
                assertThat(e.problems())
                    .containsExactlyInAnyOrder(
                        "runs/x: source.options.password: this secret is not stored; give it with"
                            + " --set source.options.password=VALUE",
                        "runs/x: source.options.token: set the environment variable"
                            + " NO_SUCH_VARIABLE, or use --set source.options.token=VALUE"));
  }

  @Test
  void aPasswordInAnAddressIsAskedForToo() {
    JobConfig c =
        JobConfigReader.parse(
            JOB.formatted("a = b"),
            List.of(
                "source.path=s3a://key:hush@bucket/x",
                "source.options.url=jdbc:x://u:${HOME}@h/db"));
    assertThat(c.toJson()).doesNotContain("hush").contains("jdbc:x://u:${HOME}@h/db");
    assertThatThrownBy(() -> JobConfigReader.stored("runs/x", c.toJson(), List.of(), true))
        .hasMessageContaining(
            "source.path: its password is not stored; give the whole value with --set");
    assertThat(
            JobConfigReader.stored("runs/x", c.toJson(), List.of("source.path=a.csv"), true)
                .source()
                .form()
                .options())
        .isEqualTo(Map.of("a", "b", "url", "jdbc:x://u:" + System.getenv("HOME") + "@h/db"));
  }

  @Test
  void problemsDoNotRepeatSecrets() {
    assertThatThrownBy(
            () ->
                JobConfigReader.parse(
                    JOB.formatted("a = b"), List.of("train.epochs=jdbc:x://u:hush@h")))
        .isInstanceOf(ConfigProblems.class)
        .message()
        .doesNotContain("hush");
  }

  /**
   * An option named key of a reader is secret, as it may be the key of a store; the column in
   * split.key is not.
   */
  @Test
  void anOptionOfTheNameKeyIsHidden() {
    JobConfig c =
        JobConfigReader.parse(JOB.formatted("key = hush, user_pw = hush"), List.of("split.key=u"));
    assertThat(c.toJson()).doesNotContain("hush").contains("\"key\" : \"u\"");
  }
}
