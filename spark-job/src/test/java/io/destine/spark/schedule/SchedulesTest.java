package io.destine.spark.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.Source;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xml.sax.SAXException;

/** The files under schedules/, as far as they can be tried without the scheduler itself. */
class SchedulesTest {
  private static final Path SCHEDULES = ScriptRun.PROJECT.resolve("schedules");

  /** Where the files suppose the project. */
  private static final String INSTALLED = "/opt/destine";

  @TempDir Path directory;

  private static String read(String name) throws IOException {
    return Files.readString(SCHEDULES.resolve(name));
  }

  /**
   * Runs the command of a schedule with a stub in place of the job, and returns the stub's
   * arguments.
   */
  private String called(Map<String, String> environment, String words) throws Exception {
    assertThat(words).startsWith(INSTALLED + "/submit-scripts/nightly.sh ");
    Path stub = directory.resolve("submit");
    Files.writeString(stub, "#!/usr/bin/env bash\nprintf '%s ' \"$@\"\n");
    Files.setPosixFilePermissions(stub, PosixFilePermissions.fromString("rwxr-xr-x"));
    Map<String, String> all =
        new HashMap<>(Map.of("DESTINE_SUBMIT", stub.toString(), "DESTINE_NIGHTLY_ON", "local"));
    all.putAll(environment);
    all.put("DESTINE_NIGHTLY_LOG_DIR", directory.resolve("logs").toString());
    List<String> command =
        new ArrayList<>(
            List.of(words.replace(INSTALLED, ScriptRun.PROJECT.toString()).strip().split(" +")));
    ScriptRun run = ScriptRun.start(directory, all, command).end();
    assertThat(run.code()).as(run.err()).isZero();
    try (Stream<Path> logs = Files.list(directory.resolve("logs"))) {
      return Files.readString(
          logs.filter(file -> file.toString().endsWith(".log")).findFirst().orElseThrow());
    }
  }

  private static final String SUBMITTED =
      "--deploy-mode cluster --driver-memory 4g --num-executors 4 --executor-cores 4"
          + " --executor-memory 8g nightly --date ";

  @Test
  void theCronLineHasFiveFieldsAUserAndACallThatTheScriptTakes() throws Exception {
    Pattern assignment = Pattern.compile("([A-Z_]+)=(.+)");
    String field = "(?:\\*|\\d+(?:-\\d+)?(?:,\\d+(?:-\\d+)?)*)(?:/\\d+)?";
    Pattern call = Pattern.compile("((?:%s +){5})([a-z_][a-z0-9_-]*) +([^%%]+)".formatted(field));
    Map<String, String> environment = new HashMap<>();
    List<String> calls = new ArrayList<>();
    String text = read("cron");
    assertThat(text).endsWith("\n");
    for (String line : text.lines().filter(l -> !l.startsWith("#")).toList()) {
      Matcher set = assignment.matcher(line);
      Matcher row = call.matcher(line);
      if (row.matches()) {
        assertThat(row.group(1).strip()).isEqualTo("30 2,4 * * *");
        calls.add(row.group(3));
      } else {
        assertThat(set.matches()).as(line).isTrue();
        if (set.group(1).startsWith("DESTINE_NIGHTLY_")) {
          environment.put(set.group(1), set.group(2));
        }
      }
    }
    assertThat(calls).hasSize(1);
    assertThat(called(environment, calls.get(0))).contains(SUBMITTED);
  }

  @Test
  void theServiceCallsTheScriptAndTellsItsExitCodesApart() throws Exception {
    Map<String, String> unit = settings(read("systemd/destine-nightly.service"));
    assertThat(called(Map.of(), unit.get("ExecStart"))).contains(SUBMITTED).contains("timeout 6h");
    assertThat(unit)
        .containsEntry("Restart", "on-failure")
        .containsEntry("RestartPreventExitStatus", "2 3")
        .containsEntry("SuccessExitStatus", "4")
        .doesNotContainKey("MemoryDenyWriteExecute");
    Map<String, String> timer = settings(read("systemd/destine-nightly.timer"));
    assertThat(timer)
        .containsEntry("Persistent", "true")
        .containsEntry("OnCalendar", "*-*-* 02:30:00 UTC")
        .containsKey("RandomizedDelaySec");
  }

