package io.destine.numeric;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Executes once every operation of the Vector API that this project needs, before any of them is
 * compiled. Must not be loaded without the vector module.
 *
 * <p>The JDK looks up the implementation of an operation in a table, whose entries are created at
 * the operation's first use. A first use after the lookup has been compiled causes a
 * deoptimisation, up to five times. The compiler counts these deoptimisations again for each
 * operation that it inlines into a loop: in a loop with more than twenty operations, the count
 * exceeds the limit of 100 (-XX:PerMethodTrapLimit), and the compiler no longer relies on the
 * vector classes that it has seen. It then allocates an object for each product, for the rest of
 * the process, which makes the kernel eight times slower.
 */
public final class VectorOperatorTables {
  private VectorOperatorTables() {}

  /** Creates the entries of the tables, with vectors of the only shape that the process uses. */
  public static void fill(VectorSpecies<Float> species) {
    FloatVector floats = FloatVector.zero(species);
    floats.add(floats).sub(floats).mul(floats).div(floats).max(floats).fma(floats, floats);
    IntVector ints = IntVector.zero(VectorSpecies.of(int.class, species.vectorShape()));
    ints.add(ints)
        .and(ints)
        .max(ints)
        .neg()
        .lanewise(VectorOperators.ASHR, 1)
        .lanewise(VectorOperators.LSHL, 1)
        .reduceLanes(VectorOperators.MAX);
    DoubleVector doubles = DoubleVector.zero(VectorSpecies.of(double.class, species.vectorShape()));
    doubles.mul(doubles);
  }
}
