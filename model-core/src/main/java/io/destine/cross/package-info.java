/**
 * The search for crosses: which fields, taken together, tell more of the label than each of them
 * tells alone.
 */
package io.destine.cross;
