package io.destine.kernel.nd4j;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Native memory for the activations of one kernel. A network of any batch size asks for its arrays
 * in the same order, so that the i-th request of each shares the i-th piece of memory: views of
 * several batch sizes cost the memory of the largest. Contents are undefined at first.
 *
 * <p>The pieces belong to no ND4J workspace and to no thread. A piece that becomes too small is
 * closed at once; the rest is freed when the kernel is collected.
 */
final class Scratch {
  private final DataType type;
  private final List<INDArray> pieces = new ArrayList<>();
  private int next;
  private int replacements;

  Scratch(DataType type) {
    this.type = type;
  }

  /** Starts a new sequence of requests. */
  void restart() {
    next = 0;
  }

  /** How often a piece has been replaced: views made before the last replacement are invalid. */
  int replacements() {
    return replacements;
  }

  /** The next matrix [n, w] of the sequence. */
  RowMajorMatrix matrix(long n, long w) {
    return RowMajorMatrix.over(piece(n * w).data(), 0, n, w);
  }

  /** The next block [rows, count, width] of the sequence. */
  FieldBlock block(int rows, int count, int width) {
    return new FieldBlock(piece((long) rows * count * width).data(), rows, count, width);
  }

  /** The next scores [rows, heads, queries, fields] of the sequence. */
  ScoreBlock scores(int rows, int heads, int queries, int fields) {
    long length = (long) rows * heads * queries * fields;
    return new ScoreBlock(piece(length).data(), rows, heads, queries, fields);
  }

  private INDArray piece(long length) {
    if (next == pieces.size()) {
      pieces.add(Nd4j.createUninitialized(type, length));
    } else if (pieces.get(next).length() < length) {
      pieces.set(next, Nd4j.createUninitialized(type, length)).close();
      replacements++;
    }
    return pieces.get(next++);
  }
}
