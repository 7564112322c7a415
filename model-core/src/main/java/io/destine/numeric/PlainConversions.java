package io.destine.numeric;

/** Conversions in plain Java. */
final class PlainConversions extends Conversions {
  @Override
  public void widen(float[] from, int at, double[] into, int to, int n) {
    for (int i = 0; i < n; i++) {
      into[to + i] = from[at + i];
    }
  }

  @Override
  public void narrow(double[] from, int at, float[] into, int to, int n) {
    for (int i = 0; i < n; i++) {
      into[to + i] = (float) from[at + i];
    }
  }

  @Override
  public void multiples(long[] from, int at, double unit, double[] into, int to, int n) {
    for (int i = 0; i < n; i++) {
      into[to + i] = from[at + i] * unit;
    }
  }
}
