package io.destine.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestInputStream;
import java.util.HexFormat;

/**
 * Reads a file and checks its length and SHA-256 in the same pass. A damaged file is always
 * reported as damaged, even if reading its content fails, too.
 */
final class VerifiedFile {
  private VerifiedFile() {}

  /** Reads the content of a file. */
  interface Reading {
    void accept(InputStream in) throws IOException;
  }

  /**
   * Reads the file of that name to its end, even if {@code reading} stops earlier.
   *
   * @throws ModelFormatException naming the file, when it is missing or is not the expected one, or
   *     when {@code reading} refuses its content
   * @throws UncheckedIOException with the path, when storage fails
   */
  static void read(ModelDirectory directory, String name, FileDigest expected, Reading reading) {
    String path = directory.location() + "/" + name;
    requireLength(path, expected.length(), directory.length(name));
    Exception refusal = null;
    String found;
    try (DigestInputStream in = new DigestInputStream(directory.open(name), Sha256.create())) {
      Unclosed stream = new Unclosed(in);
      try {
        reading.accept(stream);
      } catch (IOException | RuntimeException e) {
        refusal = e;
      }
      if (stream.failure != null) {
        throw stream.failure;
      }
      in.transferTo(OutputStream.nullOutputStream());
      found = HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + path + ": " + e, e);
    }
    if (!found.equals(expected.sha256())) {
      throw new ModelFormatException(
          path + ": SHA-256 must be " + expected.sha256() + ", got " + found, refusal);
    }
    if (refusal != null) {
      throw new ModelFormatException(path + ": " + refusal.getMessage(), refusal);
    }
  }

  private static void requireLength(String path, long expected, long found) {
    if (found != expected) {
      throw new ModelFormatException(
          path
              + (found < 0
                  ? " must exist: the manifest lists it"
                  : ": length must be " + expected + " bytes, got " + found));
    }
  }

  /**
   * Keeps the stream open so that the rest can be digested, reads skipped bytes, which a digest
   * stream leaves out, and distinguishes storage failures from content that {@code reading}
   * refuses.
   */
  private static final class Unclosed extends InputStream {
    private final InputStream in;
    private IOException failure;

    Unclosed(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      try {
        return in.read();
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      try {
        return in.read(into, at, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }
}
