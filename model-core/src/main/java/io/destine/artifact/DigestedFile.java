package io.destine.artifact;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * Writes a new file of a model directory and computes its digest. When storage fails, all calls
 * throw an {@link UncheckedIOException} that names the file.
 */
final class DigestedFile implements AutoCloseable {
  private final String path;
  private final DigestingOutputStream out;

  /** Writes bytes of a file. */
  interface Content {
    void write(OutputStream out) throws IOException;
  }

  private DigestedFile(String path, DigestingOutputStream out) {
    this.path = path;
    this.out = out;
  }

  /** Writes a whole file. */
  static FileDigest store(ModelDirectory directory, String name, Content content) {
    try (DigestedFile file = create(directory, name)) {
      file.write(content);
      return file.digest();
    }
  }

  static DigestedFile create(ModelDirectory directory, String name) {
    return new DigestedFile(
        directory.location() + "/" + name, new DigestingOutputStream(directory.create(name)));
  }

  /** Appends content. */
  void write(Content content) {
    try {
      content.write(out);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Length and digest of the bytes written; called once. */
  FileDigest digest() {
    return out.digest();
  }

  /** Closes the file; further calls do nothing. */
  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private UncheckedIOException failure(IOException cause) {
    return new UncheckedIOException("Cannot write " + path + ": " + cause, cause);
  }
}
