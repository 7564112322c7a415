package io.destine.spark.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;

class SourceFilesTest {
  private static final List<Path> FILES =
      IntStream.range(0, 500).mapToObj(i -> new Path("file-" + i)).toList();

  @Test
  void answersAreInTheOrderOfTheFiles() {
    assertThat(SourceFiles.ofEach(FILES, Path::getName))
        .isEqualTo(FILES.stream().map(Path::getName).toList());
    assertThat(SourceFiles.ofEach(List.of(), Path::getName)).isEmpty();
  }

  @Test
  void theFirstFileThatFailsIsTheReason() {
    assertThatThrownBy(
            () ->
                SourceFiles.ofEach(
                    FILES,
                    file -> {
                      if (file.getName().endsWith("7")) {
                        throw new IllegalStateException(file.getName());
                      }
                      return file;
                    }))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("file-7");
  }
}
