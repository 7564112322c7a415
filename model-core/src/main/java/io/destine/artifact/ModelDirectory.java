package io.destine.artifact;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The storage of the files of one model: names to streams. Names are relative, with '/' between
 * directories, see {@link FileName}. Methods throw {@link java.io.UncheckedIOException} with the
 * path when storage fails.
 */
public interface ModelDirectory {
  /** Creates a file, and its parents, replacing one of that name. Closing the stream stores it. */
  OutputStream create(String name);

  /** Opens a file for reading. */
  InputStream open(String name);

  /** Names of all files, also those in sub-directories, sorted; empty when there are none. */
  List<String> list();

  /** Bytes of a file, or -1 when there is none of that name. */
  long length(String name);

  /** The path, for messages. */
  String location();

  /** The path of the file of that name on a local disk, or empty when it is elsewhere. */
  default Optional<Path> local(String name) {
    return Optional.empty();
  }
}
