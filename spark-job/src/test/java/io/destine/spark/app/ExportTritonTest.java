package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models in a Triton model repository, and files there that must not change. */
class ExportTritonTest {
  private static final Path MODELS = Path.of("../model-core/src/test/resources/frozen/1.0");
  private static final Path MODEL = MODELS.resolve("all-parts");

  @TempDir Path repository;

  @BeforeAll
  static void session() {
    SharedSpark.session();
  }

  private CommandRun export(Path output, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("export", "--model", MODEL.toString(), "--output", output.toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private CommandRun triton(Path output, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--format", "triton"));
    arguments.addAll(List.of(more));
    return export(output, arguments.toArray(String[]::new));
  }

  private static CommandRun done(CommandRun run) {
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  private static void refused(String reason, CommandRun run) {
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(OneLine.problem(run)).isNull();
    assertThat(run.errors()).singleElement().asString().containsPattern(reason);
  }

  private static List<String> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void aModelHasTheGraphOfTheOtherFormatAndAConfiguration() throws Exception {
    Path model = repository.resolve("clicks");
    CommandRun run = done(triton(model));
    assertThat(files(repository)).containsExactly("clicks/1/model.onnx", "clicks/config.pbtxt");
    Path graph = repository.resolve("graph.onnx");
    done(export(graph, "--format", "onnx"));
    assertThat(model.resolve("1/model.onnx")).hasSameBinaryContentAs(graph);
    assertThat(run.json().get("format").asText()).isEqualTo("triton");
    assertThat(run.json().get("output").asText()).isEqualTo(model.toString());
    assertThat(run.json().get("bytes").asLong()).isEqualTo(Files.size(graph));
    assertThat(run.json().get("fields_by_id")).hasSize(3);
    assertThat(run.err()).contains("bytes in " + model + "/1/model.onnx");
    assertThat(model.resolve("config.pbtxt"))
        .content()
        .contains("input { name: \"user\" data_type: TYPE_INT64 dims: [ -1 ] }")
        .contains("input { name: \"tags\" data_type: TYPE_INT64 dims: [ -1, -1 ] }")
        .contains("input { name: \"image\" data_type: TYPE_FP32 dims: [ -1, 3 ] }");
  }

  @Test
  void anEarlierExportIsReplacedWithTheOptionAndKeepsSettings() throws Exception {
    Path model = repository.resolve("clicks");
    done(triton(model, "--dense-only"));
    refused("earlier export; add --overwrite", triton(model));
    Path config = model.resolve("config.pbtxt");
    String settings = "instance_group { kind: KIND_CPU count: 2 }\n";
    Files.writeString(config, settings, StandardOpenOption.APPEND);
    done(triton(model, "--overwrite"));
    assertThat(config).content().endsWith(settings).contains("tags").doesNotContain("embeddings");
    Files.writeString(config, Files.readString(config).replace("\n", "\r\n"));
    done(triton(model, "--overwrite"));
    assertThat(config).content().contains("instance_group { kind: KIND_CPU count: 2 }");
    assertThat(files(repository)).containsExactly("clicks/1/model.onnx", "clicks/config.pbtxt");
  }

  @Test
  void aDirectoryWithFilesOfOthersIsLeftAlone() throws Exception {
    Path model = repository.resolve("clicks");
    done(triton(model));
    Path other = Files.createDirectories(model.resolve("2")).resolve("model.onnx");
    Files.writeString(other, "another version");
    refused("has 2/model.onnx, which was not written by", triton(model, "--overwrite"));
    Files.delete(other);
    Files.writeString(model.resolve("config.pbtxt"), "backend: \"onnxruntime\"\n");
    refused("has config.pbtxt, which was not written by", triton(model, "--overwrite"));
    assertThat(model.resolve("config.pbtxt")).hasContent("backend: \"onnxruntime\"\n");
    Files.delete(model.resolve("config.pbtxt"));
    Files.writeString(model.resolve("1/model.onnx"), "another graph");
    refused("was not written by export", triton(model, "--overwrite"));
    assertThat(model.resolve("1/model.onnx")).hasContent("another graph");
    refused("is a file", triton(model.resolve("1/model.onnx"), "--overwrite"));
    refused("which holds a model", triton(MODEL, "--overwrite"));
    refused("which holds a model", triton(MODEL.resolve("triton")));
  }

  @Test
  void remainsOfAKilledExportDoNotStopTheNext() throws Exception {
    Path model = repository.resolve("clicks");
    done(triton(model));
    String random = ".new-01234567-89ab-cdef-0123-456789abcdef";
    Files.writeString(model.resolve("1/.model.onnx" + random), "half");
    Files.writeString(model.resolve(".config.pbtxt" + random), "half");
    Files.delete(model.resolve("config.pbtxt"));
    done(triton(model, "--overwrite"));
    assertThat(files(repository)).containsExactly("clicks/1/model.onnx", "clicks/config.pbtxt");
  }
}
