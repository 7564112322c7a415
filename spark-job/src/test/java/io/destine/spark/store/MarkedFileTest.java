package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkedFileTest {
  @TempDir Path directory;

  /** Writes a file, in a process whose umask the test has chosen. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      new MarkedFile("--page", Path.of(arguments[0]), "# mark", "a test").write("# mark and text");
    }
  }

  @Test
  void aFileHasThePermissionsOfTheUmask() throws IOException, InterruptedException {
    Path page = directory.resolve("page.txt");
    List<String> command = new ArrayList<>(List.of("bash", "-c", "umask 026; exec \"$@\"", "bash"));
    command.addAll(JavaProcess.command(List.of(JavaProcess.SHORT), Writer.class.getName()));
    command.add(page.toString());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    assertThat(process.waitFor()).as(Files.readString(directory.resolve("log"))).isZero();
    assertThat(page).hasContent("# mark and text");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(page)))
        .isEqualTo("rw-r-----");
  }
}
