import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the innermost loops of the kernels, classes {@code Strips} and {@code FieldStrips}. Run by
 * the build as {@code java ProductLoops.java DIRECTORY}.
 *
 * <p>They are written out because the compiler keeps an accumulator in a register only when it is a
 * local variable with a load of its own; a shared zero would be boxed in every iteration.
 */
public final class ProductLoops {
  private static final String HEAD =
      """
      package io.destine.kernel.vector;

      import jdk.incubator.vector.FloatVector;
      import jdk.incubator.vector.VectorSpecies;

      """;
  private static final String SPECIES =
      "  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;\n";

  private final StringBuilder out = new StringBuilder();

  private ProductLoops() {}

  public static void main(String[] arguments) throws IOException {
    Path directory =
        Files.createDirectories(Path.of(arguments[0], "io", "destine", "kernel", "vector"));
    write(directory.resolve("Strips.java"), strips());
    write(directory.resolve("FieldStrips.java"), fieldStrips());
  }

  /** An unchanged file keeps its modification time, so that nothing is compiled again. */
  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.writeString(file, text);
    }
  }

  private void line(String text) {
    out.append(text).append('\n');
  }

  /** 4 x 6 accumulators, 6 B and one A take 31 of the 32 registers of AVX-512. */
  private static String strips() {
    ProductLoops loops = new ProductLoops();
    loops.out.append(HEAD);
    loops.line(
        """
        /**
         * Sums of products in registers, for a fixed group of 2, 4, 5 or 6 vectors B and, one after
         * the other, groups of 4 operands A:
         *
         * <pre>
         *   C(i, j) = init(i, j) + sum over k &lt; n of A(i, k) B(j, k)
         * </pre>
         *
         * <p>A(i, k) lies at a + i aStep + k aNext, B(j, k) at b + j bStep + k bNext, init(i, j) at
         * init + i initA + j initB and C(i, j) at c + i cA + j cB, all in one array. Each sum runs
         * over k in order with one fused multiply-add for each term, so its bits do not depend on
         * the size of the group.
         *
         * <p>In the lane-by-lane methods vectors B are adjacent: bStep is {@link #SIDE}. With a
         * stride unknown to the compiler, two addresses would be computed for every vector; where
         * A are also vectors, decoding these instructions would take longer than the arithmetic,
         * and the loop would be a fifth slower. The bounds checks are useful: they keep the
         * compiler from loading all vectors of an iteration before their first use, for which there
         * are too few registers.
         */
        final class Strips {""");
    loops.line(SPECIES);
    loops.line("  /** Floats from a vector to the next one. */");
    loops.line("  private static final int SIDE = Lanes.LENGTH;\n");
    loops.line("  private Strips() {}");
    for (int vectors : new int[] {6, 5, 4, 2}) {
      loops.strip(vectors, false);
      loops.strip(vectors, true);
    }
    loops.line("}");
    return loops.out.toString();
  }

  private void strip(int vectors, boolean broadcast) {
    String bStep = broadcast ? "bStep" : "SIDE";
    line("");
    line(
        broadcast
            ? "  /** " + vectors + " vectors B, with groups of 4 numbers A. */"
            : "  /** " + vectors + " vectors B, lane by lane with groups of 4 vectors A. */");
    line("  static void " + (broadcast ? "broadcast" : "lanes") + vectors + "(");
    line("      float[] s, int a, int aStep, int aNext, int b,");
    line("      " + (broadcast ? "int bStep, " : "") + "int bNext, int init, int initA, int initB,");
    line("      int c, int cA, int cB, int groups, int n) {");
    line("    for (int g = 0; g < groups; g++) {");
    line("      int ga = a + g * 4 * aStep;");
    line("      int gi = init + g * 4 * initA;");
    line("      int gc = c + g * 4 * cA;");
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < vectors; j++) {
        load("c" + i + j, "s", place("gi", i, "initA", j, "initB"));
      }
    }
    line("      int ak = ga;");
    line("      int bk = b;");
    line("      for (int k = 0; k < n; k++) {");
    for (int j = 0; j < vectors; j++) {
      load("b" + j, "s", place("bk", 0, "", j, bStep));
    }
    for (int i = 0; i < 4; i++) {
      String at = place("ak", i, "aStep", 0, "");
      if (broadcast) {
        broadcast("a" + i, "s", at);
      } else {
        load("a" + i, "s", at);
      }
      for (int j = 0; j < vectors; j++) {
        line("        c" + i + j + " = a" + i + ".fma(b" + j + ", c" + i + j + ");");
      }
    }
    line("        ak += aNext;");
    line("        bk += bNext;");
    line("      }");
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < vectors; j++) {
        store("c" + i + j, "s", place("gc", i, "cA", j, "cB"));
      }
    }
    line("    }");
    line("  }");
  }

  private static String fieldStrips() {
    ProductLoops loops = new ProductLoops();
    loops.out.append(HEAD);
    loops.line(
        """
        /**
         * Sums of products in registers, of some rows and, side by side, vectors of lanes:
         *
         * <pre>
         *   C(i, j) += sum over k &lt; terms of A(i, k) B(k, j)
         * </pre>
         *
         * <p>A(i, k) is the number at a0 + i aStep + k aNext of a, B(k, j) begins at b0 + k bStep + j L
         * of b and C(i, j) at c0 + i cStep + j L of c, with vectors of L lanes.
         */
        final class FieldStrips {""");
    loops.line(SPECIES);
    loops.line("  private static final int L = Lanes.LENGTH;\n");
    loops.line("  private FieldStrips() {}");
    loops.fieldStrip("four3", 4, 3);
    loops.fieldStrip("four2", 4, 2);
    loops.fieldStrip("eight1", 8, 1);
    loops.fieldStrip("one6", 1, 6);
    loops.fieldStrip("one3", 1, 3);
    loops.fieldStrip("one1", 1, 1);
    loops.line("}");
    return loops.out.toString();
  }

  private void fieldStrip(String name, int rows, int vectors) {
    boolean several = rows > 1;
    line("");
    line("  /** Rows: " + rows + ", vectors: " + vectors + ". */");
    line("  static void " + name + "(");
    line("      float[] a, int a0, " + (several ? "int aStep, " : "") + "int aNext,");
    line("      float[] b, int b0, int bStep, float[] c, int c0,");
    line("      " + (several ? "int cStep, " : "") + "int terms) {");
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < vectors; j++) {
        load("s" + i + j, "c", place("c0", i, "cStep", j, "L"));
      }
    }
    line("    int ak = a0;");
    line("    int bk = b0;");
    line("    for (int k = 0; k < terms; k++) {");
    for (int j = 0; j < vectors; j++) {
      load("v" + j, "b", place("bk", 0, "", j, "L"));
    }
    for (int i = 0; i < rows; i++) {
      broadcast("w" + i, "a", place("ak", i, "aStep", 0, ""));
      for (int j = 0; j < vectors; j++) {
        line("      s" + i + j + " = w" + i + ".fma(v" + j + ", s" + i + j + ");");
      }
    }
    line("      ak += aNext;");
    line("      bk += bStep;");
    line("    }");
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < vectors; j++) {
        store("s" + i + j, "c", place("c0", i, "cStep", j, "L"));
      }
    }
    line("  }");
  }

  private void load(String name, String array, String at) {
    line("    FloatVector " + name + " = FloatVector.fromArray(SPECIES, " + array + ", " + at + ");");
  }

  private void broadcast(String name, String array, String at) {
    line(
        "    FloatVector " + name + " = FloatVector.broadcast(SPECIES, " + array + "[" + at + "]);");
  }

  private void store(String name, String array, String at) {
    line("    " + name + ".intoArray(" + array + ", " + at + ");");
  }

  /** start + i iStep + j jStep, without terms that are zero. */
  private static String place(String start, int i, String iStep, int j, String jStep) {
    return start + times(i, iStep) + times(j, jStep);
  }

  private static String times(int count, String step) {
    return count == 0 ? "" : count == 1 ? " + " + step : " + " + count + " * " + step;
  }
}
