package io.destine.kernel.nd4j;

import io.destine.config.Precision;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Arrays of the kernel's precision: conversion from and to doubles, and views. All arrays except
 * views are row-major and contiguous.
 */
final class Tensors {
  private Tensors() {}

  static DataType type(Precision precision) {
    return precision == Precision.FLOAT32 ? DataType.FLOAT : DataType.DOUBLE;
  }

  /** A new array of the given numbers, row-major. */
  static INDArray of(double[] numbers, DataType type, long... shape) {
    INDArray x = Nd4j.createUninitialized(type, shape);
    write(numbers, 0, x);
    return x;
  }

  /** Zeros with the shape of x, except for the length of the last axis. */
  static INDArray zeros(INDArray x, long length) {
    long[] shape = x.shape().clone();
    shape[shape.length - 1] = length;
    return Nd4j.zeros(x.dataType(), shape);
  }

  /** Sets all of x, a contiguous array, to the numbers from {@code at} on. */
  static void write(double[] numbers, int at, INDArray x) {
    int n = (int) x.length();
    if (x.dataType() == DataType.DOUBLE) {
      new DoublePointer(x.data().addressPointer()).put(numbers, at, n);
      return;
    }
    float[] floats = new float[n];
    for (int i = 0; i < n; i++) {
      floats[i] = (float) numbers[at + i];
    }
    new FloatPointer(x.data().addressPointer()).put(floats, 0, n);
  }

  /** The numbers of a contiguous array, row-major. */
  static double[] read(INDArray x) {
    int n = (int) x.length();
    double[] numbers = new double[n];
    if (x.dataType() == DataType.DOUBLE) {
      new DoublePointer(x.data().addressPointer()).get(numbers, 0, n);
      return numbers;
    }
    float[] floats = new float[n];
    new FloatPointer(x.data().addressPointer()).get(floats, 0, n);
    for (int i = 0; i < n; i++) {
      numbers[i] = floats[i];
    }
    return numbers;
  }

  /**
   * A view [n, w] of a contiguous array whose last axis has length w: its vectors, one per line.
   */
  static INDArray vectors(INDArray x) {
    long w = x.size(-1);
    return Nd4j.create(x.data(), new long[] {x.length() / w, w}, new long[] {w, 1}, 0, 'c');
  }

  /** A view [B, w] of a contiguous array [B, ...]: one row of the batch per line. */
  static INDArray rows(INDArray x) {
    long w = x.length() / x.size(0);
    return Nd4j.create(x.data(), new long[] {x.size(0), w}, new long[] {w, 1}, 0, 'c');
  }

  /**
   * A view of n vectors along the second-to-last axis, from {@code from} on: [B, n, w] of [B, R,
   * w].
   */
  static INDArray slice(INDArray x, long from, long n) {
    int axis = x.rank() - 2;
    long[] shape = x.shape().clone();
    shape[axis] = n;
    return Nd4j.create(x.data(), shape, x.stride(), from * x.stride(axis), 'c');
  }

  /** A view [B, H, R, c] of a contiguous array [B, R, H * c]. */
  static INDArray heads(INDArray x, long heads) {
    long w = x.size(2);
    long c = w / heads;
    return Nd4j.create(
        x.data(),
        new long[] {x.size(0), heads, x.size(1), c},
        new long[] {x.size(1) * w, c, w, 1},
        0,
        'c');
  }
}
