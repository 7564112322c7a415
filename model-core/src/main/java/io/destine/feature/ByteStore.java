package io.destine.feature;

import java.util.Arrays;

/**
 * Byte strings one after the other, numbered from 0, in chunks so that together they may exceed
 * 2^31 bytes. Grows by one thread; safe to read by many once published.
 */
final class ByteStore {
  private static final int CHUNK_BITS = 24;
  private static final int CHUNK = 1 << CHUNK_BITS;

  private byte[][] chunks = {};
  private long[] ends = new long[16];
  private int count;
  private long bytes;

  ByteStore copy() {
    ByteStore copy = new ByteStore();
    copy.chunks = new byte[chunks.length][];
    for (int i = 0; i < chunks.length; i++) {
      copy.chunks[i] = chunks[i].clone();
    }
    copy.ends = ends.clone();
    copy.count = count;
    copy.bytes = bytes;
    return copy;
  }

  int count() {
    return count;
  }

  void add(byte[] source, int offset, int length) {
    for (int done = 0; done < length; ) {
      int chunk = (int) (bytes >>> CHUNK_BITS);
      int at = (int) (bytes & (CHUNK - 1));
      int n = Math.min(length - done, CHUNK - at);
      room(chunk, at + n);
      System.arraycopy(source, offset + done, chunks[chunk], at, n);
      done += n;
      bytes += n;
    }
    if (count == ends.length) {
      ends =
          Arrays.copyOf(
              ends, ArrayGrowth.longer(count, "a vocabulary holds more than " + count + " ids"));
    }
    ends[count++] = bytes;
  }

  private void room(int chunk, int needed) {
    if (chunk == chunks.length) {
      chunks = Arrays.copyOf(chunks, chunk + 1);
      chunks[chunk] = new byte[chunk == 0 ? 1024 : CHUNK];
    }
    if (chunks[chunk].length < needed) {
      int doubled = Math.max(needed, 2 * chunks[chunk].length);
      chunks[chunk] = Arrays.copyOf(chunks[chunk], Math.min(CHUNK, doubled));
    }
  }

  int length(int index) {
    return (int) (ends[index] - start(index));
  }

  byte[] get(int index) {
    byte[] result = new byte[length(index)];
    long start = start(index);
    for (int i = 0; i < result.length; i++) {
      result[i] = at(start + i);
    }
    return result;
  }

  boolean equals(int index, byte[] other, int offset, int length) {
    if (length(index) != length) {
      return false;
    }
    long start = start(index);
    for (int i = 0; i < length; i++) {
      if (at(start + i) != other[offset + i]) {
        return false;
      }
    }
    return true;
  }

  private long start(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  private byte at(long position) {
    return chunks[(int) (position >>> CHUNK_BITS)][(int) (position & (CHUNK - 1))];
  }
}
