/** The search for crosses: fields that together tell more of the label than each of them alone. */
package io.destine.cross;
