package io.destine.onnx;

import io.destine.feature.Vocabulary;
import java.util.Objects;

/**
 * The options of an exported graph.
 *
 * @param inputs the form of fields with ids
 * @param denseOnly embeddings [B, M, d] come in, made elsewhere, and the graph has no tables
 * @param inlineBytes most bytes of tensors and texts inside the file; beyond them the tensors go to
 *     a file of their own beside it
 */
public record ExportOptions(InputForm inputs, boolean denseOnly, long inlineBytes) {

  /** Values that a vocabulary may have for its graph to take texts by default. */
  public static final int MOST_TEXTS = 1_000_000;

  /** A little below 2^31, where the messages of ONNX end. */
  public static final long INLINE_BYTES = 2_000_000_000L;

  public ExportOptions {
    Objects.requireNonNull(inputs, "inputs");
    if (inlineBytes < 0 || inlineBytes > INLINE_BYTES) {
      throw new IllegalArgumentException(
          "inlineBytes must be from 0 to " + INLINE_BYTES + ", got " + inlineBytes);
    }
  }

  /** Inputs of the given form, tables included. */
  public static ExportOptions of(InputForm inputs) {
    return new ExportOptions(inputs, false, INLINE_BYTES);
  }

  /** The form of inputs that suits a vocabulary: texts unless they are too many for a graph. */
  public static InputForm defaultInputs(Vocabulary vocabulary) {
    long values = 0;
    for (int count : vocabulary.valuesByField()) {
      values += count;
    }
    return values <= MOST_TEXTS ? InputForm.STRINGS : InputForm.IDS;
  }

  /** The same with a graph over embeddings. */
  public ExportOptions overEmbeddings() {
    return new ExportOptions(inputs, true, inlineBytes);
  }

  /** The same with another limit of what lies inside the file. */
  public ExportOptions withInlineBytes(long bytes) {
    return new ExportOptions(inputs, denseOnly, bytes);
  }
}
