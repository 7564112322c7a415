package io.destine.kernel.vector;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * The kernel's main array; pieces of it are reserved before it is allocated.
 *
 * <p>Every piece starts at a multiple of 64 bytes if the array object does: vectors that straddle
 * two cache lines reduce the speed by a fifth. The object is aligned when the garbage collector
 * places it at the start of a region and never moves it, as G1 does with objects of at least half a
 * region; the array is made that large. With another collector the kernel is correct but may be
 * slower.
 */
final class Memory {
  /** Floats in a cache line. */
  private static final int LINE = 16;

  /** The header of a float array takes 16 bytes. */
  private static final int FIRST = LINE - 16 / Float.BYTES;

  private long size = FIRST;
  private float[] array;

  /** Reserves a piece of zeros and returns its first index. */
  int reserve(long floats) {
    long at = size;
    size += (floats + LINE - 1) / LINE * LINE;
    if (size > Integer.MAX_VALUE - LINE) {
      throw new IllegalArgumentException(
          "the network is too large for the vector kernel, which holds at most 2^31 numbers"
              + " per thread: choose fewer fields, a smaller model.deep, model.embedding-dim,"
              + " model.heads or model.head-dim, or compute.kernel = nd4j");
    }
    return (int) at;
  }

  /** The array, allocated at the first call; no piece may be reserved afterwards. */
  float[] array() {
    if (array == null) {
      array = new float[(int) Math.max(size, half())];
    }
    return array;
  }

  private static long half() {
    HotSpotDiagnosticMXBean options =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (options == null) {
      return 0;
    }
    long region = Long.parseLong(options.getVMOption("G1HeapRegionSize").getValue());
    return region / 2 / Float.BYTES;
  }
}
