package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar in a stock distribution of Spark, pip's pyspark: the Python package, and the examples of
 * docs/spark-ml.md in Python, Scala and Java. Needs the jar, Python and pip.
 */
@Tag("jar")
@Full
class StockSparkTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path EXAMPLES = ROOT.resolve("examples/spark-ml");

  /** Lines that Spark logs before it knows its level are fewer; it logs thousands at level INFO. */
  private static final int MOST_INFO = 20;

  /** The end of a run of unittest with at least one test and none skipped. */
  private static final Pattern ALL_PASSED = Pattern.compile("Ran [1-9]\\d* tests? .*\\s+OK\\n");

  @TempDir static Path directory;

  @BeforeAll
  static void makeEnvironment() throws IOException, InterruptedException {
    PythonEnvironment.jar();
    PythonEnvironment.require();
  }

  private static String run(String name, List<String> command)
      throws IOException, InterruptedException {
    Path log = directory.resolve(name + ".log");
    int code = PythonEnvironment.run(directory, log, command);
    assertThat(code).as(PythonEnvironment.end(log)).isZero();
    return Files.readString(log);
  }

  @Test
  void thePythonPackageDoesWhatItsTestsSay() throws IOException, InterruptedException {
    Path clicks = ClickTable.write(directory);
    Dataset<Row> table =
        SharedSpark.session()
            .read()
            .option("header", true)
            .csv(clicks.toString())
            .withColumn("label", functions.col("clicked").cast("double"));
    DestineModel model =
        ClickTable.classifier().setLabelCol("label").setAttentionDropout(0).setEpochs(2).fit(table);
    model.save(directory.resolve("java").toString());
    String log =
        run(
            "python",
            List.of(
                PythonEnvironment.program("python"),
                ROOT + "/spark-job/src/test/python/test_destine_spark.py",
                PythonEnvironment.jar().toString(),
                clicks.toString(),
                directory.toString()));
    assertThat(log).containsPattern(ALL_PASSED);
    DestineModel same =
        ClickTable.classifier().setLabelCol("label").setAttentionDropout(0).fit(table);
    assertThat(tensors(directory.resolve("model")))
        .isEqualTo(tensors(Path.of(same.directory().replace("file:", ""))));
  }

  @Test
  void thePythonPackageWorksOverSparkConnect() throws IOException, InterruptedException {
    assumeTrue(
        PythonEnvironment.hasConnect(),
        "not for Spark 3.5: Connect knows Spark ML from Spark 4 on");
    String log =
        run(
            "connect",
            List.of(
                PythonEnvironment.program("python"),
                ROOT + "/spark-job/src/test/python/test_connect.py",
                PythonEnvironment.jar().toString(),
                ClickTable.write(directory).toString(),
                directory.toString()));
    assertThat(log).containsPattern(ALL_PASSED);
  }

  private static String plainSession(String mode) throws IOException, InterruptedException {
    String log =
        run(
            mode,
            List.of(
                PythonEnvironment.program("python"),
                ROOT + "/spark-job/src/test/python/test_plain_session.py",
                PythonEnvironment.jar().toString(),
                ClickTable.write(directory).toString(),
                mode));
    assertThat(log).containsPattern("OK \\(skipped=2\\)");
    return log;
  }

  @Test
  void plainPythonTakesTheVectorKernelWhenThePackageIsImportedFirst()
      throws IOException, InterruptedException {
    assertThat(plainSession("import-first")).contains("epoch 2/2").doesNotContain("slow kernel");
  }

  /** Spark 4 asks for the module itself. */
  @Test
  void aJvmWithoutTheVectorModuleIsWarnedOfOnce() throws IOException, InterruptedException {
    assumeTrue(!PythonEnvironment.hasConnect(), "not for Spark 4: it asks for the module itself");
    assertThat(plainSession("session-first"))
        .containsOnlyOnce("slow kernel")
        .containsPattern("WARN .*--add-modules=jdk.incubator.vector");
  }

  @Test
  void aMissingSessionOrJarIsSaidInASentence() throws IOException, InterruptedException {
    plainSession("no-jar");
  }

  private static Object tensors(Path model) throws IOException {
    return ModelDigests.of(model, name -> name.endsWith(".safetensors"));
  }

  private static List<String> submit(String program, String... words) {
    List<String> command =
        new ArrayList<>(List.of(PythonEnvironment.program(program), "--master", "local[2]"));
    command.addAll(List.of("--driver-memory", "2g"));
    command.addAll(List.of("--properties-file", ROOT + "/conf/spark-defaults.conf"));
    command.addAll(List.of("--jars", PythonEnvironment.jar().toString()));
    command.addAll(List.of(words));
    return command;
  }

  /** The lines of the document that submit the example, for whose paths there are links. */
  private static String commands(String document) throws IOException {
    Path jar = PythonEnvironment.jar();
    Path built = Files.createDirectories(directory.resolve("spark-job/target"));
    Files.createSymbolicLink(built.resolve(jar.getFileName()), jar);
    Files.createSymbolicLink(directory.resolve("conf"), ROOT.resolve("conf"));
    Files.createSymbolicLink(directory.resolve("examples/spark-ml"), EXAMPLES);
    return document
        .lines()
        .dropWhile(line -> !line.startsWith("    JAR="))
        .takeWhile(line -> !line.isEmpty())
        .collect(Collectors.joining("\n"));
  }

  /** On a twentieth of the flights, which lie where the examples look for them. */
  @Test
  void theExamplesOfTheDocumentGiveTheSameFigure() throws IOException, InterruptedException {
    String flights = "examples/flights/flights.parquet";
    SharedSpark.session()
        .read()
        .parquet(ROOT.resolve(flights).toString())
        .sample(0.05, 1)
        .coalesce(1)
        .write()
        .parquet(directory.resolve(flights).toString());
    String document = Files.readString(ROOT.resolve("docs/spark-ml.md"));
    assertThat(document).contains(Files.readString(EXAMPLES.resolve("flight_delays.scala")));
    String python = Files.readString(EXAMPLES.resolve("flight_delays.py"));
    assertThat(ROOT.resolve("README.md"))
        .content()
        .contains(python.substring(python.indexOf("flights = ")));
    String log = run("py", List.of("bash", "-c", commands(document)));
    assertThat(log.lines().filter(line -> line.contains(" INFO ")))
        .as("epochs stand out")
        .hasSizeLessThan(MOST_INFO);
    assertThat(log.lines().filter(line -> line.matches("epoch [1-4]/4 .*"))).hasSize(4);
    String figure = auc(log);
    assertThat(Double.parseDouble(figure)).isBetween(0.58, 0.75);
    String scala =
        auc(run("scala", submit("spark-shell", "-i", EXAMPLES + "/flight_delays.scala")));
    assertThat(scala).isEqualTo(figure);
    compile(EXAMPLES.resolve("FlightDelays.java"));
    String java =
        auc(run("java", submit("spark-submit", "--class", "FlightDelays", packed().toString())));
    assertThat(java).isEqualTo(figure);
  }

  /**
   * The wrong calls in the program must be errors: mypy also reports an ignore comment on a line
   * without an error.
   */
  @Test
  void aTypeCheckerAcceptsThePackageAndAProgramThatUsesIt()
      throws IOException, InterruptedException {
    PythonEnvironment.require("mypy==2.4.1");
    Path resources = PythonEnvironment.classes();
    assertThat(resources.resolve("destine_spark/py.typed")).exists();
    String log =
        run(
            "mypy",
            List.of(
                "env",
                "MYPYPATH=" + resources,
                PythonEnvironment.program("python"),
                "-m",
                "mypy",
                "--strict",
                resources.resolve("destine_spark").toString(),
                ROOT + "/spark-job/src/test/python/typed_program.py"));
    assertThat(log).contains("no issues found in 10 source files");
  }

  /** Its fits take about a minute. */
  @Test
  void theNotebookShowsWhatItsCodeDoes() throws IOException, InterruptedException {
    Path notebook = EXAMPLES.resolve("flight_storms.ipynb");
    String profile = System.getenv("DESTINE_PROFILE");
    assumeTrue(
        profile == null || profile.isEmpty(),
        "not for Spark "
            + PythonEnvironment.VERSION
            + ": the notebook shows the default's figures");
    assertThat(notebook).content().contains("Spark " + PythonEnvironment.VERSION + "\\n");
    PythonEnvironment.require("matplotlib==3.11.2");
    Path work = Files.createDirectories(directory.resolve("notebook/examples/flights"));
    Files.createSymbolicLink(
        work.resolve("flights.parquet"), ROOT.resolve("examples/flights/flights.parquet"));
    String log =
        run(
            "notebook",
            List.of(
                "env",
                "-C",
                directory.resolve("notebook").toString(),
                "DESTINE_JAR=" + PythonEnvironment.jar(),
                PythonEnvironment.program("python"),
                ROOT + "/spark-job/src/test/python/test_notebook.py",
                notebook.toString()));
    assertThat(log).contains("picture 2 differs by").containsPattern(ALL_PASSED);
  }

  private static String auc(String log) {
    Matcher matcher = Pattern.compile("(?m)^AUC (0\\.\\d{4})$").matcher(log);
    assertThat(matcher.find()).as(log.substring(Math.max(0, log.length() - 4000))).isTrue();
    return matcher.group(1);
  }

  private static void compile(Path source) throws IOException {
    Path classes = Files.createDirectories(directory.resolve("classes"));
    Path errors = directory.resolve("javac.log");
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                Files.newOutputStream(errors),
                "-d",
                classes.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                source.toString());
    assertThat(code).as(Files.readString(errors, StandardCharsets.UTF_8)).isZero();
  }

  private static Path packed() throws IOException {
    Path jar = directory.resolve("example.jar");
    try (var out = new java.util.jar.JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new java.util.jar.JarEntry("FlightDelays.class"));
      Files.copy(directory.resolve("classes/FlightDelays.class"), out);
      out.closeEntry();
    }
    return jar;
  }
}
