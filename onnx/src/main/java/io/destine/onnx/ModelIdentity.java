package io.destine.onnx;

import java.util.Objects;

/**
 * The model and the program from which a file was created.
 *
 * @param manifestSha256 of the model directory's manifest
 * @param program version of the program that exports
 */
public record ModelIdentity(String manifestSha256, String program) {
  public ModelIdentity {
    Objects.requireNonNull(manifestSha256, "manifestSha256");
    Objects.requireNonNull(program, "program");
  }
}
