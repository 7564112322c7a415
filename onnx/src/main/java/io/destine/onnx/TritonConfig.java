package io.destine.onnx;

import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The file {@value #FILE} of a graph in a model repository of Triton: a {@code ModelConfig} in
 * protobuf's text format, with the tensors of the graph and their shapes. The shapes include the
 * number of rows, so that requests have the shapes of the graph on every server with the V2
 * protocol.
 *
 * <p>A file has a generated part between two comments, followed by the user's settings, which are
 * kept when the file is replaced.
 */
public final class TritonConfig {
  /** Name of the file, in the directory of the model. */
  public static final String FILE = "config.pbtxt";

  private static final String MARK = "# Written by destine export, from here";
  private static final String BEGIN =
      MARK + " to the comment \"The last line of destine export.\" Add settings below it.\n";
  private static final String END = "# The last line of destine export.";

  private static final String OPEN_SHAPE = "-1";

  private TritonConfig() {}

  /**
   * The text of a file.
   *
   * @param graph the graph next to the file
   * @param earlier the text to replace, with the settings to keep; empty if none
   */
  public static String of(OnnxFile graph, String earlier) {
    StringBuilder text = new StringBuilder(BEGIN);
    text.append("backend: \"onnxruntime\"\nplatform: \"onnxruntime_onnx\"\n");
    text.append("# The first dimension of every tensor is the number of rows of the request.\n");
    text.append("max_batch_size: 0\n");
    for (GraphInput input : graph.inputs()) {
      String type =
          switch (input.takes()) {
            case TEXT, TEXTS -> "TYPE_STRING";
            case NUMBER -> "TYPE_FP64";
            case ID, IDS -> "TYPE_INT64";
            case VECTOR, FLOATS -> "TYPE_FP32";
          };
      tensor(text, "input", input.name(), type, input.shape());
    }
    for (String output : List.of(OnnxGraph.PROBABILITY, OnnxGraph.LOGIT)) {
      tensor(text, "output", output, "TYPE_FP32", List.of(OPEN_SHAPE));
    }
    return text.append(END).append('\n').append(settings(earlier)).toString();
  }

  private static void tensor(
      StringBuilder text, String kind, String name, String type, List<String> shape) {
    List<String> dims =
        shape.stream().map(size -> size.matches("\\d+") ? size : OPEN_SHAPE).toList();
    text.append(
        String.format(
            "%s { name: \"%s\" data_type: %s dims: [ %s ] }\n",
            kind,
            TextFormat.escapeDoubleQuotesAndBackslashes(name).replace("\n", "\\n"),
            type,
            String.join(", ", dims)));
  }

  /** The lines below the generated part; an editor may have changed its line ends. */
  private static String settings(String earlier) {
    int end = earlier.indexOf(END);
    int next = end < 0 ? -1 : earlier.indexOf('\n', end);
    return next < 0 ? "" : earlier.substring(next + 1);
  }

  /** True if the stream begins like such a file. */
  public static boolean isOwn(InputStream in) throws IOException {
    byte[] mark = MARK.getBytes(StandardCharsets.US_ASCII);
    return Arrays.equals(in.readNBytes(mark.length), mark);
  }
}
