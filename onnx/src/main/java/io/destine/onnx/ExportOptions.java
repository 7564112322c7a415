package io.destine.onnx;

import io.destine.feature.Vocabulary;
import java.util.Objects;

/**
 * The options of an exported graph.
 *
 * @param inputs the form of fields with ids
 * @param denseOnly true for a graph without tables, with embeddings [B, M, d] as input
 * @param inlineBytes maximum bytes of tensors and texts in the file; if there are more, the large
 *     tensors are written to a separate file next to it
 */
public record ExportOptions(InputForm inputs, boolean denseOnly, long inlineBytes) {

  /** Maximum number of values of a vocabulary for which a graph has text inputs by default. */
  public static final int MOST_TEXTS = 1_000_000;

  /** A little below 2^31, the limit of ONNX's messages. */
  public static final long INLINE_BYTES = 2_000_000_000L;

  public ExportOptions {
    Objects.requireNonNull(inputs, "inputs");
    if (inlineBytes < 0 || inlineBytes > INLINE_BYTES) {
      throw new IllegalArgumentException(
          "inlineBytes must be from 0 to " + INLINE_BYTES + ", got " + inlineBytes);
    }
  }

  /** Inputs of the given form, with tables in the graph. */
  public static ExportOptions of(InputForm inputs) {
    return new ExportOptions(inputs, false, INLINE_BYTES);
  }

  /** The default form of inputs for a vocabulary: texts, unless they are too many for a graph. */
  public static InputForm defaultInputs(Vocabulary vocabulary) {
    long values = 0;
    for (int count : vocabulary.valuesByField()) {
      values += count;
    }
    return values <= MOST_TEXTS ? InputForm.STRINGS : InputForm.IDS;
  }

  /** The same with embeddings as input of the graph. */
  public ExportOptions overEmbeddings() {
    return new ExportOptions(inputs, true, inlineBytes);
  }

  /** The same with another limit of the bytes in the file. */
  public ExportOptions withInlineBytes(long bytes) {
    return new ExportOptions(inputs, denseOnly, bytes);
  }
}