  private static Map<String, String> settings(String unit) {
    Map<String, String> settings = new HashMap<>();
    unit.lines()
        .filter(line -> line.matches("[A-Za-z]+=.*"))
        .forEach(line -> settings.put(line.split("=", 2)[0], line.split("=", 2)[1]));
    return settings;
  }

  @Test
  void systemdTakesBothUnits() throws Exception {
    assumeTrue(ScriptRun.isInstalled("systemd-analyze"), "systemd-analyze is not installed");
    for (String name : List.of("destine-nightly.service", "destine-nightly.timer")) {
      Files.writeString(
          directory.resolve(name),
          read("systemd/" + name).replace(INSTALLED, ScriptRun.PROJECT.toString()));
    }
    ScriptRun run =
        ScriptRun.of(
            directory,
            Map.of(),
            "systemd-analyze",
            "verify",
            "--man=no",
            directory.resolve("destine-nightly.service").toString(),
            directory.resolve("destine-nightly.timer").toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).doesNotContain("destine-nightly");
  }

  private static final String AIRFLOW_PYTHON = System.getenv("AIRFLOW_PYTHON");

  @ParameterizedTest
  @CsvSource({
    "0, success",
    "1, AirflowException",
    "2, AirflowFailException",
    "3, AirflowSkipException",
    "4, AirflowException",
    "137, AirflowException"
  })
  void theDagRunsOneNightAfterTheOtherAndTellsExitCodesApart(int code, String end)
      throws Exception {
    assumeTrue(ScriptRun.isInstalled("python3"), "python3 is not installed");
    checkDag("python3", code, end);
  }

  @ParameterizedTest
  @CsvSource({
    "0, success",
    "1, AirflowException",
    "2, AirflowFailException",
    "3, AirflowSkipException"
  })
  void theDagDoesTheSameOnAirflowItself(int code, String end) throws Exception {
    assumeTrue(
        AIRFLOW_PYTHON != null,
        "AIRFLOW_PYTHON names no interpreter that has Airflow and its providers");
    assertThat(checkDag(AIRFLOW_PYTHON, code, end).get("real").asBoolean()).isTrue();
  }

  private JsonNode checkDag(String python, int code, String end) throws Exception {
    ScriptRun run =
        ScriptRun.of(
            directory,
            Map.of("PYTHONDONTWRITEBYTECODE", "1", "AIRFLOW_HOME", directory.toString()),
            python,
            Path.of("src/test/resources/schedule/dag_facts.py").toAbsolutePath().toString(),
            SCHEDULES.resolve("airflow/destine_nightly.py").toString(),
            Integer.toString(code));
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode dag = new ObjectMapper().readTree(run.out());
    String date = "{{ data_interval_start | ds }}";
    assertThat(dag.get("cron").asText()).isEqualTo("30 2 * * *");
    assertThat(dag.get("timezone").asText()).isEqualTo("UTC");
    assertThat(dag.get("start").asText()).endsWith("+00:00");
    assertThat(dag.get("catchup").asBoolean()).isTrue();
    assertThat(dag.get("max_active_runs").asInt()).isEqualTo(1);
    assertThat(dag.get("depends_on_past").asBoolean()).isTrue();
    assertThat(dag.get("retries").asInt()).isEqualTo(3);
    assertThat(dag.get("timeout").asInt()).isEqualTo(6 * 3600);
    assertThat(dag.get("alerts").asBoolean()).isTrue();
    assertThat(dag.get("deploy_mode").asText()).isEqualTo("client");
    assertThat(dag.get("wait").asText()).isEqualTo("/data/clicks/date=" + date + "/_SUCCESS");
    assertThat(dag.get("then").toString()).isEqualTo("[\"nightly\"]");
    assertThat(dag.get("words").toString())
        .isEqualTo(
            "[\"nightly\",\"--config\",\"/etc/destine/clicks.conf\",\"--date\",\"" + date + "\"]");
    assertThat(dag.get("conf").get("spark.yarn.tags").asText())
        .isEqualTo("destine-nightly-" + date);
    assertThat(dag.get("end").asText()).isEqualTo(end);
    assertThat(run.err().contains("ALERT: nightly of 2026-11-24")).isEqualTo(code == 3);
    return dag;
  }

