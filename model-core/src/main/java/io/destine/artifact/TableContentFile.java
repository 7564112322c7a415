package io.destine.artifact;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.TableContent;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of the rows of a side table as a safetensors file: n rows of S fields with one id, U multi
 * fields and W dense numbers, with tensors {@code id} (I32, [n * S]), {@code end} (I32, [n * U],
 * the end of each list in the next tensor), {@code list} (I32) and {@code number} (F32, [n * W]).
 */
public final class TableContentFile {
  private static final String ID = "id";
  private static final String END = "end";
  private static final String LIST = "list";
  private static final String NUMBER = "number";

  private TableContentFile() {}

  /** Writes rows. Does not close the stream. */
  public static void write(OutputStream out, EncodedBatch rows) throws IOException {
    int[] offsets = rows.multiOffsets();
    int[] ends = Arrays.copyOfRange(offsets, 1, offsets.length);
    SafetensorsWriter.write(
        out,
        List.of(
            ArrayTensor.vector(ID, DataType.I32, rows.ids(), rows.ids().length),
            ArrayTensor.vector(END, DataType.I32, ends, ends.length),
            ArrayTensor.vector(LIST, DataType.I32, rows.multiIds(), rows.multiIds().length),
            ArrayTensor.vector(NUMBER, DataType.F32, rows.dense(), rows.dense().length)),
        Map.of("rows", String.valueOf(rows.rows())));
  }

  /**
   * Reads a part of the rows into arrays.
   *
   * @param rows n
   * @throws ModelFormatException when the stream has a different format
   */
  public static TableContent.Part read(InputStream in, int rows) throws IOException {
    Map<String, Object> arrays = new HashMap<>();
    new SafetensorsReader(in)
        .read((tensor, elements) -> arrays.put(tensor.name(), elements.array(tensor)));
    return new TableContent.Part(
        rows,
        IntBuffer.wrap(VocabularyFile.of(arrays, ID, int[].class)),
        IntBuffer.wrap(VocabularyFile.of(arrays, END, int[].class)),
        IntBuffer.wrap(VocabularyFile.of(arrays, LIST, int[].class)),
        FloatBuffer.wrap(VocabularyFile.of(arrays, NUMBER, float[].class)));
  }

  /**
   * A part of the rows, in a memory-mapped file on a local disk, which the operating system caches
   * if there is enough memory. The file may be deleted while it is in use, but must not be changed.
   *
   * @param rows n
   * @throws ModelFormatException when the file has a different format
   */
  public static TableContent.Part map(Path file, int rows) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      SafetensorsReader reader =
          new SafetensorsReader(new BufferedInputStream(Channels.newInputStream(channel)));
      long data = reader.dataBegin();
      Map<String, TensorHeader> tensors = new HashMap<>();
      reader.tensors().forEach(tensor -> tensors.put(tensor.name(), tensor));
      return new TableContent.Part(
          rows,
          VocabularyFile.mapped(channel, data, tensors.get(ID), DataType.I32, ID).asIntBuffer(),
          VocabularyFile.mapped(channel, data, tensors.get(END), DataType.I32, END).asIntBuffer(),
          VocabularyFile.mapped(channel, data, tensors.get(LIST), DataType.I32, LIST).asIntBuffer(),
          VocabularyFile.mapped(channel, data, tensors.get(NUMBER), DataType.F32, NUMBER)
              .asFloatBuffer());
    }
  }

  /**
   * The table of the given parts.
   *
   * @throws ModelFormatException when the parts do not match the layout
   */
  static TableContent table(FieldLayout layout, int rowsPerPart, List<TableContent.Part> parts) {
    try {
      return new TableContent(layout, rowsPerPart, parts);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(e.getMessage(), e);
    }
  }
}
