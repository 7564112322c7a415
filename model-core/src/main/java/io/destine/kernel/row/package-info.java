/**
 * The forward pass over one row or a few rows with the fields in lanes, in plain Java: the
 * reference to read beside the equations, and what scores single rows. Other packages may bring
 * faster loops ({@link io.destine.kernel.row.FieldLanes}).
 */
package io.destine.kernel.row;