  @Test
  void theSchedulesNameTheJarOfThisVersion() throws IOException {
    Matcher version =
        Pattern.compile("<artifactId>destine-parent</artifactId>\\s*<version>(.+?)</version>")
            .matcher(Files.readString(ScriptRun.PROJECT.resolve("pom.xml")));
    assertThat(version.find()).isTrue();
    for (String name :
        List.of(
            "cron",
            "systemd/destine-nightly.service",
            "airflow/destine_nightly.py",
            "oozie/job.properties",
            "kubernetes/destine-nightly.yaml")) {
      assertThat(read(name)).as(name).contains("/destine-spark-" + version.group(1) + ".jar");
    }
  }

  /** Against the schemas that Oozie's server uses. */
  private static void validate(String text, String... schemas) throws IOException, SAXException {
    SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
    ClassLoader loader = SchedulesTest.class.getClassLoader();
    Source[] sources = new Source[schemas.length];
    for (int i = 0; i < schemas.length; i++) {
      sources[i] = new StreamSource(loader.getResource(schemas[i]).toExternalForm());
    }
    factory.newSchema(sources).newValidator().validate(new StreamSource(new StringReader(text)));
  }

  private static final String COORDINATOR = "oozie-coordinator-0.5.xsd";
  private static final String[] WORKFLOW = {"oozie-workflow-1.0.xsd", "spark-action-1.0.xsd"};

  @Test
  void oozieTakesTheCoordinator() throws Exception {
    String text = read("oozie/coordinator.xml");
    validate(text, COORDINATOR);
    assertThat(text)
        .contains("<concurrency>1</concurrency>")
        .contains("<execution>FIFO</execution>")
        .contains("<done-flag>_SUCCESS</done-flag>")
        .contains("<instance>${coord:current(-1)}</instance>")
        .contains(
            "${coord:formatTime(coord:dateOffset(coord:nominalTime(), -1, 'DAY'), 'yyyy-MM-dd')}");
    assertThatThrownBy(() -> validate(text.replace("execution>", "order>"), COORDINATOR))
        .isInstanceOf(SAXException.class)
        .hasMessageContaining("order");
  }

  @Test
  void oozieTakesTheWorkflow() throws Exception {
    String text = read("oozie/workflow.xml");
    validate(text, WORKFLOW);
    assertThat(text).containsSubsequence("<arg>nightly</arg>", "<arg>--date</arg>", "<arg>${date}");
    assertThatThrownBy(() -> validate(text.replace("spark-opts>", "options>"), WORKFLOW))
        .isInstanceOf(SAXException.class)
        .hasMessageContaining("options");
  }

  @Test
  void everyNameInOoziesFilesIsGivenByThePropertiesOrTheCoordinator() throws Exception {
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(SCHEDULES.resolve("oozie/job.properties"))) {
      properties.load(in);
    }
    TreeSet<String> used = new TreeSet<>();
    String texts = read("oozie/coordinator.xml") + read("oozie/workflow.xml") + properties.values();
    Matcher names = Pattern.compile("\\$\\{([a-zA-Z]+)}").matcher(texts);
    while (names.find()) {
      used.add(names.group(1));
    }
    used.removeAll(List.of("YEAR", "MONTH", "DAY", "date"));
    TreeSet<String> given = new TreeSet<>(properties.stringPropertyNames());
    given.removeIf(name -> name.startsWith("oozie."));
    assertThat(used).isEqualTo(given);
  }

  /** Oozie does not read that file, so the settings are repeated in the workflow. */
  @Test
  void theWorkflowsSparkSettingsAreThoseOfSparkDefaults() throws Exception {
    Properties defaults = new Properties();
    try (InputStream in =
        Files.newInputStream(ScriptRun.PROJECT.resolve("conf/spark-defaults.conf"))) {
      defaults.load(in);
    }
    String options =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(SCHEDULES.resolve("oozie/workflow.xml").toFile())
            .getElementsByTagName("spark-opts")
            .item(0)
            .getTextContent();
    Matcher conf = Pattern.compile("--conf ([\\w.]+)=(\"[^\"]*\"|\\S+)").matcher(options);
    Properties settings = new Properties();
    while (conf.find()) {
      settings.put(conf.group(1), conf.group(2).replace("\"", ""));
    }
    settings.remove("spark.yarn.tags");
    assertThat(settings).isEqualTo(defaults);
  }
}
