/**
 * Forward and backward of the whole network over packed rows: the ND4J kernel, which follows the
 * equations, and faster ones that are tested against it.
 */
package io.destine.kernel;
