package io.destine.spark.source;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.MeetingDisk;
import io.destine.spark.conf.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeaderLinesTest {
  /** The second file is empty. */
  @Test
  void filesAreReadTogetherAndTheFirstWithAnotherHeaderIsNamed(
      @TempDir java.nio.file.Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String content : List.of("y,u,u\n1,2,3\n", "", "\ny,u,u\n", "y,u,v\n", "y,u,w\n")) {
      java.nio.file.Path file = directory.resolve("part-" + files.size() + ".csv");
      Files.writeString(file, content);
      files.add(new Path(file.toUri()));
    }
    assertThatThrownBy(() -> HeaderLines.requireEqual(MeetingDisk.settings(5), files))
        .isInstanceOf(UserError.class)
        .hasMessage(
            directory
                + "/part-3.csv: the header is y,u,v, but that of other files is y,u,u; files of one"
                + " table must have the same columns in the same order");
  }
}
