package io.destine.onnx;

import java.util.List;
import java.util.Optional;

/**
 * An input of an exported graph.
 *
 * @param name in the graph: the field's name, unless a tensor of the network or an output has it
 * @param field its field, or a description when it does not belong to a single field
 * @param takes the kind of its values
 * @param shape its dimensions: "batch" for B, "values of NAME" for K, the length of the longest
 *     list, or a number
 * @param reason the reason why it takes ids although texts or numbers were requested; empty
 *     otherwise
 */
public record GraphInput(
    String name, String field, Takes takes, List<String> shape, Optional<String> reason) {

  /** The values of an input for each row, with their element type in ONNX. */
  public enum Takes {
    /** A text, empty when missing. */
    TEXT("string"),
    /** K texts, padded with empty ones. */
    TEXTS("string"),
    /** A number, NaN when missing. */
    NUMBER("double"),
    /** Numbers, zeros when missing. */
    VECTOR("float"),
    /** An id. */
    ID("int64"),
    /** K ids, padded with -1. */
    IDS("int64"),
    /** The embeddings of all fields, or a sum of first-order weights. */
    FLOATS("float");

    private final String elements;

    Takes(String elements) {
      this.elements = elements;
    }

    /** The element type. */
    public String elements() {
      return elements;
    }
  }

  public GraphInput {
    shape = List.copyOf(shape);
  }
}
