package io.destine.artifact;

import java.io.Serializable;

/**
 * The entry of a file in a manifest.
 *
 * @param length bytes
 * @param sha256 SHA-256 in lower-case hexadecimal digits
 */
public record FileDigest(long length, String sha256) implements Serializable {
  private static final long serialVersionUID = 1;
}
