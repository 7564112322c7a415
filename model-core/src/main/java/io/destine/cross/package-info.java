/**
 * The search for crosses: fields that together predict the label better than each of them alone.
 */
package io.destine.cross;
