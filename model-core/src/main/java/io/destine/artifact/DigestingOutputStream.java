package io.destine.artifact;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Counts and digests the bytes that pass through. */
final class DigestingOutputStream extends FilterOutputStream {
  private final MessageDigest sha256 = Sha256.create();
  private long length;

  DigestingOutputStream(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int b) throws IOException {
    out.write(b);
    sha256.update((byte) b);
    length++;
  }

  @Override
  public void write(byte[] bytes, int at, int count) throws IOException {
    out.write(bytes, at, count);
    sha256.update(bytes, at, count);
    length += count;
  }

  /** Length and digest of everything written; ends the digest. */
  FileDigest digest() {
    return new FileDigest(length, HexFormat.of().formatHex(sha256.digest()));
  }
}
