package io.destine.artifact;

import java.io.Serializable;

/**
 * What a manifest says of a file.
 *
 * @param length bytes
 * @param sha256 SHA-256 in lower-case hexadecimal digits
 */
public record FileDigest(long length, String sha256) implements Serializable {
  private static final long serialVersionUID = 1;
}
