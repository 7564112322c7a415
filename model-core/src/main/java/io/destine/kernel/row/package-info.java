/**
 * The forward pass over one row or a few rows with the fields in lanes, in plain Java: a reference
 * close to the equations, and the implementation that scores single rows. Other packages may
 * provide faster loops ({@link io.destine.kernel.row.FieldLanes}).
 */
package io.destine.kernel.row;
