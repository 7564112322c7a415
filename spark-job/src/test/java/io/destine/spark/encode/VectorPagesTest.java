package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.PackedArrays;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorPagesTest {
  /** A page has 37,449 rows of 7 numbers, 512 rows of 512, or one row of 300,000. */
  @ParameterizedTest
  @ValueSource(ints = {7, 512, 300_000})
  void rowsKeepTheirVectorsWhileRoomGrows(int length) throws IOException {
    int rows = length < 100_000 ? 80_000 * 7 / length + 1 : 5;
    VectorPages vectors = new VectorPages(length);
    int capacity = 3;
    vectors.capacity(capacity);
    for (int n = 0; n < rows; n++) {
      if (n == capacity) {
        capacity = Math.min(rows, 2 * capacity);
        vectors.capacity(capacity);
      }
      vectors.put(n, vector(length, n + 1));
      vectors.put(n, n % 3 == 0 ? null : vector(length, n));
    }
    vectors.capacity(rows - 1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      VectorPages.write(vectors, out, new PackedArrays(out));
      VectorPages.write(null, out, new PackedArrays(out));
    }
    // An object stream adds five bytes to each kilobyte.
    int numbers = 4 * (rows - 1) * length;
    assertThat(bytes.size()).isBetween(numbers, numbers + numbers / 100);
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      VectorPages read = VectorPages.read(in);
      for (int n = 0; n < rows - 1; n++) {
        for (int i : new int[] {0, length / 2, length - 1}) {
          float expected = n % 3 == 0 ? 0 : n + i;
          assertThat(vectors.number(n, i)).isEqualTo(expected);
          assertThat(read.number(n, i)).isEqualTo(expected);
        }
      }
      assertThat(VectorPages.read(in)).isNull();
    }
  }

  @Test
  void rowsThatAreLeftOutMayFillPages() {
    int length = 1 << 17;
    VectorPages vectors = new VectorPages(length);
    vectors.capacity(10);
    vectors.put(0, vector(length, 1));
    vectors.put(7, vector(length, 8));
    vectors.put(1, vector(length, 2));
    assertThat(vectors.number(0, 0)).isEqualTo(1);
    assertThat(vectors.number(7, 0)).isEqualTo(8);
    assertThat(vectors.number(1, 0)).isEqualTo(2);
    vectors.capacity(2);
    assertThat(vectors.heapBytes()).isEqualTo(4L * 2 * length);
  }

  private static float[] vector(int length, int first) {
    float[] vector = new float[length];
    for (int i = 0; i < length; i++) {
      vector[i] = first + i;
    }
    return vector;
  }
}
