package io.destine.spark.sink;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.store.OutputKind;
import io.destine.spark.store.Owner;
import io.destine.spark.store.StorageOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The marker file of a {@link TableOutput}: it records the kind of the table and, while its files
 * are written, the process that writes them; afterwards facts about the table.
 *
 * @param fileSystem of the output
 * @param kind of the table
 */
record OutputMarker(FileSystem fileSystem, TableOutput.Kind kind) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Spark's mark of a complete directory. */
  static final String SUCCESS = "_SUCCESS";

  /** Key of the writing process, or of a text while the files are moved. */
  private static final String UNFINISHED = "unfinished";

  /** Marks a directory as being written by this process. */
  void begin(Path directory) throws IOException {
    ObjectNode marker = JSON.createObjectNode().put("kind", kind.words());
    Owner.ofThisProcess(kind.command()).putInto(marker.putObject(UNFINISHED));
    write(directory, marker);
  }

  /** The content of the marker, instead of the facts, while a complete table's files are moved. */
  static ObjectNode moving() {
    return JSON.createObjectNode().put(UNFINISHED, "the files are being moved");
  }

  /** Writes the facts about a complete table. */
  void finish(Path directory, ObjectNode facts) throws IOException {
    ObjectNode marker = JSON.createObjectNode().put("kind", kind.words());
    marker.setAll(facts);
    write(directory, marker);
  }

  private void write(Path directory, ObjectNode marker) throws IOException {
    try (OutputStream out = StorageOutput.create(fileSystem, file(directory), true)) {
      out.write((marker.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  private static Path file(Path directory) {
    return new Path(directory, OutputKind.TABLE_FILE);
  }

  /** The process that writes a table of this kind; empty if the marker does not contain one. */
  Optional<Owner> writer(Path directory) {
    try (InputStream in = fileSystem.open(file(directory))) {
      JsonNode marker = JSON.readTree(in);
      return marker.path("kind").asText().equals(kind.words())
          ? Optional.of(Owner.of(marker.path(UNFINISHED)))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  /** True for a file of such tables. */
  static boolean own(FileStatus entry) {
    String name = entry.getPath().getName().replaceFirst("^\\.(.*)\\.crc$", "$1");
    return entry.isFile()
        && (name.startsWith("part-") || name.equals(SUCCESS) || name.equals(OutputKind.TABLE_FILE));
  }
}
